import type { Over, World } from './world.ts';

const MB = 1e6;
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

/** A disk in one state since so many minutes, and calm before. Bytes and requests a second. */
export function disk(minutes: number, { busy = 0.99, queue = 120, written = 60, read = 0.4, requests = 400 } = {}) {
  return {
    busy: last(minutes, busy, 0.03),
    queue: last(minutes, queue, 0.1),
    written: last(minutes, written * MB, 0.8 * MB),
    read: last(minutes, read * MB, 0.2 * MB),
    requests: last(minutes, requests, 40),
  };
}

/** A log that grows by so many MB a second since so many minutes; `most`: rotation keeps it below that. */
export function growing(minutes: number, mbPerSecond: number, most = Number.POSITIVE_INFINITY): Over {
  return (minutesAgo) => {
    const grown = Math.max(0, minutes - minutesAgo) * 60 * mbPerSecond * MB;
    return 2 * MB + (grown > most ? grown % most : grown);
  };
}

/** A log that is rotated and grows again, since so many minutes: at every second look it has the least it has, and the most. */
export function rotated(minutes: number, leastMb: number, mostMb: number): Over {
  return (minutesAgo) => (minutesAgo > minutes ? 2 : minutesAgo % 2 === 0 ? mostMb : leastMb) * MB;
}

const readyz = (etcd: boolean) => ({
  body: {
    status: etcd ? 200 : 500,
    text: `[+]ping ok\n[${etcd ? '+' : '-'}]etcd ${etcd ? 'ok' : 'failed: reason withheld'}\n`,
    date: 'Sat, 21 Nov 2026 03:00:00 GMT',
  },
});
export const etcdLost = readyz(false);
export const etcdWell = readyz(true);

const owner = { kind: 'ReplicaSet', name: 'export-7d9f' };

/** An ordinary half hour: all is seen, nothing is wrong. The disk as measured on a healthy node: 0.12 % busy, 5 ms. */
export const calm: World = {
  ready: 'True',
  conditions: [],
  cordoned: false,
  provider: 'aws',
  leaseSeconds: 4,
  events: [],
  pods: [
    { name: 'export-7d9f-abcde', owner },
    { name: 'db-0', owner: { kind: 'StatefulSet', name: 'db' } },
    { name: 'agent-x', owner: { kind: 'DaemonSet', name: 'agent' } },
  ],
  starting: {},
  readyz: etcdWell,
  disks: { vda: disk(-1) },
  stalled: always(0.004),
  mounts: [{ device: '/dev/vda1', mountpoint: '/' }],
  best: { vda: { bytes: 130 * MB, requests: 2_900 } },
  machine: {
    cpuBusy: always(0.2),
    swapped: always(0),
    swapBytes: always(0),
    memoryAvailable: always(0.4),
  },
  writers: [{ pod: 'db-0', figure: 'written', is: always(0.4 * MB) }],
  together: { '/dev/vda': always(0.5 * MB) },
  logs: {},
  logsSeen: always(24),
  pulls: { seen: (minutesAgo) => 9_000 - minutesAgo * 60, ended: always(7), seconds: always(41) },
  heartbeats: { leaseAge: always(9), ready: always(1) },
  scrapes: { seconds: always(0.03), up: always(1) },
  fleet: { nodes: 40, flapping: 0, leaseUpdate: 0.006 },
  set: undefined,
};

/** The disk is saturated since 12 minutes, and the node was called NotReady 3 minutes ago, twice. */
export const saturated: World = {
  ...calm,
  disks: { vda: disk(12) },
  stalled: last(12, 0.6, 0.004),
  events: [
    { minutesAgo: 9, reason: 'NodeNotReady', from: 'node-controller', count: 1 },
    { minutesAgo: 3, reason: 'NodeNotReady', from: 'node-controller', count: 2 },
    { minutesAgo: 2.4, reason: 'NodeReady', from: 'kubelet', count: 2 },
  ],
  heartbeats: { leaseAge: last(12, 58, 9), ready: between(3, 3, 0, 1) },
  scrapes: { seconds: last(12, 10, 0.03), up: between(8, 6, 0, 1) },
};

/** A pod prints 45 MB a second; since a new version of it 14 minutes ago. */
export const flooded: World = {
  ...saturated,
  logs: { 'export-7d9f-abcde': growing(13, 45) },
  set: { name: 'export-7d9f', deployment: 'export', madeMinutesAgo: 14, revision: 5 },
};
