import { amend } from './documents.ts';
import { generationOf, type Incident } from './incident.ts';
import type { Store, Stored } from './ports.ts';

/** Long after the ten minutes in which it would have gone on when it fired again (`open.ts`). */
const PUT_AWAY_AFTER_MS = 3_600_000;

/** What stays known for ever of a slot whose incident was put away or forgotten: no id is given twice. */
export interface Remembered {
  /** The next one there takes the next number. */
  readonly generation: number;
  /** A look showed that its target existed. */
  readonly looked: boolean;
  /** The incident of another slot whose target was found to be this one's (`held.ts`). */
  readonly heldBy?: string;
}

/**
 * Whether a look showed that its target existed. A label may have been taken at its word: where the Node was not found, and no
 * cause either, none is known to have been there.
 */
export function hasShownTarget({ report }: Pick<Incident, 'report'>): boolean {
  if (report === undefined) return false;
  const isAbsent = report.evidence.some(
    ({ failure, query }) => failure === 'not-found' && query.startsWith('get Node '),
  );
  return !isAbsent || report.causes.some(({ verdict }) => verdict === 'confirmed');
}

/** Whether it is over for so long that nothing that still happens finds it by its slot. */
export function mayBePutAway({ closedAt }: Incident, now: Date): boolean {
  return closedAt !== undefined && now.getTime() - Date.parse(closedAt) > PUT_AWAY_AFTER_MS;
}

/**
 * Moves a closed incident to its own document, so that who goes through the current ones need not go through the old ones.
 * Whoever opens one in its slot meanwhile is not disturbed: then it stays, and has made room already.
 */
export async function putAway(store: Store, { id: slot, value, version }: Stored<Incident>): Promise<void> {
  await store.put({ collection: 'closed', id: value.id, value, expect: 'any' });
  await forget(store, { id: slot, value, version });
}

/** Of a closed incident nothing stays but the number it had. */
export async function forget(store: Store, { id: slot, value, version }: Stored<Incident>): Promise<void> {
  await amend<Remembered, void>(store, 'slots', slot, (before) => ({
    result: undefined,
    value: { ...before, generation: generationOf(value), looked: hasShownTarget(value) },
  }));
  await store.delete('incidents', slot, version);
}

/** Of a slot that is empty now. */
export async function remembered(store: Pick<Store, 'get'>, slot: string): Promise<Remembered | undefined> {
  return (await store.get<Remembered>('slots', slot))?.value;
}
