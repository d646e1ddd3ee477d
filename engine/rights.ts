import { ReadFailure } from './errors.ts';
import type { Kind, KubeletPath, ReadRequest, Source } from './readers.ts';
import { requestKey } from './request.ts';

/**
 * A right to look at Kubernetes, as a runbook declares it: `get Node`, `list Pod`, `logs Pod`, `probe /readyz`, or for one namespace
 * only `get Lease in kube-system`. What people keep in a ConfigMap may be secret, so one is read by its own name and no other:
 * `get ConfigMap/coredns in kube-system`. What a kubelet serves is named by its path:
 * `kubelet /stats/summary`. From these the reader's RBAC role is made. Prometheus needs none.
 */
export type ReadRight =
  | `${`${'get' | 'list'} ${Exclude<Kind, 'ConfigMap'>}` | 'logs Pod'}${'' | ` in ${string}`}`
  | `get ConfigMap/${string} in ${string}`
  | `probe /${string}`
  | KubeletRight;
export type KubeletRight = `kubelet ${KubeletPath}`;

/** The rights any of which would do for this read, the narrowest first; none: it needs no right. */
function rightsFor(request: ReadRequest): readonly string[] {
  switch (request.verb) {
    case 'get':
    case 'list': {
      if (request.verb === 'get' && request.kind === 'ConfigMap')
        return [`get ConfigMap/${request.name} in ${request.namespace}`];
      const everywhere = `${request.verb} ${request.kind}`;
      return request.namespace === undefined ? [everywhere] : [`${everywhere} in ${request.namespace}`, everywhere];
    }
    case 'logs':
      return [`logs Pod in ${request.namespace}`, 'logs Pod'];
    case 'probe':
      return [`probe ${request.path.replace(/\?.*/s, '')}`];
    case 'kubelet':
      return [`kubelet ${request.path}`];
    case 'incidents':
    case 'query':
    case 'range':
    case 'targets':
      return [];
  }
}

/** The one of these rights that a read uses; `undefined` when it needs none. Throws `ReadFailure` when it has none. */
export function rightOf(request: ReadRequest, declared: readonly ReadRight[]): ReadRight | undefined {
  const enough = rightsFor(request);
  const used = declared.find((right) => enough.includes(right));
  if (used !== undefined || enough.length === 0) return used;
  throw new ReadFailure('not-declared', `"${requestKey(request)}" is not among the declared reads`, {
    remedy: `Declare it: reads: ['${enough.join("'] or, wherever it may be, ['")}']`,
  });
}

/** A source that answers only what was declared. */
export function declaring(source: Source, declared: readonly ReadRight[]): Source {
  return {
    read: async (request, limits) => {
      rightOf(request, declared);
      return source.read(request, limits);
    },
  };
}
