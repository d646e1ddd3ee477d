import { createHash } from 'node:crypto';

/** `2026-11-21T07:11:43Z`, as the API server writes times. */
export function time(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** `2026-11-21T07:11:02.818258Z`, as leases carry it. */
export function microTime(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().replace('Z', '000Z');
}

/** A UID that is the same whenever it is asked for. */
export function uid(...names: readonly string[]): string {
  const hex = hash(...names);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Five letters as generated names end with. */
export function suffix(...names: readonly string[]): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  return [
    ...hash(...names)
      .slice(0, 10)
      .matchAll(/../g),
  ]
    .map(([pair]) => letters[Number.parseInt(pair, 16) % letters.length])
    .join('');
}

/** A number from 0 to below `limit`, the same for the same names. */
export function pick(limit: number, ...names: readonly string[]): number {
  return Number.parseInt(hash(...names).slice(0, 8), 16) % limit;
}

function hash(...names: readonly string[]): string {
  return createHash('sha1').update(names.join('\0')).digest('hex');
}

export interface Meta {
  readonly name: string;
  readonly namespace?: string;
  readonly [field: string]: unknown;
}

/** Any Kubernetes object as JSON. */
export interface KubeObject {
  readonly metadata: Meta;
  readonly [field: string]: unknown;
}

export function meta(
  kind: string,
  name: string,
  createdAt: number,
  more: Readonly<Record<string, unknown>> = {},
): Meta {
  const namespace = typeof more.namespace === 'string' ? more.namespace : '';
  return {
    name,
    uid: uid(kind, namespace, name),
    resourceVersion: String(40_000 + pick(5_000, kind, namespace, name)),
    creationTimestamp: time(createdAt),
    ...more,
  };
}
