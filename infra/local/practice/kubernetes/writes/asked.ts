import type { Json, JsonObject } from '../../../../../engine/action.ts';
import type { Deed } from '../../deeds.ts';
import type { Facts } from '../../facts.ts';
import type { Place } from '../place.ts';
import type { Resource } from '../resource.ts';
import { badRequest, type Failure } from '../status.ts';
import type { KubeObject } from '../values.ts';
import { badDryRun, type Named } from './failures.ts';
import { isList, isObject } from './json.ts';

/** One request that would change the cluster, its rights already looked at. */
export interface WriteAsked {
  readonly facts: Facts;
  readonly now: number;
  /** When it is done, if it is. */
  readonly at: number;
  /** The field manager: as asked for, else by the User-Agent. */
  readonly by: string;
  readonly resource: Resource;
  readonly place: Place;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: string;
}

/** What is answered, and what was done. A rehearsal does nothing. */
export interface Outcome {
  readonly status: 200 | 201;
  readonly object: object;
  readonly deeds: readonly Deed[];
}

/** A refusal may have had consequences all the same. */
export type Result = Outcome | (Failure & { readonly deeds?: readonly Deed[] });

export function isFailure(result: object): result is Failure {
  return 'code' in result && 'message' in result;
}

export function namedIn({ resource, place }: WriteAsked): Named {
  const { group, kind, plural } = resource;
  return { group, kind, plural, name: place.name ?? '' };
}

export function apiVersionOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The object as a GET would answer it. */
export function present(
  { facts, now, resource, place }: WriteAsked,
  moment = now,
  state = facts,
): KubeObject | undefined {
  const { name = '', namespace } = place;
  const query = { name, ...(namespace === undefined ? {} : { namespace }), field: () => undefined, admits: () => true };
  for (const found of resource.find(state, moment, query)) {
    if (found.name === name && found.namespace === namespace) {
      return { kind: resource.kind, apiVersion: apiVersionOf(resource), ...found.make() };
    }
  }
  return undefined;
}

export function plain(object: KubeObject): JsonObject {
  // Made of plain values only; the type of objects is wider than JSON's.
  return object as unknown as JsonObject;
}

/** A body that is JSON, or what the API server says of one that is not. */
export function parsed(body: string): { readonly json: Json } | Failure {
  try {
    return { json: JSON.parse(body) };
  } catch {
    return badRequest(`the body is not JSON: ${body.slice(0, 80) || 'it is empty'}`);
  }
}

type OptionsKind = 'PatchOptions' | 'CreateOptions' | 'DeleteOptions';

/** Whether it is a rehearsal, or why that cannot be told. */
function dryRunOf(values: readonly Json[], kind: OptionsKind): boolean | Failure {
  const asked = values.map(String);
  return asked.every((value) => value === 'All') ? asked.length > 0 : badDryRun(kind, asked);
}

export function dryRunOfQuery({ query }: WriteAsked, kind: OptionsKind): boolean | Failure {
  return dryRunOf(query.getAll('dryRun'), kind);
}

/** `metav1.DeleteOptions`, as far as it is heeded. */
export interface DeleteOptions {
  readonly dryRun: boolean;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly forced: boolean;
}

export function deleteOptions(json: Json | undefined): DeleteOptions | Failure {
  const options = isObject(json) ? json : {};
  const dryRun = dryRunOf(isList(options.dryRun) ? options.dryRun : [], 'DeleteOptions');
  if (typeof dryRun !== 'boolean') return dryRun;
  const preconditions = isObject(options.preconditions) ? options.preconditions : {};
  const text = (value: Json | undefined) => (typeof value === 'string' ? value : undefined);
  return {
    dryRun,
    uid: text(preconditions.uid),
    resourceVersion: text(preconditions.resourceVersion),
    forced: options.gracePeriodSeconds === 0,
  };
}
