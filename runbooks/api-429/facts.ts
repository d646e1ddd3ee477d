import { limits } from './limits.ts';
import type { Member } from './members.ts';
import type { Answer, Flow, Maybe, Seen } from './seen.ts';
import { likewise, percent } from './words.ts';

export interface Refusal {
  readonly verb: string;
  readonly resource: string;
  readonly subresource: string;
  /** `LIST pods`, `POST pods/eviction`. */
  readonly words: string;
  /** A second. */
  readonly rate: number;
}

/** What clients are answered with 429. Rates a second; undefined where Prometheus had no such figure. */
export function refusalsOf(rows: readonly Answer[]) {
  const figure = (name: Exclude<keyof Answer, 'verb' | 'resource' | 'subresource' | 'job'>) =>
    rows.find((row) => row[name] !== undefined)?.[name];
  const refused = rows
    .map(({ verb, resource, subresource, refused = 0, ended = 0 }): Refusal => {
      const words = `${verb} ${resource || 'other paths'}${subresource && `/${subresource}`}`;
      // Newer servers count a rejection in both metrics, older ones in one.
      return { verb, resource, subresource, words, rate: Math.max(refused, ended) };
    })
    .filter(({ rate }) => rate > 0)
    .sort((a, b) => b.rate - a.rate || (a.words < b.words ? -1 : 1));
  const sum = (some: readonly Refusal[]) => some.reduce((total, { rate }) => total + rate, 0);
  const evictions = refused.filter(({ resource, subresource }) => resource === 'pods' && subresource === 'eviction');
  const others = refused.filter((one) => !evictions.includes(one));
  const clients = rows
    .flatMap(({ job, clients: rate = 0 }) => (rate > 0 ? [{ job, rate }] : []))
    .sort((a, b) => b.rate - a.rate);
  return {
    all: figure('all'),
    broken: figure('broken'),
    allNow: figure('allNow'),
    brokenNow: figure('brokenNow'),
    refused,
    evictions: Math.max(sum(evictions), figure('allEvictions') ?? 0),
    /** Without evictions, a second; and which of them. */
    others: sum(others),
    otherRefusals: others,
    /** `undefined`: one of the two that count them is not there. */
    othersNow: both(figure('refusedNow'), figure('endedNow')),
    /** Of what is refused in all some is not among the rows, or nobody counts how much that is. */
    partly:
      figure('allEvictions') === undefined ||
      !isWhole(rows, 'refused', figure('allRefused')) ||
      !isWhole(rows, 'ended', figure('allEnded')),
    clients,
  };
}

function both(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : Math.max(a, b);
}

/** Rows are filtered by the query: that there is none is no zero of itself. */
export function isWhole<Name extends string>(
  rows: readonly { readonly [N in Name]?: number }[],
  name: Name,
  all: number | undefined,
): boolean {
  const sum = rows.reduce((total, row) => total + (row[name] ?? 0), 0);
  return all !== undefined && all - sum <= Math.max(limits.refusedPerSecond, limits.otherKindShare * all);
}

/** Fixes of ours put a client into a level of its own, where it is refused and disturbs nobody. */
export function isOfOurs({ priority_level }: Pick<Flow, 'priority_level'>): boolean {
  return priority_level.startsWith('nightshift-');
}

/** Requests that priority and fairness rejects a second, in levels that others share. */
export function rejectionsOf(flows: readonly Flow[]) {
  const rejected = flows.filter((row) => (row.rejected ?? 0) > 0);
  const sum = (rows: readonly Flow[]) => rows.reduce((total, row) => total + (row.rejected ?? 0), 0);
  const shared = rejected.filter((row) => !isOfOurs(row));
  const byLevel = [...Map.groupBy(shared, (row) => row.priority_level)]
    .map(([level, rows]) => ({ level, rate: sum(rows), rows }))
    .sort((a, b) => b.rate - a.rate || (a.level < b.level ? -1 : 1));
  const all = flows.find((row) => row.allRejected !== undefined)?.allRejected;
  const isolated = sum(rejected) - sum(shared);
  return { all, shared: sum(shared), isolated, byLevel, partly: !isWhole(flows, 'rejected', all) };
}

/** A scrape into its time-out: somebody accepts and never answers. One refused at once is dead, or only the scrape is refused: not stuck. */
export function hangs({ up, scrapeSeconds = 0 }: Pick<Member, 'up' | 'scrapeSeconds'>): boolean {
  return up === 0 && scrapeSeconds >= limits.hangingSeconds;
}

export interface CpuState {
  readonly state: 'starved' | 'fine' | 'unclear';
  readonly words: string;
}

/** Whether the API servers get the CPU they want: by their own containers, and by their machines. */
export function cpuOf(maybe: Pick<Maybe, 'containers' | 'machines' | 'servers'>): CpuState {
  const { containers = [], machines = [], servers = [] } = maybe;
  const own = containers.filter(({ container }) => container === 'kube-apiserver');
  const signs = [
    ...own.flatMap(({ pod, throttled, cpuWaiting }) => [
      sign(`${pod} is throttled in`, throttled, limits.throttledShare, 'of its periods'),
      sign(`${pod} waits for CPU`, cpuWaiting, limits.cpuWaitingShare, 'of the time'),
    ]),
    ...machines.map(({ instance, busy }) => sign(`the CPU of ${instance} is`, busy, limits.busyShare, 'busy')),
  ].filter((one) => one !== undefined);
  const over = signs.filter(({ part }) => part > 1);
  if (over.length > 0) return { state: 'starved', words: likewise(over, ({ words }) => words) };
  const near = signs.filter(({ part }) => part > limits.calmPart);
  if (near.length > 0) return { state: 'unclear', words: likewise(near, ({ words }) => words) };
  const wanted = new Set(servers.map(({ instance }) => instance)).size;
  const measured = machines.filter(({ busy }) => busy !== undefined).length;
  if (measured === 0) return { state: 'unclear', words: 'how busy their machines are could not be seen' };
  if (measured < wanted) {
    return {
      state: 'unclear',
      words: `how busy they are is known of ${measured} machines only, of ${wanted} API servers`,
    };
  }
  const busiest = signs.sort((a, b) => b.part - a.part)[0];
  return { state: 'fine', words: busiest?.words ?? '' };
}

/** The same, where what their containers are given was looked at: a container may be throttled on an idle machine. */
export function ownCpuOf({ containers }: Pick<Seen, 'containers'>, { machines, servers }: Maybe): CpuState {
  return cpuOf({ containers, ...(machines && { machines }), ...(servers && { servers }) });
}

function sign(what: string, share: number | undefined, limit: number, of: string) {
  if (share === undefined) return undefined;
  return { part: share / limit, words: `${what} ${percent(share)} ${of} (limit ${percent(limit)})` };
}
