import { type Deed, nextMoment } from '../deeds.ts';
import { isStalledAt, storedFacts, storeMoment } from '../etcd-stall.ts';
import type { Facts } from '../facts.ts';
import { uid } from '../identity.ts';
import { type Answered, type Exchange, textOf } from '../listener.ts';
import { resources } from './catalogue.ts';
import { discovery, healthPage } from './discovery.ts';
import { flowDump } from './flow-dumps.ts';
import { pageOf } from './lists.ts';
import { type Place, placeOf } from './place.ts';
import { podLog } from './pod-logs.ts';
import type { Found, Resource } from './resource.ts';
import { reviewOf } from './reviews.ts';
import { type Access, userOf } from './rights.ts';
import { InvalidSelector } from './selectors.ts';
import { hung, needsEtcd } from './stalled.ts';
import { badRequest, type Failure, forbidden, forbiddenPath, notFound, statusBody, unauthorized } from './status.ts';
import { nodeRow, nodeTableHead, partial } from './table.ts';
import type { KubeObject } from './values.ts';
import { apiVersionOf, isFailure } from './writes/asked.ts';
import { notAllowed, notThere } from './writes/failures.ts';
import { scaleOf } from './writes/scale.ts';
import { write } from './writes/write.ts';

const unmarked = { 'cache-control': 'no-cache, private', 'audit-id': uid('audit') };
/** Priority and fairness marks what it has let through with the flow's UIDs. */
const headers = {
  ...unmarked,
  'x-kubernetes-pf-flowschema-uid': uid('FlowSchema', '', 'service-accounts'),
  'x-kubernetes-pf-prioritylevel-uid': uid('PriorityLevelConfiguration', '', 'workload-low'),
};

/** An answer, and what was done to the cluster by it. */
export interface Reply extends Answered {
  readonly deeds: readonly Deed[];
}

/** Answers as an API server does: objects, lists, tables, discovery, health, writes, and a `Status` for all that goes wrong. */
export function answerKubernetes(facts: Facts, now: number, access: Access, exchange: Exchange): Reply {
  const reply = answered(facts, now, access, exchange);
  return { deeds: [], ...reply };
}

function answered(facts: Facts, now: number, access: Access, exchange: Exchange): Answered | Reply {
  const { request, url, body } = exchange;
  const path = url.pathname;
  const user = userOf(request.headers.authorization, access);
  if (!user) return { ...failed(unauthorized), headers: json(unmarked) };
  const health = healthPage(path, url.searchParams.has('verbose'), isStalledAt(facts, now));
  if (health !== undefined) return { headers: plain, ...health };
  if (path === '/version') return { status: 200, headers: json(), body: JSON.stringify(discovery(path)) };

  const review = user.isKnown && request.method === 'POST' ? reviewOf(path, user, body) : undefined;
  if (review) return { status: 201, headers: json(), body: JSON.stringify(review) };

  const verb = verbOf(request.method ?? 'GET', url);
  const place = placeOf(path);
  const resource = place && resources.find((candidate) => isAt(candidate, place));
  const asked = place && { ...place, verb: verb ?? (place.name === undefined ? 'list' : 'get') };
  if (asked ? !user.may(asked) : !user.isKnown || verb !== undefined) {
    const method = (request.method ?? 'get').toLowerCase();
    return failed(asked ? forbidden(user.name, asked) : forbiddenPath(user.name, method, path));
  }
  const described = discovery(path);
  if (described) return { status: 200, headers: json(), body: JSON.stringify(described) };
  const dump = flowDump(facts, now, path);
  if (dump !== undefined) return { status: 200, headers: plain, body: dump };
  if (!place || !resource) return { status: 404, headers: plain, body: '404 page not found\n' };
  const late = needsEtcd(verb, place, url.searchParams) ? hung(facts, now, plain) : undefined;
  if (late) return late;
  if (verb !== undefined) return written(facts, now, verb, resource, place, exchange);
  const [known, asOf] = [storedFacts(facts, now), storeMoment(facts, now)];
  try {
    return place.name === undefined
      ? list(known, asOf, resource, place, url.searchParams, request.headers.accept ?? '')
      : get(known, asOf, resource, place, url.searchParams);
  } catch (thrown) {
    if (thrown instanceof InvalidSelector) return failed(badRequest(thrown.message));
    throw thrown;
  }
}

function written(
  facts: Facts,
  now: number,
  verb: string,
  resource: Resource,
  place: Place,
  { request, url, body }: Exchange,
): Reply {
  const { 'content-type': contentType = '', 'user-agent': agent = '' } = request.headers;
  const result = write(verb, {
    ...{ facts, now, resource, place, contentType, body },
    at: nextMoment(facts, now),
    // Whoever does not name himself is named by his program.
    by: url.searchParams.get('fieldManager') ?? (agent.split('/')[0] || 'unknown'),
    query: url.searchParams,
  });
  if (isFailure(result)) return { ...failed(result), deeds: result.deeds ?? [] };
  return { status: result.status, headers: json(), body: JSON.stringify(result.object), deeds: result.deeds };
}

const plain = { ...headers, 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };

function json(common: Readonly<Record<string, string>> = headers): Record<string, string> {
  return { ...common, 'content-type': 'application/json' };
}

/** `undefined`: to get or to list. */
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

function get(facts: Facts, now: number, { kind, find }: Resource, place: Place, parameters: URLSearchParams): Answered {
  const { name, namespace, subresource } = place;
  if (subresource === 'log' && kind === 'Pod' && name !== undefined && namespace !== undefined) {
    const log = podLog(facts, now, { namespace, name, query: parameters });
    if (typeof log === 'string') return { status: 200, headers: plain, body: log };
    const { afterMs = 0, ...failure } = log;
    return { ...failed(failure), afterMs };
  }
  if (subresource === 'eviction' && kind === 'Pod') return failed(notAllowed);
  const scaled = subresource === 'scale' && /^(Deployment|StatefulSet)$/.test(kind);
  if (subresource !== undefined && !scaled) return failed(notThere);
  const query = {
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    field: () => undefined,
    admits: () => true,
  };
  for (const found of find(facts, now, query)) {
    if (found.name !== name || found.namespace !== namespace) continue;
    const object = { kind, apiVersion: apiVersionOf(place), ...found.make() };
    return { status: 200, headers: json(), body: JSON.stringify(scaled ? scaleOf(object) : object) };
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
  const head = { kind: `${resource.kind}List`, apiVersion: apiVersionOf(place), metadata };
  return answer(head, 'items', (object) => object);
}

function* rows(items: readonly Found[], row: (object: KubeObject) => object): Generator<object> {
  for (const { make } of items) yield row(make());
}

function failed(failure: Failure): Answered {
  const { code } = failure;
  const sniff = code === 403 ? { 'x-content-type-options': 'nosniff' } : {};
  return { status: code, headers: { ...json(), ...sniff }, body: statusBody(failure) };
}
