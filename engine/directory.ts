import * as z from 'zod';
import type { Clock } from './ports.ts';
import type { Source } from './readers.ts';
import { declaring, type ReadRight } from './rights.ts';

export const NodeTable = z.object({
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
  /** Every node of this name (hosts may shout) or address. `worker-3.example.com` is another host than `worker-3`. */
  find(addressOrName: string): Promise<readonly NodeRow[]>;
}

export const directoryReads: readonly ReadRight[] = ['list Node'];

const MAX_AGE_MS = 60_000;
/** A list that failed is not asked for again so soon: each of a thousand alerts would wait for it. */
const FAILED_AGE_MS = 10_000;
/** 5,000 nodes take about 1.5 MB as a table. */
const LIMITS = { deadlineMs: 5_000, maxBytes: 16 * 1024 * 1024 };

/**
 * Served from the API server's watch cache as a table (0.3 kB a node; whole Node objects are 13 kB each). The table has
 * one internal and one external address of a node: `hosts.ts` asks for host names and further addresses.
 */
export function nodeDirectory(source: Source, clock: Clock): NodeDirectory {
  const nodes = declaring(source, directoryReads);
  let kept: { until: number; readonly rows: Promise<readonly NodeRow[]> } | undefined;

  function rows(): Promise<readonly NodeRow[]> {
    const now = clock.now().getTime();
    if (kept && now < kept.until) return kept.rows;
    const reading = { until: now + MAX_AGE_MS, rows: read() };
    reading.rows.catch(() => {
      reading.until = clock.now().getTime() + FAILED_AGE_MS;
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
    find: async (wanted) => {
      const all = await rows();
      const exact = all.filter(({ name, addresses }) => name === wanted || addresses.includes(wanted));
      return exact.length > 0 ? exact : all.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
    },
  };
}

export function isAddress(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');
}
