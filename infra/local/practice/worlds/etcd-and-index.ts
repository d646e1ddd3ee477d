import type { Facts } from '../facts.ts';
import { podsEverOf } from '../placement.ts';
import { app } from '../workloads.ts';
import type { World } from '../world.ts';
import { alertsOf, flooded, slowAnswers } from './etcd-leader.ts';

const BEGAN_SECONDS_AGO = 1_200;
/** Where the data of its two replicas lies: on the leader's disk, and where it is nobody's trouble. */
const DISKS = ['control-plane-1', 'worker-1'];
/** Building everything from the beginning asks so many times as much of the disk as adding to it. */
const FROM_THE_BEGINNING = 6;

/** An index that is being built. A pod that is made anew does not go on: it begins from the beginning. */
const index = app('search', 'catalogue-index', {
  kind: 'StatefulSet',
  replicas: DISKS.length,
  toleratesControlPlane: true,
  volumesOn: DISKS,
  rolledOutSecondsAgo: BEGAN_SECONDS_AGO,
  writesBytesPerSecond: 96_000_000,
});

/**
 * The neighbour keeps its data on the leader's disk. Evicted alone it comes back to the same machine and begins its work
 * anew, and the disk is slower than ever. Kept off the machine first (cordoned) and then evicted it has to wait.
 */
export const etcdAndIndex: World = {
  id: 'etcd-and-index',
  title: 'etcd beside an index',
  description: "The leader's heartbeats come late; whoever shares its disk has a memory",
  runbook: 'etcd-heartbeat',
  target: 'component/etcd',
  expect: ['slowDisk'],
  beganSecondsAgo: BEGAN_SECONDS_AGO,
  trouble: (facts) => indexing({ ...facts, guests: [{ workload: index, on: DISKS }] }),
  react: indexing,
  alerts: alertsOf,
  slow: slowAnswers,
};

function indexing(facts: Facts): Facts {
  return flooded(
    facts,
    podsEverOf(facts, index).map((pod) => ({ pod, times: pod.life?.serial === undefined ? 1 : FROM_THE_BEGINNING })),
  );
}
