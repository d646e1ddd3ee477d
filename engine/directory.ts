import * as z from 'zod';
import type { Clock } from './ports.ts';
import type { Source } from './readers.ts';
import { declaring, type ReadRight } from './rights.ts';

const NodeTable = z.object({
  columnDefinitions: z.array(z.object({ name: z.string() })),
  rows: z.array(z.object({ cells: z.array(z.unknown()) })),
});

/** One line of `kubectl get nodes -o wide`. */
export interface NodeRow {
  readonly name: string;
  readonly status: string;
  readonly addresses: readonly string[];
}

/** Names and addresses of all nodes, read at most once a minute however many alerts ask. */
export interface NodeDirectory {
  rows(): Promise<readonly NodeRow[]>;
  /** Every node that has this address or name. */
  find(addressOrName: string): Promise<readonly NodeRow[]>;
}

export const directoryReads: readonly ReadRight[] = ['list Node'];

const MAX_AGE_MS = 60_000;
/** 5,000 nodes take about 1.5 MB as a table. */
const LIMITS = { deadlineMs: 5_000, maxBytes: 16 * 1024 * 1024 };

/**
 * Served from the API server's watch cache as a table (0.3 kB a node; whole Node objects are 13 kB each). A failed read
 * is not kept.
 */
export function nodeDirectory(source: Source, clock: Clock): NodeDirectory {
  const nodes = declaring(source, directoryReads);
  let kept: { readonly at: number; readonly rows: Promise<readonly NodeRow[]> } | undefined;

  function rows(): Promise<readonly NodeRow[]> {
    const now = clock.now().getTime();
    if (kept && now - kept.at < MAX_AGE_MS) return kept.rows;
    const reading = { at: now, rows: read() };
    reading.rows.catch(() => {
      if (kept === reading) kept = undefined;
    });
    kept = reading;
    return reading.rows;
  }

  async function read(): Promise<readonly NodeRow[]> {
    const answer = await nodes.read({ verb: 'list', kind: 'Node', as: 'table' }, LIMITS);
    const table = NodeTable.parse(answer.body);
    const column = (name: string) => table.columnDefinitions.findIndex((definition) => definition.name === name);
    const [name, status] = [column('Name'), column('Status')];
    const addresses = [column('Internal-IP'), column('External-IP')];
    return table.rows.map(({ cells }) => ({
      name: String(cells[name]),
      status: String(cells[status]),
      addresses: addresses.map((index) => String(cells[index])).filter((address) => address !== '<none>'),
    }));
  }

  return {
    rows,
    find: async (wanted) =>
      (await rows()).filter(({ name, addresses }) => name === wanted || addresses.includes(wanted)),
  };
}
