import type { ReadRequest } from './readers.ts';

/**
 * One line that names a read, the same for equal reads: `get Node worker-3`, `get Lease kube-node-lease/worker-3`,
 * `list Pod --field-selector spec.nodeName=worker-3`, `logs shop/web-1 --previous --tail 20`, `probe /readyz?verbose`, `kubelet worker-3 /stats/summary`, `query up`, `range 600s/15s up`, `targets *etcd*`.
 * Recorded cases are keyed by it, and a run makes equal reads only once.
 */
export function requestKey(request: ReadRequest): string {
  switch (request.verb) {
    case 'get':
      return words(
        'get',
        request.kind,
        qualified(request.namespace, request.name),
        request.fresh && '--fresh',
        request.again && '--again',
      );
    case 'list':
      return words(
        'list',
        request.kind,
        request.namespace && `--namespace ${request.namespace}`,
        request.labelSelector && `--selector ${request.labelSelector}`,
        request.fieldSelector && `--field-selector ${request.fieldSelector}`,
        request.limit && `--limit ${request.limit}`,
        request.fresh && '--fresh',
        request.as && `--as ${request.as}`,
      );
    case 'logs':
      return words(
        'logs',
        qualified(request.namespace, request.name),
        request.container && `--container ${request.container}`,
        request.previous && '--previous',
        request.sinceSeconds && `--since ${request.sinceSeconds}s`,
        `--tail ${request.lines}`,
      );
    case 'probe':
      return `probe ${request.path}`;
    case 'kubelet':
      return words(
        'kubelet',
        request.node,
        request.path,
        request.afterSeconds ? `--after ${request.afterSeconds}s` : '',
      );
    case 'incidents':
      return 'incidents';
    case 'query':
      return `query ${request.promql}`;
    case 'range':
      return `range ${request.windowSeconds}s/${request.stepSeconds}s ${request.promql}`;
    case 'targets':
      return `targets ${request.job}`;
  }
}

export type System = 'Kubernetes' | 'Prometheus' | 'Nightshift';

/** Which system answers the read: the budget and the report tell the two apart. */
export function systemOf(request: ReadRequest): System {
  if (request.verb === 'incidents') return 'Nightshift';
  return isOfMetrics(request) ? 'Prometheus' : 'Kubernetes';
}

/** What a read counts for in the budget. A kubelet is asked at the address that its Node names, which is read first. */
export function callsOf({ verb }: ReadRequest): number {
  return verb === 'kubelet' ? 2 : 1;
}

export type MetricsRequest = Extract<ReadRequest, { verb: 'query' | 'range' | 'targets' }>;

export function isOfMetrics(request: ReadRequest): request is MetricsRequest {
  return request.verb === 'query' || request.verb === 'range' || request.verb === 'targets';
}

function qualified(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function words(...parts: readonly (string | number | false | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== false && part !== '').join(' ');
}
