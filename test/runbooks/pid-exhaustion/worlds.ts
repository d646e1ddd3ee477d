import type { Over, PodSpec, World } from './world.ts';

export const always =
  (value: number): Over =>
  () =>
    value;
/** One value for the last so many minutes (those first), another before. */
export const last =
  (minutes: number, value: number, before: number): Over =>
  (minutesAgo) =>
    minutesAgo <= minutes ? value : before;
/** One value between two moments, both minutes ago; another outside. */
export const between =
  (from: number, to: number, value: number, otherwise: number): Over =>
  (minutesAgo) =>
    minutesAgo <= from && minutesAgo >= to ? value : otherwise;
/** Not seen in the last so many minutes. */
export const until =
  (minutes: number, over: Over): Over =>
  (minutesAgo) =>
    minutesAgo < minutes ? undefined : over(minutesAgo);

const readyz = (etcd: boolean, date = 'Sat, 21 Nov 2026 03:00:00 GMT') => ({
  body: {
    status: etcd ? 200 : 500,
    text: `[+]ping ok\n[${etcd ? '+' : '-'}]etcd ${etcd ? 'ok' : 'failed: reason withheld'}\n`,
    date,
  },
});
export const etcdLost = readyz(false);
/** Our own clock is so many minutes ahead of the API server's. */
export const clockAhead = (minutes: number) =>
  readyz(true, new Date(Date.parse('2026-11-21T03:00:00Z') - minutes * 60_000).toUTCString());

const five = <T>(each: (index: number) => T): readonly T[] => Array.from({ length: 5 }, (_, index) => each(index));

export const owner = { kind: 'ReplicaSet', name: 'quotes-7d9f' };
export const QUOTES = 'quotes-7d9f-abcde';
const proxy: PodSpec = { name: 'kube-proxy-x', app: 'kube-proxy', owner: { kind: 'DaemonSet', name: 'kube-proxy' } };
const flannel: PodSpec = { name: 'flannel-y', app: 'flannel', owner: { kind: 'DaemonSet', name: 'flannel' } };

export const network = (proxyLog: string | undefined, flannelLog?: string): readonly PodSpec[] => [
  proxyLog === undefined ? proxy : { ...proxy, log: { body: proxyLog } },
  flannelLog === undefined ? flannel : { ...flannel, log: { body: flannelLog } },
];

/** An ordinary half hour: all is seen, nothing is short. 32,768 is the kernel's default up to 32 CPUs. */
export const calm: World = {
  ready: 'True',
  cordoned: false,
  events: [],
  pods: [{ name: QUOTES, owner }, { name: 'db-0', owner: { kind: 'StatefulSet', name: 'db' } }, ...network(undefined)],
  readyz: readyz(true),
  machine: {
    threads: always(1_450),
    pidMax: always(32_768),
    threadsMax: always(254_000),
    zombies: always(0),
    forks: always(6),
  },
  holdings: [
    { pod: 'db-0', threads: always(90), processes: 20, limit: 4_096 },
    { pod: QUOTES, threads: always(60), processes: 2, limit: 4_096 },
  ],
  together: always(420),
  podCount: always(24),
  limitsSeen: always(24),
  podEvents: {},
  sets: { 'quotes-7d9f': { deployment: 'quotes', madeMinutesAgo: 90_000, revision: 4 } },
};

/** Since 12 minutes the machine has no PIDs left; whoever took them is for the cases to say. */
export const short: World = {
  ...calm,
  machine: { ...calm.machine, threads: last(12, 31_400, 9_000) },
  holdings: calm.holdings.map(({ limit: _, ...rest }) => rest),
};

/** A new version of a Deployment leaks threads since an hour; its pod has no limit. */
export const leaking: World = {
  ...short,
  holdings: [
    { pod: 'db-0', threads: always(90), processes: 20 },
    { pod: QUOTES, threads: last(12, 29_600, 7_000), processes: 2 },
  ],
  together: last(12, 30_000, 7_400),
  sets: { 'quotes-7d9f': { deployment: 'quotes', madeMinutesAgo: 62, revision: 5 } },
};

/** A loop of the machine starts sleepers: none of them is of a pod. */
export const hosted: World = { ...short, machine: { ...short.machine, zombies: always(12_300) } };

/** 24 pods of as many workloads, none of them alone. */
export const crowded: World = {
  ...short,
  pods: [
    ...calm.pods,
    ...five((index) => ({
      name: `worker-${'abcde'[index]}-0`,
      owner: { kind: 'StatefulSet', name: `worker-${'abcde'[index]}` },
    })),
  ],
  holdings: five((index) => ({
    pod: `worker-${'abcde'[index]}-0`,
    threads: last(12, 1_300 - index, 300),
    processes: 1,
  })),
  together: last(12, 29_900, 7_000),
};

/** So many replicas of one Deployment, each with so many threads now and before. */
export function replicas(all: number, each: number, before: number): World {
  const names = Array.from({ length: all }, (_, index) => `${owner.name}-${'abcdefghijklmnopqrstuvwx'[index]}`);
  return {
    ...short,
    pods: [...calm.pods.filter(({ name }) => name !== QUOTES), ...names.map((name) => ({ name, owner }))],
    machine: { ...short.machine, threads: last(12, all * each + 1_700, all * before + 1_700) },
    holdings: names.slice(0, 5).map((pod, index) => ({ pod, threads: last(12, each - index, before), processes: 2 })),
    together: last(12, all * each + 400, all * before + 400),
    sets: { [owner.name]: { deployment: 'quotes', madeMinutesAgo: 62, revision: 5 } },
  };
}

/** At 4,070 of the 4,096 PIDs it may have; the machine has more than enough. */
export const limited: World = {
  ...calm,
  machine: { ...calm.machine, threads: last(20, 5_460, 1_450) },
  holdings: [
    { pod: 'db-0', threads: always(90), processes: 20, limit: 4_096 },
    { pod: QUOTES, threads: last(20, 4_070, 60), processes: 3, limit: 4_096 },
  ],
  together: last(20, 4_430, 420),
  sets: { 'quotes-7d9f': { deployment: 'quotes', madeMinutesAgo: 62, revision: 5 } },
};

/** What the kubelet does with pid.available in its evictionHard, in the order it was recorded. */
export const evicting: Pick<World, 'pressureMinutes' | 'events'> = {
  pressureMinutes: 10,
  events: [
    { minutesAgo: 10.2, reason: 'EvictionThresholdMet', message: 'Attempting to reclaim pids', count: 4 },
    {
      minutesAgo: 10,
      reason: 'NodeHasInsufficientPID',
      message: 'Node worker-3 status is now: NodeHasInsufficientPID',
    },
  ],
};

export const evicted: readonly PodSpec[] = [
  { name: 'web-1', owner: { kind: 'ReplicaSet', name: 'web' }, endedAs: 'victim' },
  { name: 'web-2', owner: { kind: 'ReplicaSet', name: 'web' }, endedAs: 'victim' },
  ...Array.from(
    { length: 24 },
    (_, index): PodSpec => ({
      name: `web-new-${index}`,
      owner: { kind: 'ReplicaSet', name: 'web' },
      endedAs: 'turned-away',
    }),
  ),
];
