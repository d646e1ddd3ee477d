import { type Action, FIELD_MANAGER, type JsonObject } from '../../engine/action.ts';
import type { Right } from '../../engine/changes/rules.ts';
import { inVersion } from './flow-control.ts';
import type { Message } from './link.ts';
import { collectionPath, objectPath, resources } from './resources.ts';

/** In which versions a cluster serves what an action needs. */
export interface ServedIn {
  /** Of the object's kind. */
  readonly version: string;
  /** Of the body of an eviction, in group `policy`. */
  readonly eviction?: string;
}

const BY_US = `fieldManager=${FIELD_MANAGER}`;
const DRY_RUN = 'dryRun=All';

const patchTypes = { merge: 'application/merge-patch+json', strategic: 'application/strategic-merge-patch+json' };

/** The one HTTP request of an action. A dry run differs in nothing but saying so. */
export function requestOf(action: Action, { version, eviction }: ServedIn, dryRun: boolean): Message {
  const { object } = action;
  const kind = { apiVersion: apiVersion(object.kind, version), kind: object.kind };
  switch (action.verb) {
    case 'patch': {
      const part = action.subresource === undefined ? '' : `/${action.subresource}`;
      const path = `${objectPath(object, version)}${part}${query(BY_US, dryRun)}`;
      return message('PATCH', path, inVersion(object.kind, version, action.body), patchTypes[action.type]);
    }
    case 'create': {
      objectPath(object, version); // its name and namespace must be some
      const { namespace, name } = object;
      const metadata = { ...asObject(action.body.metadata), ...(namespace === undefined ? {} : { namespace }), name };
      const path = `${collectionPath(object, version)}${query(BY_US, dryRun)}`;
      return message('POST', path, { ...inVersion(object.kind, version, action.body), ...kind, metadata });
    }
    case 'delete': {
      const path = `${objectPath(object, version)}${query(undefined, dryRun)}`;
      const options = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
      return message('DELETE', path, { ...options, ...onlyThis(action.uid, dryRun) });
    }
    case 'evict': {
      const { namespace = '', name } = object;
      return message('POST', `${objectPath(object, version)}/eviction${query(undefined, dryRun)}`, {
        apiVersion: `policy/${eviction ?? 'v1'}`,
        kind: 'Eviction',
        metadata: { namespace, name },
        deleteOptions: onlyThis(action.uid, dryRun),
      });
    }
  }
}

/** Options of a deletion. When there is a body the API server looks for them nowhere else: not for `dryRun` in the query. */
function onlyThis(uid: string, dryRun: boolean) {
  return { preconditions: { uid }, ...(dryRun ? { dryRun: ['All'] } : {}) };
}

/** What RBAC must allow for it. */
export function rightOf(action: Action): Right {
  const { kind, namespace } = action.object;
  const { group, plural } = resources[kind];
  const place = { apiGroup: group, ...(namespace === undefined ? {} : { namespace }) };
  if (action.verb === 'evict') return { ...place, resource: `${plural}/eviction`, verb: 'create' };
  const part = action.verb === 'patch' && action.subresource ? `/${action.subresource}` : '';
  return { ...place, resource: `${plural}${part}`, verb: action.verb };
}

function apiVersion(kind: Action['object']['kind'], version: string): string {
  const { group } = resources[kind];
  return group === '' ? version : `${group}/${version}`;
}

function query(first: string | undefined, dryRun: boolean): string {
  const parts = [...(first === undefined ? [] : [first]), ...(dryRun ? [DRY_RUN] : [])];
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

function message(
  method: NonNullable<Message['method']>,
  path: string,
  body: unknown,
  contentType = 'application/json',
): Message {
  return {
    method,
    path,
    headers: { accept: 'application/json', 'content-type': contentType },
    body: JSON.stringify(body),
  };
}

function asObject(value: JsonObject[string] | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
