import { createHash } from 'node:crypto';

/**
 * Every change a remedy can describe, as data: the same value is shown on the card, hashed into the digest and (once
 * a person has approved it) applied. A new verb is a design decision, not part of writing a runbook.
 */
export type Change =
  | { readonly verb: 'cordon'; readonly node: string }
  | { readonly verb: 'uncordon'; readonly node: string }
  | { readonly verb: 'evict'; readonly namespace: string; readonly pod: string };

/** The change in the words an on-call engineer would use. */
export function describeChange(change: Change): string {
  switch (change.verb) {
    case 'cordon':
      return `cordon node ${change.node} (spec.unschedulable: true)`;
    case 'uncordon':
      return `uncordon node ${change.node} (spec.unschedulable: false)`;
    case 'evict':
      return `evict pod ${change.namespace}/${change.pod} (respects its disruption budget)`;
  }
}

/** JSON with sorted keys, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** SHA-256 over the canonical form, in hex: two equal lists of changes have one digest. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
