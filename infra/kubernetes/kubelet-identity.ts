import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/**
 * Whether a serving certificate, whose signature is verified already, is that of the kubelet that is meant. It must hold the
 * address. The authority of a cluster signs for others, too (in kubeadm, the API server): of what it has signed only the
 * certificate of that very node will do. `kubernetes.io/kubelet-serving` gives it this subject:
 * https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers
 */
export function identityCheck(byCluster: boolean) {
  const nodes = new Map<string, string>();
  return {
    /** Whose kubelet listens at this address, as the API server says. */
    expect: (address: string, node: string) => {
      nodes.set(address, node);
    },
    check: (host: string, certificate: PeerCertificate): Error | undefined => {
      const wrong = checkServerIdentity(host, certificate);
      if (wrong || !byCluster) return wrong;
      const meant = `system:node:${nodes.get(host)}`;
      const { CN } = certificate.subject;
      return CN === meant ? undefined : Object.assign(new Error(`${host} is ${CN}, not ${meant}`), { code: NOT_MEANT });
    },
  };
}

/** Beside the codes of OpenSSL. */
export const NOT_MEANT = 'ERR_NOT_THIS_KUBELET';
