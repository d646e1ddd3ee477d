import * as z from 'zod';
import { canonicalJson, digestOf } from '../change.ts';
import { Refused, TryLater } from '../errors.ts';
import type { Plan } from '../plan.ts';
import type { Clock, Store } from '../ports.ts';
import { redactDeep } from '../redact.ts';

/** What can be written down about acting. */
export type EntryKind =
  | 'shown'
  | 'requested'
  | 'approved'
  | 'refused'
  | 'denied'
  /** The problem is gone, so nobody needs it any more. */
  | 'withdrawn'
  | 'expired'
  /** It no longer fits the cluster. */
  | 'outdated'
  | 'broke-glass'
  | 'rehearsed'
  | 'executing'
  /** Nobody could say who may have it done: it waits for that. */
  | 'paused'
  | 'resumed'
  /** A person stopped what was approved, before it began or between two of its requests. */
  | 'stopped'
  | 'applied'
  | 'partly-applied'
  | 'failed'
  | 'unknown'
  | 'decided'
  | 'done-by-hand'
  | 'verified'
  /** An entry before this one came to nothing: somebody else was faster. */
  | 'void';

export interface Happening {
  readonly kind: EntryKind;
  readonly cluster?: string;
  readonly incident?: string;
  readonly plan?: string;
  /** The plan's digest at that moment. */
  readonly digest?: string;
  /** A user id; absent: Nightshift itself. */
  readonly by?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Which plan an entry is about. */
export function aboutPlan({ cluster, incident, id, digest }: Pick<Plan, 'cluster' | 'incident' | 'id' | 'digest'>) {
  return { cluster, incident, plan: id, digest } satisfies Partial<Happening>;
}

/** One entry. `hash` covers everything else in it, and `previous` is the hash of the one before. */
export interface Entry extends Happening {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly at: string;
  readonly previous: string;
  readonly hash: string;
}

/** What numbers and chains the next entry. */
export const Head = z.object({ seq: z.int(), hash: z.string() });
export type Head = Readonly<z.infer<typeof Head>>;

export const BEGINNING: Head = { seq: 0, hash: '0'.repeat(64) };
export const HEAD = 'ledger-head';

/**
 * Appends one entry, redacted; durable when it resolves. Whoever else appends at the same moment gets the next number.
 * Throws `TryLater` when it cannot be written, and `Refused` when entries that were there are gone: in both cases
 * nothing may be executed.
 */
export async function append(store: Store, clock: Clock, happening: Happening): Promise<Entry> {
  for (;;) {
    const last = await endOf(store);
    const told = redactDeep(JSON.parse(canonicalJson(happening))) as Happening;
    const open = { ...told, seq: last.seq + 1, at: clock.now().toISOString(), previous: last.hash };
    const entry: Entry = { ...open, hash: digestOf(open) };
    if (!(await store.put({ collection: 'ledger', id: idOf(entry.seq), value: entry, expect: 'absent' }))) continue;
    await moveHead(store, { seq: entry.seq, hash: entry.hash });
    return entry;
  }
}

/**
 * The last entry, proved to be at or after the head. The head is written before the first entry and after every other
 * one, so it may lag behind (a crash between the two, somebody else appending); it is never ahead unless the end of the
 * ledger was cut off. To number on from there would hide the cut.
 */
async function endOf(store: Store): Promise<Head> {
  const head = await headOf(store);
  const [last] = await store.list<unknown>('ledger', { limit: 1, newestFirst: true }).catch((failure: unknown) => {
    throw failure instanceof TryLater ? failure : broken('its last entry cannot be read');
  });
  const end = last ? Head.safeParse(last.value).data : BEGINNING;
  if (!end) throw broken('its last entry cannot be read');
  if (last && !isAsWritten(last.value as Entry)) throw broken(`entry ${end.seq} was changed`);
  if (!head && end.seq > 0) throw broken('the record of its last entry is gone');
  if (!head) {
    // Where nothing was ever carried out the ledger begins; else it was taken away, with the record of its end.
    if ((await carriedOut(store)).length > 0) throw broken('all its entries are gone');
    await store.put({ collection: 'meta', id: HEAD, value: BEGINNING, expect: 'absent' });
    return end;
  }
  if (end.seq < head.seq) throw broken(`it ends at entry ${end.seq}, and had ${head.seq}`);
  if (head.seq > 0 && end.seq === head.seq && end.hash !== head.hash) throw broken(`entry ${end.seq} was changed`);
  return end;
}

/** Whether what an entry says is what its hash was made of. */
export function isAsWritten({ hash, ...open }: Entry): boolean {
  return digestOf(open) === hash;
}

/** The ids of all plans that have begun to change something. */
export async function carriedOut(store: Pick<Store, 'list'>): Promise<readonly string[]> {
  const plans = await store.list<Plan>('plans');
  return plans.flatMap(({ id, value }) => (value.executedAt === undefined ? [] : [id]));
}

export function broken(what: string): Refused {
  return new Refused(
    'LEDGER_BROKEN',
    `the ledger is not as it was written: ${what}. Nothing is changed in any cluster until the data directory (on AWS the table) is restored, or a new one is begun; \`nightshift audit --verify\` (on AWS with --table and --bucket) says what is wrong`,
  );
}

export async function headOf(store: Pick<Store, 'get'>): Promise<Head | undefined> {
  return (await store.get<Head>('meta', HEAD))?.value;
}

/** Only ever forward: somebody who appended after us may have been here before us. */
async function moveHead(store: Store, to: Head): Promise<void> {
  for (;;) {
    const stored = await store.get<Head>('meta', HEAD);
    if (!stored || stored.value.seq >= to.seq) return;
    if (await store.put({ collection: 'meta', id: HEAD, value: to, expect: stored.version })) return;
  }
}

/** Sorts as text in the order of the numbers. */
export function idOf(seq: number): string {
  return String(seq).padStart(12, '0');
}
