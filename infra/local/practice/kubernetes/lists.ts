import type { Facts } from '../facts.ts';
import type { Found, Query, Resource } from './resource.ts';
import { fieldTerms, labelTest } from './selectors.ts';
import { badRequest, expired, type Failure, fromTheFuture } from './status.ts';
import { versionAt } from './values.ts';

export interface Page {
  readonly items: readonly Found[];
  /** `metadata` of the list. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The objects a list request asks for: selected, in the order of their keys, cut to `limit`. */
export function pageOf(
  facts: Facts,
  now: number,
  resource: Resource,
  namespace: string | undefined,
  parameters: URLSearchParams,
): Page | Failure {
  const resourceVersion = parameters.get('resourceVersion') ?? '';
  if (Number(resourceVersion) > Number(versionAt(now))) return fromTheFuture;
  const exact = parameters.get('resourceVersionMatch') === 'Exact';
  if (exact && resourceVersion !== '' && resourceVersion !== versionAt(now)) return expired;
  const start = startOf(parameters.get('continue'));
  if (start === undefined) return badRequest('continue key is not valid');

  const selected = select(facts, now, resource, namespace, parameters);
  if (!Array.isArray(selected)) return selected;
  // The watch cache answers resourceVersion=0 whole, whatever the limit.
  const limit = resourceVersion === '0' ? 0 : Number(parameters.get('limit') ?? 0);
  const rest = selected.slice(start);
  const items = limit > 0 ? rest.slice(0, limit) : rest;
  const left = rest.length - items.length;
  const more = left > 0 ? { continue: tokenFor(start + items.length), remainingItemCount: left } : {};
  return { items, metadata: { resourceVersion: versionAt(now), ...more } };
}

function select(
  facts: Facts,
  now: number,
  resource: Resource,
  namespace: string | undefined,
  parameters: URLSearchParams,
): Found[] | Failure {
  const [fieldSelector, labelSelector] = ['fieldSelector', 'labelSelector'].map((name) => parameters.get(name) ?? '');
  const fields = fieldTerms(fieldSelector ?? '');
  const known = ['metadata.name', 'metadata.namespace', ...resource.fields];
  const unknown = fields.find(({ path }) => !known.includes(path));
  if (unknown) {
    const where = `"${resource.group}/${resource.version}, Resource=${resource.plural}"`;
    return badRequest(
      `Unable to find ${where} that match label selector "${labelSelector}", field selector "${fieldSelector}": field label not supported: ${unknown.path}`,
    );
  }
  const admits = labelTest(labelSelector ?? '');
  const query: Query = {
    ...(namespace === undefined ? {} : { namespace }),
    field: (path) => fields.find((term) => term.equal && term.path === path)?.value,
    admits,
  };
  return [...resource.find(facts, now, query)]
    .filter((found) => namespace === undefined || found.namespace === namespace)
    .filter((found) => admits(found.labels))
    .filter((found) => fields.every(({ path, equal, value }) => (fieldOf(found, path) === value) === equal))
    .sort(byKey);
}

function fieldOf({ name, namespace = '', field }: Found, path: string): string {
  return path === 'metadata.name' ? name : path === 'metadata.namespace' ? namespace : field(path);
}

/** As in etcd: by namespace, then name, byte by byte, so that `worker-10` comes before `worker-2`. */
function byKey(a: Found, b: Found): number {
  if (a.namespace !== b.namespace) return (a.namespace ?? '') < (b.namespace ?? '') ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** Opaque to clients. The objects of a page do not move, so a number is enough. */
function tokenFor(start: number): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', start })).toString('base64url');
}

function startOf(token: string | null): number | undefined {
  if (token === null || token === '') return 0;
  const [, digits] = /"start":(\d+)\}$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
