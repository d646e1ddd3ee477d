import { readFileSync } from 'node:fs';
import type { Case } from '../../../engine/replay.ts';
import { answering, without } from '../expectation.ts';
import { caseOf, ofTheDisk } from './case.ts';
import { NODE, now, type Reads, type World } from './world.ts';
import { calm } from './worlds.ts';

interface Recorded {
  readonly now: string;
  readonly node: object;
  readonly lease: object;
  readonly events: readonly object[];
  readonly pods: readonly object[];
}

/** The recorded objects, as if they had been read now, of the node that the cases are about. */
function recorded(): Recorded {
  const text = readFileSync(new URL('../../recorded/node-troubles/io-stall.json', import.meta.url), 'utf8');
  const later = now.getTime() - Date.parse((JSON.parse(text) as Recorded).now);
  const shifted = text.replaceAll(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (time) =>
    new Date(Date.parse(time) + later).toISOString(),
  );
  return JSON.parse(shifted.replaceAll('rig-node-1', NODE));
}

function objects(reads: Reads): Reads {
  const { node, lease, events, pods } = recorded();
  const items = { 'list Event --namespace default': events, 'list Pod ': pods };
  return Object.fromEntries(
    Object.entries(reads).map(([key, answer]) => {
      if (key.startsWith('get Node ')) return [key, { body: node }];
      if (key.startsWith('get Lease ')) return [key, { body: lease }];
      const list = Object.entries(items).find(([start]) => key.startsWith(start))?.[1];
      return [key, list ? { body: { items: list } } : answer];
    }),
  );
}

/** The recorded cluster had no node_exporter, no kube-state-metrics, and its API server was not asked for leases. */
export const onlyItsKubelet = (reads: Reads): Reads =>
  answering(
    without(objects(reads), ['10.20.0.15:9100']),
    ['.*node.exporter.*', 'kube_node_status_condition', 'kube_lease_renew_time'],
    { body: [] },
  );

/** What its kubelet and the Kubernetes API said, and Prometheus of that kubelet. */
export const recordedStall: World = {
  ...calm,
  pods: [...calm.pods, { name: 'start-slow', phase: 'Pending' }],
  starting: { 'start-slow': [{ reason: 'Scheduled', minutesAgo: 1.6 }] },
  // As the kubelet told them at its last scrapes: 4 and 8 kB each, and that of the pod "flood".
  logs: { flood: (minutesAgo) => (minutesAgo === 2 ? 399_056_896 : undefined) },
  logsSeen: (minutesAgo) => (minutesAgo === 2 ? 6 : minutesAgo === 3 ? 5 : undefined),
  // container_fs_writes_bytes_total of every pod, the flooding one among them, stayed 0.
  writers: [{ pod: 'flood', figure: 'written', is: (minutesAgo) => (minutesAgo <= 2 ? 0 : undefined) }],
  together: { '/dev/vda': (minutesAgo) => (minutesAgo <= 3 ? 0 : undefined) },
  pulls: { seen: (minutesAgo) => (minutesAgo === 2 || minutesAgo === 3 ? 900 - minutesAgo * 60 : undefined) },
  scrapes: {
    seconds: (minutesAgo) => (minutesAgo <= 1 ? 10 : 0.04),
    up: (minutesAgo) => (minutesAgo <= 1 ? 0 : 1),
  },
  set: undefined,
};

export const recordings: Record<string, Case> = {
  'recorded-io-stall': caseOf(
    'Recorded: kubelet and runtime throttled to 4 I/O operations a second, after a pod had logged 399 MB; the kubelet fails its scrapes since 75 s, a pod waits 2 minutes for its token. Without node_exporter nobody is blamed.',
    recordedStall,
    { inconclusive: [...ofTheDisk, 'cpuStarved', 'controlPlane', 'writerUnseen'], recovered: 'inconclusive' },
    onlyItsKubelet,
  ),
};
