import type { Facts } from '../facts.ts';
import { KUBELET_VERSION } from './nodes.ts';
import { type Served, served } from './objects.ts';
import { fieldTest, labelTest } from './selectors.ts';
import { nodeTable } from './table.ts';
import { type KubeObject, uid } from './values.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
  readonly type: 'application/json' | 'text/plain; charset=utf-8';
}

export interface ApiRequest {
  readonly method: string;
  readonly url: URL;
  readonly accept: string;
  /** The bearer token, if one was sent. */
  readonly token: string | undefined;
}

/** Priority and fairness marks every answer it served with the flow's UIDs. */
export const flowHeaders = {
  'x-kubernetes-pf-flowschema-uid': uid('FlowSchema', 'service-accounts'),
  'x-kubernetes-pf-prioritylevel-uid': uid('PriorityLevelConfiguration', 'workload-low'),
  'cache-control': 'no-cache, private',
};

/** Answers as an API server does: objects, lists, tables, health, and `Status` for everything that goes wrong. */
export function answerApi(facts: Facts, now: number, token: string, request: ApiRequest): ApiAnswer {
  const { pathname } = request.url;
  const health = /^\/(readyz|livez|healthz)$/.exec(pathname)?.[1];
  if (health) return request.url.searchParams.has('verbose') ? plain(healthPage(health)) : plain('ok');
  if (request.token === undefined)
    return failed(403, 'Forbidden', `forbidden: User "system:anonymous" cannot get path "${pathname}"`);
  if (request.token !== token) return failed(401, 'Unauthorized', 'Unauthorized');
  if (request.method !== 'GET') return failed(405, 'MethodNotAllowed', 'the practice cluster is read only');
  if (pathname === '/version')
    return json({ major: '1', minor: '33', gitVersion: KUBELET_VERSION, platform: 'linux/amd64' });
  const place = placeOf(pathname);
  const resource = place && served[`${place.group}/${place.version}/${place.plural}`];
  if (!place || !resource) return { status: 404, body: '404 page not found\n', type: 'text/plain; charset=utf-8' };
  try {
    return place.name === undefined
      ? list(facts, now, resource, place, request)
      : get(facts, now, resource, place, place.name);
  } catch (invalid) {
    return failed(400, 'BadRequest', invalid instanceof Error ? invalid.message : String(invalid));
  }
}

interface Place {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** `/api/v1/namespaces/shop/pods/web-1` and `/apis/apps/v1/…`, with and without namespace and name. */
function placeOf(path: string): Place | undefined {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const [root, ...rest] = parts;
  const [group, version, ...where] = root === 'api' ? ['', ...rest] : root === 'apis' ? rest : [];
  if (group === undefined || version === undefined) return undefined;
  const inNamespace = where[0] === 'namespaces' && where.length > 2;
  const [plural, name, ...more] = inNamespace ? where.slice(2) : where;
  if (plural === undefined || more.length > 0) return undefined;
  return {
    group,
    version,
    plural,
    ...(inNamespace && where[1] ? { namespace: where[1] } : {}),
    ...(name === undefined ? {} : { name }),
  };
}

function get(facts: Facts, now: number, { kind, objects }: Served, place: Place, name: string): ApiAnswer {
  const query = { name, fieldSelector: null, ...(place.namespace ? { namespace: place.namespace } : {}) };
  const found = objects(facts, now, query).find(
    ({ metadata }) =>
      metadata.name === name && (place.namespace === undefined || metadata.namespace === place.namespace),
  );
  if (!found)
    return failed(404, 'NotFound', `${place.plural}${place.group ? `.${place.group}` : ''} "${name}" not found`, {
      name,
      kind: place.plural,
      ...(place.group ? { group: place.group } : {}),
    });
  return json({ kind, apiVersion: apiVersion(place), ...found });
}

function list(
  facts: Facts,
  now: number,
  { kind, objects }: Served,
  place: Place,
  { url, accept }: ApiRequest,
): ApiAnswer {
  const { searchParams } = url;
  const fieldSelector = searchParams.get('fieldSelector');
  const [fields, labels] = [fieldTest(fieldSelector), labelTest(searchParams.get('labelSelector'))];
  const query = { fieldSelector, ...(place.namespace ? { namespace: place.namespace } : {}) };
  const inPlace = (object: KubeObject) =>
    place.namespace === undefined || object.metadata.namespace === place.namespace;
  const found = objects(facts, now, query).filter((object) => inPlace(object) && fields(object) && labels(object));
  const resourceVersion = String(Math.floor(now));
  if (kind === 'Node' && /as=Table/.test(accept)) return json(nodeTable(found, resourceVersion));
  // `limit` is ignored together with resourceVersion=0, as the watch cache does.
  const limit = searchParams.get('resourceVersion') === '0' ? 0 : Number(searchParams.get('limit') ?? 0);
  const from = Number(searchParams.get('continue') ?? 0);
  const items = limit > 0 ? found.slice(from, from + limit) : found;
  const left = found.length - from - items.length;
  const more = limit > 0 && left > 0 ? { continue: String(from + items.length), remainingItemCount: left } : {};
  return json({ kind: `${kind}List`, apiVersion: apiVersion(place), metadata: { resourceVersion, ...more }, items });
}

function apiVersion({ group, version }: Place): string {
  return group ? `${group}/${version}` : version;
}

function healthPage(name: string): string {
  const checks = [
    'ping',
    'log',
    'etcd',
    ...(name === 'readyz' ? ['etcd-readiness', 'informer-sync'] : []),
    'poststarthook/start-kube-apiserver-admission-initializer',
    'poststarthook/rbac/bootstrap-roles',
    'shutdown',
  ];
  return `${checks.map((check) => `[+]${check} ok`).join('\n')}\n${name} check passed\n`;
}

function json(body: unknown): ApiAnswer {
  return { status: 200, body: JSON.stringify(body), type: 'application/json' };
}

function plain(body: string): ApiAnswer {
  return { status: 200, body, type: 'text/plain; charset=utf-8' };
}

function failed(status: number, reason: string, message: string, details: Record<string, unknown> = {}): ApiAnswer {
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details,
    code: status,
  };
  return { status, body: JSON.stringify(body), type: 'application/json' };
}
