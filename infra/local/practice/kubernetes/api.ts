import type { Facts } from '../facts.ts';
import { uid } from '../identity.ts';
import { type Answered, type Exchange, textOf } from '../listener.ts';
import { resources } from './catalogue.ts';
import { discovery, healthPage } from './discovery.ts';
import { pageOf } from './lists.ts';
import { type Place, placeOf } from './place.ts';
import type { Found, Resource } from './resource.ts';
import { InvalidSelector } from './selectors.ts';
import { badRequest, type Failure, forbidden, forbiddenPath, notFound, statusBody, unauthorized } from './status.ts';
import { nodeRow, nodeTableHead, partial } from './table.ts';
import type { KubeObject } from './values.ts';

/** Who may read what. A bot with too few rights can be practised too. */
export interface Access {
  readonly token: string;
  /** Plurals of resources that the token's owner may not read. */
  readonly forbidden: readonly string[];
}

const USER = 'system:serviceaccount:nightshift:nightshift';
const ANONYMOUS = 'system:anonymous';

const unmarked = { 'cache-control': 'no-cache, private', 'audit-id': uid('audit') };
/** Priority and fairness marks what it has let through with the flow's UIDs. */
const headers = {
  ...unmarked,
  'x-kubernetes-pf-flowschema-uid': uid('FlowSchema', 'service-accounts'),
  'x-kubernetes-pf-prioritylevel-uid': uid('PriorityLevelConfiguration', 'workload-low'),
};

/** Answers as an API server does: objects, lists, tables, discovery, health, and a `Status` for all that goes wrong. */
export function answerKubernetes(facts: Facts, now: number, access: Access, { request, url }: Exchange): Answered {
  const path = url.pathname;
  const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
  if (token !== undefined && token !== access.token) return { ...failed(unauthorized), headers: json(unmarked) };
  const user = token === undefined ? ANONYMOUS : USER;
  const health = healthPage(path, url.searchParams.has('verbose'));
  if (health !== undefined) return { status: 200, headers: plain, body: health };
  if (path === '/version') return { status: 200, headers: json(), body: JSON.stringify(discovery(path)) };

  const verb = verbOf(request.method ?? 'GET', url);
  const place = placeOf(path);
  const resource = place && resources.find((candidate) => isAt(candidate, place));
  const asked = place && { ...place, verb: verb ?? (place.name === undefined ? 'list' : 'get') };
  if (user === ANONYMOUS || verb !== undefined || (place && access.forbidden.includes(place.plural))) {
    return failed(asked ? forbidden(user, asked) : forbiddenPath(user, (request.method ?? 'get').toLowerCase(), path));
  }
  const described = discovery(path);
  if (described) return { status: 200, headers: json(), body: JSON.stringify(described) };
  if (!place || !resource) return { status: 404, headers: plain, body: '404 page not found\n' };
  try {
    return place.name === undefined
      ? list(facts, now, resource, place, url.searchParams, request.headers.accept ?? '')
      : get(facts, now, resource, place);
  } catch (thrown) {
    if (thrown instanceof InvalidSelector) return failed(badRequest(thrown.message));
    throw thrown;
  }
}

const plain = { ...headers, 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };

function json(common: Readonly<Record<string, string>> = headers): Record<string, string> {
  return { ...common, 'content-type': 'application/json' };
}

/** The token's role grants reading and nothing else: every other verb is a matter of rights. */
function verbOf(method: string, { searchParams }: URL): string | undefined {
  if (method !== 'GET' && method !== 'HEAD') {
    return { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method] ?? method.toLowerCase();
  }
  return /^(1|true)$/.test(searchParams.get('watch') ?? '') ? 'watch' : undefined;
}

function isAt(resource: Resource, { group, version, plural, namespace, name }: Place): boolean {
  if (resource.group !== group || resource.version !== version || resource.plural !== plural) return false;
  // An object in a namespace is only found there; a list of all namespaces has none.
  return resource.namespaced ? namespace !== undefined || name === undefined : namespace === undefined;
}

function get(facts: Facts, now: number, { kind, find }: Resource, place: Place): Answered {
  const { name, namespace } = place;
  const query = {
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    field: () => undefined,
    admits: () => true,
  };
  for (const found of find(facts, now, query)) {
    if (found.name !== name || found.namespace !== namespace) continue;
    const body = JSON.stringify({ kind, apiVersion: apiVersion(place), ...found.make() });
    return { status: 200, headers: json(), body };
  }
  return failed(notFound({ ...place, verb: 'get' }));
}

/** Written item by item, as nobody should hold 75,000 pods in memory. */
function list(
  facts: Facts,
  now: number,
  resource: Resource,
  place: Place,
  parameters: URLSearchParams,
  accept: string,
): Answered {
  const page = pageOf(facts, now, resource, place.namespace, parameters);
  if ('code' in page) return failed(page);
  const answer = (head: object, key: string, row: (object: KubeObject) => object): Answered => {
    return { status: 200, headers: json(), body: textOf(head, key, rows(page.items, row)) };
  };
  const { metadata } = page;
  if (/as=Table/.test(accept) && resource.kind === 'Node') {
    const include = parameters.get('includeObject');
    return answer(nodeTableHead(metadata), 'rows', (node) => nodeRow(node, include, now));
  }
  if (/as=PartialObjectMetadataList/.test(accept)) {
    const head = { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata };
    return answer(head, 'items', partial);
  }
  const head = { kind: `${resource.kind}List`, apiVersion: apiVersion(place), metadata };
  return answer(head, 'items', (object) => object);
}

function* rows(items: readonly Found[], row: (object: KubeObject) => object): Generator<object> {
  for (const { make } of items) yield row(make());
}

function apiVersion({ group, version }: Place): string {
  return group ? `${group}/${version}` : version;
}

function failed(failure: Failure): Answered {
  const { code } = failure;
  const sniff = code === 403 ? { 'x-content-type-options': 'nosniff' } : {};
  return { status: code, headers: { ...json(), ...sniff }, body: statusBody(failure) };
}
