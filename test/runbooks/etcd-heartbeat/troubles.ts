import { type MemberWorld, type World, world } from './world.ts';
import type { PodObject } from './world-kubernetes.ts';

/** Every twelfth fsync takes a quarter of a second, and heartbeats are late by it. */
export const slowDisk = (leader: MemberWorld) => {
  Object.assign(leader.heartbeats, { late: 198, lateNow: 60 });
  Object.assign(leader.fsync, {
    p99: 0.251,
    p95: 0.21,
    p99Now: 0.25,
    count: 710,
    slow: 110,
    long: 100,
    commitMean: 0.3,
  });
};
/** Heartbeats are late, and so are the answers to Prometheus. */
export const starved = (leader: MemberWorld) => {
  Object.assign(leader.heartbeats, { late: 200, lateNow: 80 });
  leader.scrapes.p95 = 0.35;
};
export const slowNetwork = (made: World) => {
  for (const { peers } of made.members) Object.assign(peers, { rttP99: 0.408, rttMean: 0.311 });
};

/** Somebody keeps the disk of the leader's machine busy; `written` bytes a second are charged to this pod. */
export function flooded(object: PodObject, written = 112_000_000, onDisk = 118_000_000): World {
  return world((made, leader) => {
    slowDisk(leader);
    made.nodeLoad = [
      { instance: 'cp-1:9100', busy: 0.2, steal: 0 },
      { instance: 'cp-1:9100', device: 'vda', diskBusy: 0.99, diskQueue: 34 },
    ];
    const cadvisor = '10.0.0.1:10250';
    const read = written > 10_000_000 ? { object } : {};
    made.writers = [
      { instance: cadvisor, namespace: 'logging', pod: 'shipper-x7', written, ...read },
      { instance: cadvisor, namespace: 'kube-system', pod: 'etcd-cp-1', written: 400_000 },
      { instance: cadvisor, together: written + 400_000 },
      { instance: 'cp-1:9100', onDisk },
    ];
  });
}
