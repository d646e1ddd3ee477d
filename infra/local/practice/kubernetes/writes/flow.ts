import type { Json, JsonObject } from '../../../../../engine/action.ts';
import type { Made, Unmade } from '../../deeds.ts';
import { madeObject } from '../flow-control.ts';
import { badRequest, type Failure, notFound } from '../status.ts';
import { keyOfObject } from '../written.ts';
import {
  apiVersionOf,
  type DeleteOptions,
  dryRunOfQuery,
  isFailure,
  namedIn,
  parsed,
  present,
  type Result,
  type WriteAsked,
} from './asked.ts';
import { decoded, WrongType } from './decode.ts';
import { exists, invalid, type Named, unmet } from './failures.ts';
import { at, isObject } from './json.ts';
import { shapeOf } from './shapes.ts';
import { problemsOf, type Wrong } from './validate.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const SUBDOMAIN_WORDS =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** POST of a FlowSchema or PriorityLevelConfiguration. */
export function create(asked: WriteAsked): Result {
  const dryRun = dryRunOfQuery(asked, 'CreateOptions');
  if (typeof dryRun !== 'boolean') return dryRun;
  const read = parsed(asked.body);
  if (isFailure(read)) return read;
  const object = objectOf(asked, read.json);
  if (isFailure(object)) return object;
  const name = at(object, 'metadata.name');
  const named: Named = { ...namedIn(asked), name: typeof name === 'string' ? name : '' };
  const problems = [...nameProblems(named.name), ...problemsOf(named.kind, object)];
  if (problems.length > 0) return invalid(named, problems);
  if (present({ ...asked, place: { ...asked.place, name: named.name } })) return exists(named);
  const deed: Made = {
    ...{ did: 'create', at: asked.at, by: asked.by },
    about: { kind: named.kind, name: named.name },
    object: kept(object),
  };
  const made = { kind: named.kind, apiVersion: apiVersionOf(asked.resource), ...madeObject(deed, asked.at, {}) };
  if (!dryRun) return { status: 201, object: made, deeds: [deed] };
  // What is not stored has no revision.
  const { resourceVersion: _, ...metadata } = made.metadata;
  return { status: 201, object: { ...made, metadata }, deeds: [] };
}

function objectOf({ resource }: WriteAsked, json: Json): JsonObject | Failure {
  const { kind, version } = resource;
  if (!isObject(json)) return badRequest(`the object provided is unrecognized (must be of type ${kind})`);
  const apiVersion = apiVersionOf(resource);
  const [asKind, asVersion] = [json.kind ?? kind, json.apiVersion ?? apiVersion];
  if (asKind !== kind || asVersion !== apiVersion) {
    return badRequest(
      `${asKind} in version "${version}" cannot be handled as a ${kind}: it is ${asKind} of ${asVersion}`,
    );
  }
  try {
    return decoded({ ...json, kind, apiVersion }, shapeOf(kind)) as JsonObject;
  } catch (thrown) {
    if (!(thrown instanceof WrongType)) throw thrown;
    return badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${thrown.message}`);
  }
}

function kept(object: JsonObject): JsonObject {
  const [annotations, labels] = [at(object, 'metadata.annotations'), at(object, 'metadata.labels')];
  const metadata = { ...(annotations ? { annotations } : {}), ...(labels ? { labels } : {}) };
  return { metadata, spec: object.spec ?? {} };
}

function nameProblems(name: string): Wrong[] {
  const field = 'metadata.name';
  if (name === '') {
    return [{ reason: 'Required', field, message: 'Required value: name or generateName is required' }];
  }
  if (SUBDOMAIN.test(name)) return [];
  return [{ reason: 'Invalid', field, message: `Invalid value: ${JSON.stringify(name)}: ${SUBDOMAIN_WORDS}` }];
}

/** DELETE of one. Those that every API server has, it makes again at once. */
export function remove(asked: WriteAsked, options: DeleteOptions): Result {
  const current = present(asked);
  const named = namedIn(asked);
  if (!current) return notFound({ verb: 'delete', ...asked.place });
  const { uid, resourceVersion } = current.metadata;
  if (options.uid !== undefined && options.uid !== uid) return unmet(named, 'UID', options.uid, String(uid));
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    return unmet(named, 'ResourceVersion', options.resourceVersion, String(resourceVersion));
  }
  const { group, plural, name } = named;
  const deed: Unmade = { did: 'remove', about: keyOfObject(named.kind, current), at: asked.at, by: asked.by };
  const details = { name, group, kind: plural, uid };
  const object = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
  return { status: 200, object, deeds: options.dryRun ? [] : [deed] };
}
