import * as z from 'zod';
import { TryLater } from '../errors.ts';
import type { Store, Stored } from '../ports.ts';
import { BEGINNING, broken, carriedOut, type Entry, Head, headOf, idOf, isAsWritten } from './ledger.ts';

const PAGE = 500;
const Readable = z.looseObject({ ...Head.shape, previous: z.string() });

/** All entries in order. Throws `Refused` at one that cannot be read. */
export async function* entries(store: Pick<Store, 'list' | 'get'>): AsyncGenerator<Entry> {
  for await (const { id, value } of rows(store)) {
    if (!Readable.safeParse(value).success) throw broken(`entry ${Number(id)} cannot be read`);
    yield value as Entry;
  }
}

/** What is stored, a page at a time; where a page cannot be read, one by one. `value` is absent where even that fails. */
async function* rows(store: Pick<Store, 'list' | 'get'>): AsyncGenerator<{ id: string; value?: unknown }> {
  const head = await headOf(store).catch(otherwise(undefined));
  let after = '';
  for (;;) {
    const page = await store.list<unknown>('ledger', { after, limit: PAGE }).catch(otherwise(undefined));
    const found = page ?? (await oneByOne(store, Number(after), head?.seq ?? 0));
    yield* found;
    const last = found.at(-1);
    if (last === undefined || (page !== undefined && page.length < PAGE)) return;
    after = last.id;
  }
}

async function oneByOne(store: Pick<Store, 'get'>, after: number, headAt: number) {
  const found: { id: string; value?: unknown }[] = [];
  for (let seq = after + 1; seq <= after + PAGE; seq += 1) {
    const id = idOf(seq);
    const row = await store.get<unknown>('ledger', id).catch(otherwise<Partial<Stored<unknown>>>({}));
    if (row) found.push({ id, value: row.value });
    else if (seq > headAt) break;
  }
  return found;
}

/** The store is there, and what it holds is not as it was written. */
function otherwise<T>(value: T) {
  return (failure: unknown): T => {
    if (failure instanceof TryLater) throw failure;
    return value;
  };
}

export interface Audit {
  readonly entries: number;
  /** In order of the ledger: what is not as it was written. Empty: it is whole. */
  readonly findings: readonly string[];
}

/** Proves that no entry was changed, left out or put in another place since it was written. */
export async function audit(store: Pick<Store, 'list' | 'get'>): Promise<Audit> {
  const known = await headOf(store).catch(otherwise(undefined));
  const head = known ?? BEGINNING;
  const findings: string[] = [];
  let last: Head = BEGINNING;
  let atHead = head.seq === 0;
  let count = 0;
  const told = new Set<string>();
  for await (const { id, value } of rows(store)) {
    count += 1;
    const read = Readable.safeParse(value);
    if (!read.success) {
      findings.push(`entry ${Number(id)} cannot be read`);
      last = { seq: Number(id), hash: '' };
      continue;
    }
    const entry = value as Entry;
    const { hash, ...open } = entry;
    if (open.plan !== undefined && open.kind === 'executing') told.add(open.plan);
    if (open.seq !== last.seq + 1) findings.push(`entry ${last.seq + 1} is missing (${open.seq} follows ${last.seq})`);
    else if (last.hash !== '' && open.previous !== last.hash)
      findings.push(`entry ${open.seq} does not follow the entry before it`);
    if (!isAsWritten(entry)) findings.push(`entry ${open.seq} was changed`);
    if (open.seq === head.seq) atHead = hash === head.hash;
    last = { seq: open.seq, hash };
  }
  if (!known && count > 0) findings.push('the record of the last entry is gone: entries may be missing at the end');
  const untold = (await carriedOut(store).catch(otherwise<readonly string[]>([]))).filter((plan) => !told.has(plan));
  if (count === 0 && untold.length > 0) findings.push('all entries are gone: plans were carried out');
  else findings.push(...untold.map((plan) => `plan ${plan} was carried out, and no entry tells of it`));
  if (!atHead) findings.push(notAtHead(last, head));
  return { entries: count, findings };
}

function notAtHead(last: Head, head: Head): string {
  return last.seq < head.seq
    ? `the last ${head.seq - last.seq} of ${head.seq} entries are missing`
    : `entry ${head.seq} is not the one that was written there`;
}
