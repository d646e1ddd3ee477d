import type { Facts } from '../facts.ts';
import { podsEverOf } from '../placement.ts';
import { app } from '../workloads.ts';
import type { World } from '../world.ts';
import { alertsOf, flooded, leaderOf, slowAnswers } from './etcd-leader.ts';

const BEGAN_SECONDS_AGO = 900;

/** Archives the API server's audit log. Its present version writes everything again and again. */
const archiver = app('logging', 'audit-archiver', {
  image: 'registry.example/logging/audit-archiver:v13',
  replicas: 2,
  toleratesControlPlane: true,
  rolledOutSecondsAgo: BEGAN_SECONDS_AGO,
  writesBytesPerSecond: 112_000_000,
});

/** Where its other replica is. */
const ELSEWHERE = 'worker-1';

/** Another pod saturates the disk under the etcd leader: its heartbeats come late, nothing else is wrong. */
export const etcdSlowDisk: World = {
  id: 'etcd-slow-disk',
  title: 'etcd on a slow disk',
  description: "The leader's heartbeats come late",
  runbook: 'etcd-heartbeat',
  target: 'component/etcd',
  expect: ['slowDisk'],
  beganSecondsAgo: BEGAN_SECONDS_AGO,
  trouble: (facts) => archiving({ ...facts, guests: [{ workload: archiver, on: [leaderOf(facts), ELSEWHERE] }] }),
  react: archiving,
  byHand: "stop what floods the disk under etcd's leader",
  alerts: alertsOf,
  slow: slowAnswers,
};

/** Each of its pods floods the disk it is on; the version before did not. */
function archiving(facts: Facts): Facts {
  const pods = podsEverOf(facts, archiver).filter(
    ({ life }) => (life?.revision.image ?? archiver.image) === archiver.image,
  );
  return flooded(
    facts,
    pods.map((pod) => ({ pod, times: 1 })),
  );
}
