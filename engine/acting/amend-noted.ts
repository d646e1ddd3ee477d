import { type Amendment, amend } from '../documents.ts';
import type { Plan } from '../plan.ts';
import type { Collection } from '../ports.ts';
import type { Acting } from './desk.ts';
import { append, type Entry, type Happening } from './ledger.ts';

/** What a change goes by, each time that it is tried. */
export interface Noting {
  readonly now: Date;
  /** Into the ledger, once however often the change is tried. */
  readonly note: (happening: Happening) => Promise<void>;
}

/** As `amendPlan`, with an entry in the ledger. Of a plan that is gone nothing is changed, and nothing comes back. */
export function amendNoted<R>(
  desk: Pick<Acting, 'store' | 'clock'>,
  id: string,
  decide: (plan: Plan, noting: Noting) => Promise<Amendment<Plan, R | undefined>>,
): Promise<R | undefined> {
  return amendWithEntry<Plan, R | undefined>(desk, 'plans', id, async (plan, noting) =>
    plan ? decide(plan, noting) : { result: undefined },
  );
}

/**
 * As `amend`, with an entry in the ledger: first the entry, then the write, so that nothing happens unwritten. When
 * somebody else was faster, and there is nothing to write any more, the entry is declared void.
 */
export async function amendWithEntry<T, R>(
  { store, clock }: Pick<Acting, 'store' | 'clock'>,
  collection: Collection,
  id: string,
  decide: (current: T | undefined, noting: Noting) => Promise<Amendment<T, R>>,
): Promise<R> {
  let noted: Entry | undefined;
  let isWritten = false;
  const note = async (happening: Happening) => {
    noted ??= await append(store, clock, happening);
  };
  const result = await amend<T, R>(store, collection, id, async (current) => {
    const amendment = await decide(current, { now: clock.now(), note });
    isWritten = 'value' in amendment;
    return amendment;
  });
  if (noted && !isWritten) await append(store, clock, voidOf(noted, 'somebody else was faster'));
  return result;
}

/** Says of an entry that what it tells came to nothing. */
export function voidOf({ seq, at: _at, previous: _previous, hash: _hash, ...told }: Entry, why: string): Happening {
  return { ...told, kind: 'void', details: { what: told.kind, entry: seq, why } };
}
