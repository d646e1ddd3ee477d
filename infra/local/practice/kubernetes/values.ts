import { uid } from '../identity.ts';

/** `2026-11-21T07:11:43Z`, as the API server writes times. */
export function time(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** `2026-11-21T07:11:02.818258Z`, as leases carry it. */
export function microTime(unixSeconds: number): string {
  const micros = Math.round(unixSeconds * 1e6) % 1e6;
  return time(unixSeconds).replace('Z', `.${String(micros).padStart(6, '0')}Z`);
}

/** The revision of the store at that moment: what an object changed then, or a list read then, carries. */
export function versionAt(unixSeconds: number): string {
  return String(Math.floor((unixSeconds - 1_700_000_000) * 100));
}

export interface Meta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** Any Kubernetes object as JSON. */
export interface KubeObject {
  readonly metadata: Meta;
  readonly [field: string]: unknown;
}

export interface Origin {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** Absent: the one that its name gives. */
  readonly uid?: string;
  readonly createdAt: number;
  /** Absent: not since it was made. */
  readonly changedAt?: number;
}

/** Fields in the order in which the API server writes them; `more` holds labels, owners and what else there is. */
export function meta(origin: Origin, more: object = {}): Meta {
  const { kind, namespace, name, createdAt, changedAt = createdAt } = origin;
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: origin.uid ?? uid(kind, namespace ?? '', name),
    resourceVersion: versionAt(changedAt),
    creationTimestamp: time(createdAt),
    ...more,
  };
}

/** How an owned object points to its owner. */
export function ownedBy(kind: string, namespace: string, name: string): Record<string, unknown> {
  return {
    apiVersion: 'apps/v1',
    kind,
    name,
    uid: uid(kind, namespace, name),
    controller: true,
    blockOwnerDeletion: true,
  };
}
