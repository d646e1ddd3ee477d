import type { Etcd } from './etcd.ts';
import type { Pki } from './pki.ts';

/** Flags as kubeadm sets them, where they matter to a test: Node and RBAC authorization, API priority and fairness. */
export function apiServerArgs(pki: Pki, port: number, etcd: Etcd): readonly string[] {
  return flags({
    'bind-address': '127.0.0.1',
    'secure-port': port,
    'endpoint-reconciler-type': 'none', // 127.0.0.1 is no address for the Endpoints of "kubernetes"
    'etcd-servers': etcd.members[0]?.clientUrl ?? '',
    'client-ca-file': pki.ca.cert,
    'tls-cert-file': pki.serving.cert,
    'tls-private-key-file': pki.serving.key,
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'enable-priority-and-fairness': true,
    'kubelet-preferred-address-types': 'InternalIP', // else it asks the DNS for worker-1
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': pki.serviceAccounts.publicKey,
    'service-account-signing-key-file': pki.serviceAccounts.key,
    'service-cluster-ip-range': '10.96.0.0/16',
  });
}

export function controllerManagerArgs(pki: Pki, port: number, kubeconfig: string): readonly string[] {
  return flags({
    'bind-address': '127.0.0.1',
    'secure-port': port,
    port: 0,
    kubeconfig,
    'authentication-kubeconfig': kubeconfig,
    'authorization-kubeconfig': kubeconfig,
    'client-ca-file': pki.ca.cert,
    'tls-cert-file': pki.serving.cert,
    'tls-private-key-file': pki.serving.key,
    'service-account-private-key-file': pki.serviceAccounts.key,
    'root-ca-file': pki.ca.cert,
    'use-service-account-credentials': true,
    'kube-api-qps': 200, // default 20: the first taints of 200 nodes would take half a minute
    'kube-api-burst': 400,
  });
}

function flags(values: Readonly<Record<string, string | number | boolean>>): readonly string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}
