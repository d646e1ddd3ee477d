import { ReadFailure } from '../../engine/errors.ts';
import { gist, type Reply } from './http.ts';
import { NOT_MEANT } from './kubelet-identity.ts';
import { type KubeletRequest, kubeletResources, ruleOf } from './resources.ts';
import { codeOf } from './unreachable.ts';

const SIGNED = [
  'A kubelet signs its serving certificate itself, unless it is configured with serverTLSBootstrap: true and its request is',
  'approved (kubectl get csr): then clusters[].kubelet is { ca: cluster }. Where another authority signs, name it:',
  '{ caFile: PATH }. No token was sent.',
].join(' ');

/** What to do, where the words of a failed TLS handshake speak of a kubeconfig. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [/SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/, SIGNED],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "It must hold the node's InternalIP. No token was sent."],
  [/^CERT_HAS_EXPIRED$/, 'Its request for a new one may wait for approval: kubectl get csr. No token was sent.'],
  [new RegExp(`^${NOT_MEANT}$`), 'Another machine has the address that the Node object names. No token was sent.'],
];

/** A connection that failed, as it is mended for a kubelet. */
export function unreachableKubelet(thrown: unknown): never {
  if (!(thrown instanceof ReadFailure) || thrown.kind !== 'unreachable') throw thrown;
  const { message, refused, cause } = thrown;
  const code = codeOf(cause);
  const remedy = remedies.find(([pattern]) => pattern.test(code))?.[1];
  const idle = 'Its kubelet does not run there, or listens on another port than its Node names.';
  const mended = remedy ?? (refused ? idle : thrown.remedy);
  throw new ReadFailure('unreachable', message, {
    refused,
    cause,
    ...(mended === undefined ? {} : { remedy: mended }),
  });
}

/** An answer that is none. `what`: the credentials it was asked with. */
export function refusalOf(
  reply: Reply,
  { node, path }: KubeletRequest,
  { host, what }: { readonly host: string; readonly what: string },
): ReadFailure {
  const kubelet = `the kubelet of ${node} (${host})`;
  const said = gist(reply.text);
  switch (reply.status) {
    case 401:
      return new ReadFailure(
        'unauthorized',
        `${kubelet} does not accept ${what} (401): they are wrong, or it could not ask the API server, as one that is stalled`,
        {
          remedy:
            'Where the API server accepts them, look at the kubelet: it needs authentication.webhook.enabled, and the API server.',
        },
      );
    case 403:
      return forbidden(kubelet, said, kubeletResources[path]);
    case 404:
      return new ReadFailure('not-served', `${host} serves no ${path}: it is no kubelet, or an older one`);
  }
  return new ReadFailure('server-error', `${kubelet} answered ${reply.status}: ${said || 'without a word'}`);
}

/** `Forbidden (user=system:serviceaccount:shop:default, verb=get, resource=nodes, subresource=stats)` */
function forbidden(kubelet: string, said: string, resource: string): ReadFailure {
  const who = /^Forbidden \(user=([^,)]+)/.exec(said)?.[1];
  if (who === undefined)
    return new ReadFailure('forbidden', `${kubelet} answered 403, but not as a kubelet does: ${said}`, {
      remedy: 'Something between here and the node refuses this machine; RBAC is not the reason.',
    });
  if (who === 'system:anonymous')
    return new ReadFailure('forbidden', `${kubelet} saw no credentials it accepts (the request counted as ${who})`, {
      remedy: 'Give it authentication.webhook.enabled for tokens, authentication.x509.clientCAFile for certificates.',
    });
  const name = who.replace(/^system:serviceaccount:([^:]+):/, 'ServiceAccount $1/');
  const rule = ruleOf({ apiGroup: '', resource, verb: 'get' });
  return new ReadFailure('forbidden', `${name} may not get ${resource}, says ${kubelet}`, {
    remedy: `# rule of a ClusterRole bound to ${name}\n${rule}`,
  });
}
