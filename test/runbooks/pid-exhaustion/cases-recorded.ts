import { readFileSync } from 'node:fs';
import type { Case } from '../../../engine/replay.ts';
import { answering, without } from '../expectation.ts';
import { but, caseOf } from './case.ts';
import { NODE, now, type Reads, type World } from './world.ts';
import { always, between, calm, last } from './worlds.ts';

interface Recorded {
  readonly now: string;
  readonly node: object;
  readonly events: readonly object[];
  readonly pods: readonly object[];
}

/** The recorded objects, as if they had been read now, of the node that the cases are about. */
function recorded(name: string): Recorded {
  const text = readFileSync(new URL(`../../recorded/node-troubles/${name}.json`, import.meta.url), 'utf8');
  const later = now.getTime() - Date.parse((JSON.parse(text) as Recorded).now);
  const shifted = text.replaceAll(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (time) =>
    new Date(Date.parse(time) + later).toISOString(),
  );
  return JSON.parse(shifted.replaceAll('rig-node-1', NODE));
}

const objectsOf =
  (name: string) =>
  (reads: Reads): Reads => {
    const { node, events, pods } = recorded(name);
    const items = { 'list Event --namespace default': events, 'list Pod ': pods };
    return Object.fromEntries(
      Object.entries(without(reads, ['logs '])).map(([key, answer]) => {
        if (key.startsWith('get Node ')) return [key, { body: node }];
        const list = Object.entries(items).find(([start]) => key.startsWith(start))?.[1];
        return [key, list ? { body: { items: list } } : answer];
      }),
    );
  };

/** The recorded cluster had no node_exporter. */
export const withoutExporter =
  (name: string) =>
  (reads: Reads): Reads =>
    answering(without(objectsOf(name)(reads), ['10.20.0.15:9100']), ['.*node.exporter.*'], { body: [] });

/** As cAdvisor counted the pods when none was in trouble: two threads each; those of before the limit have none. */
export const quiet: World = {
  ...calm,
  pods: [],
  machine: {},
  holdings: [
    { pod: 'web-86c6b98b46-q2wt4', threads: always(2) },
    { pod: 'web-86c6b98b46-tk2d6', threads: always(2) },
  ],
  together: always(6),
  podCount: always(4),
  limitsSeen: always(4),
  sets: {},
};

/** curproc and maxpid of the kubelet's stats/summary, as node_exporter's processes collector would have told them. */
const asCounted = { threads: last(1, 729, 249), pidMax: always(32_768), threadsMax: always(254_000), forks: always(6) };

export const recordings: Record<string, Case> = {
  'recorded-pod-limit': caseOf(
    'Recorded: two pods at 99 of 100 PIDs (podPidsLimit), 40 s ago; their container_processes is 0. Running, Ready, no event.',
    {
      ...quiet,
      holdings: [
        ...quiet.holdings,
        { pod: 'pids-live', threads: (minutesAgo) => (minutesAgo === 0 ? 99 : undefined), processes: 0, limit: 100 },
        { pod: 'pids-plain', threads: (minutesAgo) => (minutesAgo === 0 ? 99 : undefined), processes: 0, limit: 100 },
      ],
      together: last(0, 206, 8),
    },
    {
      confirmed: ['podLimit'],
      inconclusive: ['leakingPod', 'hostProcess', 'crowd', 'threshold', 'forkStorm', 'xtablesLock', 'unseen'],
      recovered: 'inconclusive',
    },
    withoutExporter('pids-pod'),
  ),
  'recorded-pod-limit-full': caseOf(
    'Recorded: two pods at 100 of 100; of the one whose probe runs a shell the kubelet says that it cannot fork.',
    {
      ...quiet,
      holdings: [
        ...quiet.holdings,
        { pod: 'full-sh', threads: (minutesAgo) => (minutesAgo <= 1 ? 100 : undefined), processes: 0, limit: 100 },
        { pod: 'full-true', threads: (minutesAgo) => (minutesAgo <= 1 ? 100 : undefined), processes: 0, limit: 100 },
      ],
      together: last(1, 214, 8),
      podEvents: {
        'full-sh': [
          {
            minutesAgo: 0.7,
            reason: 'Unhealthy',
            message: "Liveness probe failed: sh: can't fork: Resource temporarily unavailable\n",
            count: 3,
          },
        ],
      },
    },
    {
      confirmed: ['podLimit'],
      inconclusive: ['leakingPod', 'hostProcess', 'crowd', 'threshold', 'forkStorm', 'xtablesLock', 'unseen'],
      recovered: 'inconclusive',
    },
    withoutExporter('pids-pod-full'),
  ),
  'recorded-node': caseOf(
    'Recorded: PIDPressure, 2 victims, 24 turned away, and pods with 4 threads. How many the machine has nobody collected.',
    { ...quiet, together: last(0, 4, 30), podCount: last(0, 2, 5), limitsSeen: last(0, 2, 5) },
    { inconclusive: but('podLimit'), recovered: 'ruled-out' },
    withoutExporter('pids-node'),
  ),
  'recorded-node-counted': caseOf(
    'The same with the counts of its kubelet: 729 of 32,768. 500 sleepers of the machine crossed a threshold that left 250 of them.',
    { ...quiet, machine: asCounted, together: last(0, 4, 30), podCount: last(0, 2, 5), limitsSeen: last(0, 2, 5) },
    {
      confirmed: ['threshold'],
      inconclusive: ['leakingPod', 'hostProcess', 'crowd', 'xtablesLock'],
      recovered: 'ruled-out',
    },
    objectsOf('pids-node'),
  ),
  'recorded-node-healed': caseOf(
    'Recorded: the sleepers ended, PIDPressure went 31 s later; the evicted pods stay as objects.',
    { ...quiet, machine: { ...asCounted, threads: between(2, 1, 729, 249) } },
    {
      confirmed: ['threshold'],
      inconclusive: ['leakingPod', 'hostProcess', 'crowd', 'xtablesLock'],
      recovered: 'confirmed',
    },
    objectsOf('pids-node-healed'),
  ),
};
