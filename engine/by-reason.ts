import type { CardCause } from './card.ts';

/** Each reason once, with the titles of all causes it holds for, in their order: it is read on a phone, at night. */
export function byReason(causes: readonly CardCause[]): CardCause[] {
  const alike = Map.groupBy(causes, ({ reason }) => reason);
  return [...alike].map(([reason, these]) => ({ title: these.map(({ title }) => title).join('; '), reason }));
}
