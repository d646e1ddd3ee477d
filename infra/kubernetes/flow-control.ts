import type { JsonObject } from '../../engine/action.ts';
import type { Kind } from '../../engine/readers.ts';

/** How a priority level's shares were called up to flowcontrol v1beta2 (Kubernetes 1.25), with the same meaning. */
const FORMER = 'assuredConcurrencyShares';
/** Since v1beta3 (Kubernetes 1.26). Everybody but the wire uses this name. */
const PRESENT = 'nominalConcurrencyShares';
const formerVersions = ['v1beta1', 'v1beta2'];

/** An answer of any version with the names of today: an object, or a list of them. */
export function withPresentNames(kind: Kind, body: unknown): unknown {
  if (kind !== 'PriorityLevelConfiguration' || !isObject(body)) return body;
  if (Array.isArray(body.items)) return { ...body, items: body.items.map((item) => renamed(item, FORMER, PRESENT)) };
  return renamed(body, FORMER, PRESENT);
}

/** A body to send, with the names of the version it is sent in. */
export function inVersion(kind: Kind, version: string, body: JsonObject): JsonObject {
  if (kind !== 'PriorityLevelConfiguration' || !formerVersions.includes(version)) return body;
  return renamed(body, PRESENT, FORMER) as JsonObject;
}

function renamed(level: unknown, from: string, to: string): unknown {
  if (!isObject(level) || !isObject(level.spec) || !isObject(level.spec.limited)) return level;
  const limited = Object.entries(level.spec.limited).map(([key, value]) => [key === from ? to : key, value]);
  return { ...level, spec: { ...level.spec, limited: Object.fromEntries(limited) } };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
