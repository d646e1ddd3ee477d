import * as z from 'zod';
import type { ProbeAnswer } from '../../engine/readers.ts';
import type { Evidence } from '../../engine/runbook.ts';
import { counted } from '../../engine/words.ts';
import { few } from './words.ts';

const FOLDER = '/debug/api_priority_and_fairness';
export const dumpPaths = {
  levels: `${FOLDER}/dump_priority_levels`,
  requests: `${FOLDER}/dump_requests?includeRequestDetails=1`,
} as const;

/** The five who answer 429; `unclear`: a text none of them is known to write. */
export type Refuser = 'fairness' | 'cache' | 'shutdown' | 'budget' | 'unclear';

/**
 * Who wrote the body of a 429 (kubernetes/apiserver: filters/priority-and-fairness.go, filters/maxinflight.go,
 * filters/with_retry_after.go, storage/cacher; kubernetes: registry/core/pod/rest/eviction.go). The plain limits answer
 * word for word as priority and fairness does: whether that is on tells the two apart.
 */
export function refuserOf(text: string): Refuser {
  if (/DisruptionBudget/.test(text)) return 'budget';
  if (/\(re\)initializing/.test(text)) return 'cache';
  if (/apiserver is shutting down/.test(text)) return 'shutdown';
  return /too many requests/i.test(text) ? 'fairness' : 'unclear';
}

/** A dump's table: names above, columns divided by commas, cells padded. */
function rowsOf(text: string): readonly Readonly<Record<string, string>>[] {
  const [head = '', ...lines] = text.split('\n').filter((line) => line.trim() !== '');
  const names = cells(head);
  return lines.map((line) => {
    const values = cells(line);
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
  });
}

function cells(line: string): readonly string[] {
  return line.split(',').map((cell) => cell.trim());
}

export interface Level {
  readonly name: string;
  readonly waiting: number;
  readonly executing: number;
}

/** How the API server answers a request of our own that no exemption covers: its 429 is evidence too. */
export interface OwnAnswer {
  readonly status: number;
  /** Of a 429: who refused. */
  readonly refuser?: Refuser;
  /** Of a 200: the priority levels of the instance that answered. */
  readonly levels: readonly Level[];
}

const Probe = z.object({ status: z.number(), text: z.string() });

const OwnAnswerSchema = Probe.transform(({ status, text }): OwnAnswer => {
  if (status === 429) return { status, refuser: refuserOf(text), levels: [] };
  if (status !== 200) return { status, levels: [] };
  // `exempt` counts nothing on servers before 1.27: its cells say <none>.
  const levels = rowsOf(text).flatMap(({ PriorityLevelName: name = '', WaitingRequests, ExecutingRequests }) => {
    const [waiting, executing] = [Number(WaitingRequests), Number(ExecutingRequests)];
    return Number.isNaN(waiting + executing) ? [] : [{ name, waiting, executing }];
  });
  return { status, levels };
});

const refusers: Readonly<Record<Refuser, string>> = {
  fairness: 'too many requests',
  cache: 'it is filling its cache',
  shutdown: 'it is shutting down',
  budget: 'a disruption budget',
  unclear: 'without a word we know',
};

export const ownAnswer: Evidence<OwnAnswer, unknown> = {
  title: 'What the API server answers Nightshift itself',
  schema: OwnAnswerSchema,
  reads: [`probe ${dumpPaths.levels}`],
  read: ({ kube }): Promise<ProbeAnswer> => kube.probe(dumpPaths.levels),
  show: ({ status, refuser, levels }) => {
    if (refuser) return `HTTP 429: ${refusers[refuser]}`;
    if (status !== 200) return `HTTP ${status}`;
    const busy = levels.filter(({ waiting, executing }) => waiting + executing > 0);
    const words = ({ name, waiting, executing }: Level) => `${name} ${waiting} waiting, ${executing} running`;
    return `HTTP 200; of one instance: ${busy.length === 0 ? 'no priority level is in use' : few(busy, words)}`;
  },
  // It is answered from memory, in 5 to 30 ms, also while etcd hangs; what waits longer stands in a queue.
  deadlineMs: 3_000,
};

/** Requests of one client that wait or run in one priority level of the instance that answered. */
export interface Client {
  readonly level: string;
  readonly flow: string;
  readonly user: string;
  readonly requests: number;
  /** Of most of them. */
  readonly verb: string;
  readonly resource: string;
}

/** `null`: this API server refused to tell, or does not know the path. */
const ClientsSchema = Probe.transform(({ status, text }): readonly Client[] | null =>
  status === 200 ? clientsOf(rowsOf(text)) : null,
);

function clientsOf(rows: ReturnType<typeof rowsOf>): readonly Client[] {
  const keyOf = (row: (typeof rows)[number]) =>
    JSON.stringify([row.PriorityLevelName, row.FlowSchemaName, row.UserName]);
  return [...Map.groupBy(rows, keyOf).values()]
    .map((all): Client => {
      const [row = {}] = all;
      const what = Map.groupBy(all, ({ Verb = '', Resource = '' }) => `${Verb}\n${Resource}`);
      const [most = '\n'] = [...what].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))[0] ?? [];
      const [verb = '', resource = ''] = most.split('\n');
      const { PriorityLevelName: level = '', FlowSchemaName: flow = '', UserName: user = '' } = row;
      return { level, flow, user, requests: all.length, verb, resource };
    })
    .filter(({ level }) => level !== 'exempt')
    .sort((a, b) => b.requests - a.requests || (a.user < b.user ? -1 : 1));
}

/** Who stands in the queues: names that no metric has. One instance, one moment; it takes a lock, so it is asked once. */
export const clients: Evidence<readonly Client[] | null, unknown> = {
  title: 'Whose requests wait at the API server',
  schema: ClientsSchema,
  reads: [`probe ${FOLDER}/dump_requests`],
  read: ({ kube }) => kube.probe(dumpPaths.requests),
  show: (all) =>
    all === null
      ? 'the API server does not tell'
      : all.length === 0
        ? 'nobody waits'
        : few(
            all,
            ({ user, requests, verb, resource, level }) => {
              return `${user} ${counted(requests, 'request')}, mostly ${verb} ${resource} (${level})`;
            },
            3,
          ),
  threshold: 'one client has 80 % of what waits or runs in a priority level, and 10 requests',
  thresholdSource: 'chosen here',
  deadlineMs: 3_000,
};
