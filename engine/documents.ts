import type { Collection, Outgoing, Store, Stored } from './ports.ts';

/** What to do with a document after looking at it: nothing, or write it (and send messages with the write). */
export type Amendment<T, R> =
  | { readonly result: R }
  | { readonly result: R; readonly value: T; readonly send?: readonly Outgoing[] };

const busy = new WeakMap<Store, Map<string, Promise<unknown>>>();

/**
 * Reads, decides, and writes on the condition that nobody wrote in between; starts over when somebody did. Within this
 * process amendments of one document queue up, so that a storm of joins does not fight itself.
 */
export async function amend<T, R>(
  store: Store,
  collection: Collection,
  id: string,
  decide: (current: T | undefined) => Amendment<T, R> | Promise<Amendment<T, R>>,
): Promise<R> {
  return exclusively(store, `${collection}/${id}`, async () => {
    for (;;) {
      const stored: Stored<T> | undefined = await store.get<T>(collection, id);
      const amendment = await decide(stored?.value);
      if (!('value' in amendment)) return amendment.result;
      const { value, send = [] } = amendment;
      if (await store.put({ collection, id, value, expect: stored?.version ?? 'absent', send }))
        return amendment.result;
    }
  });
}

async function exclusively<R>(store: Store, name: string, work: () => Promise<R>): Promise<R> {
  const locks = busy.get(store) ?? new Map<string, Promise<unknown>>();
  busy.set(store, locks);
  const before = locks.get(name) ?? Promise.resolve();
  const mine = before.then(work, work);
  const settled = mine.catch(() => undefined);
  locks.set(name, settled);
  try {
    return await mine;
  } finally {
    if (locks.get(name) === settled) locks.delete(name);
  }
}
