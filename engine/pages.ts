import type { Collection, Store, Stored } from './ports.ts';

const PAGE = 100;

/** All documents of a collection by their ids, a page at a time: however many there are, few are held at once. */
export async function* pagesOf<T>(
  store: Pick<Store, 'list'>,
  collection: Collection,
): AsyncGenerator<readonly Stored<T>[]> {
  let after: string | undefined;
  for (;;) {
    const page = await store.list<T>(collection, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.id;
  }
}
