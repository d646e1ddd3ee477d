import type { Outgoing } from '../engine/ports.ts';
import type { Desk } from '../engine/triage.ts';

/** What is missing is asked for again after this long, then after twice as long, and so on up to the longest. */
const FIRST_MS = 300_000;
const LONGEST_MS = 1_800_000;

interface Asked {
  readonly since: string;
  readonly at: string;
}

/**
 * Asks again for what is missing if it is time for that: the messages and the note that they were sent are one write, so
 * that nothing is noted as asked for that was not. A channel that refuses everything for a
 * day is to have its cards soon after somebody mends it, and not a thousand dead letters until then.
 */
export async function askedAgain(
  { store, clock }: Pick<Desk, 'store' | 'clock'>,
  what: string,
  send: readonly Outgoing[],
): Promise<boolean> {
  const now = clock.now();
  const id = `tick/asked/${what}`;
  const asked = await store.get<Asked>('progress', id);
  const since = asked?.value.since ?? now.toISOString();
  if (asked) {
    const waitMs = Math.min(LONGEST_MS, Math.max(FIRST_MS, Date.parse(asked.value.at) - Date.parse(since)));
    if (now.getTime() - Date.parse(asked.value.at) < waitMs) return false;
  }
  await store.put({ collection: 'progress', id, value: { since, at: now.toISOString() }, expect: 'any', send });
  return true;
}
