import { canonicalJson, digestOf } from '../change.ts';
import type { Clock, Store } from '../ports.ts';
import { redactDeep } from '../redact.ts';

/** What can be written down about acting. */
export type EntryKind =
  | 'shown'
  | 'requested'
  | 'approved'
  | 'refused'
  | 'denied'
  | 'withdrawn'
  | 'broke-glass'
  | 'rehearsed'
  | 'executing'
  | 'applied'
  | 'failed'
  | 'unknown'
  | 'decided'
  | 'done-by-hand'
  | 'verified';

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

/** One entry. `hash` covers everything else in it, and `previous` is the hash of the one before. */
export interface Entry extends Happening {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly at: string;
  readonly previous: string;
  readonly hash: string;
}

interface Head {
  readonly seq: number;
  readonly hash: string;
}

const BEGINNING: Head = { seq: 0, hash: '0'.repeat(64) };
const HEAD = 'ledger-head';
const PAGE = 500;

/**
 * Appends one entry, redacted; durable when it resolves. Whoever else appends at the same moment gets the next number.
 * Throws `TryLater` when it cannot be written: then nothing may be executed.
 */
export async function append(store: Store, clock: Clock, happening: Happening): Promise<Entry> {
  for (;;) {
    const last = await lastOf(store);
    const told = redactDeep(JSON.parse(canonicalJson(happening))) as Happening;
    const open = { ...told, seq: last.seq + 1, at: clock.now().toISOString(), previous: last.hash };
    const entry: Entry = { ...open, hash: digestOf(open) };
    if (!(await store.put({ collection: 'ledger', id: idOf(entry.seq), value: entry, expect: 'absent' }))) continue;
    const head: Head = { seq: entry.seq, hash: entry.hash };
    // Only to notice later that the end was cut off: a head that lags behind proves less, and nothing wrong.
    await store.put({ collection: 'meta', id: HEAD, value: head, expect: 'any' });
    return entry;
  }
}

/** All entries in order, a page at a time. */
export async function* entries(store: Pick<Store, 'list'>): AsyncGenerator<Entry> {
  let after = '';
  for (;;) {
    const page = await store.list<Entry>('ledger', { after, limit: PAGE });
    for (const { value } of page) yield value;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.id;
  }
}

export interface Audit {
  readonly entries: number;
  /** In order of the ledger: what is not as it was written. Empty: it is whole. */
  readonly findings: readonly string[];
}

/** Proves that no entry was changed, left out or put in another place since it was written. */
export async function audit(store: Pick<Store, 'list' | 'get'>): Promise<Audit> {
  const head = (await store.get<Head>('meta', HEAD))?.value ?? BEGINNING;
  const findings: string[] = [];
  let last: Head = BEGINNING;
  let atHead = head.seq === 0;
  let count = 0;
  for await (const entry of entries(store)) {
    const { hash, ...open } = entry;
    count += 1;
    if (entry.seq !== last.seq + 1)
      findings.push(`entry ${last.seq + 1} is missing (${entry.seq} follows ${last.seq})`);
    else if (entry.previous !== last.hash) findings.push(`entry ${entry.seq} does not follow the entry before it`);
    if (digestOf(open) !== hash) findings.push(`entry ${entry.seq} was changed`);
    if (entry.seq === head.seq) atHead = hash === head.hash;
    last = { seq: entry.seq, hash };
  }
  if (!atHead) {
    findings.push(
      last.seq < head.seq
        ? `the last ${head.seq - last.seq} of ${head.seq} entries are missing`
        : `entry ${head.seq} is not the one that was written there`,
    );
  }
  return { entries: count, findings };
}

async function lastOf(store: Store): Promise<Head> {
  const [last] = await store.list<Entry>('ledger', { limit: 1, newestFirst: true });
  return last ? { seq: last.value.seq, hash: last.value.hash } : BEGINNING;
}

/** Sorts as text in the order of the numbers. */
function idOf(seq: number): string {
  return String(seq).padStart(12, '0');
}
