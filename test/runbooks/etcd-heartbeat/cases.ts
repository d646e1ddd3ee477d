import type { Case } from '../../../engine/replay.ts';
import { elsewhere } from './cases-elsewhere.ts';
import { atTheLimits } from './cases-limits.ts';
import { inTheLog } from './cases-log.ts';
import { lost } from './cases-lost.ts';
import { etcds, ports } from './cases-ports.ts';
import { refusals } from './cases-refused.ts';
import { stale } from './cases-stale.ts';
import { strangers } from './cases-strangers.ts';
import { unreadTimers } from './cases-unread.ts';
import { unsure } from './cases-unsure.ts';
import { flooded, slowDisk, slowNetwork, starved } from './troubles.ts';
import { type CauseId, unscraped, type World, world } from './world.ts';

type Said = Case['expect']['causes'][string];
type Expected = Partial<Record<CauseId | 'recovered', Said>>;

export interface Written {
  readonly about: string;
  readonly world: World;
  /** What differs from a healthy etcd, in which every cause is ruled out and recovery is confirmed. */
  readonly differs: Expected;
  /** The fixes that are offered; not given: they are not looked at. */
  readonly offers?: readonly string[];
}

const open = 'inconclusive' as const;
const broken = { recovered: 'ruled-out' } as const;
/** What only etcd's metrics tell. */
const blind: Expected = {
  memberStuck: open,
  slowDisk: open,
  starvedProcess: open,
  slowNetwork: open,
  applyBackPressure: open,
  wrongTimers: open,
  recovered: open,
};

/** Cases that are made up, for what cannot be made on one machine. The recorded ones carry `recorded-` in their name. */
export const written: Readonly<Record<string, Written>> = {
  healthy: {
    about: 'Three healthy members of a kubeadm cluster whose metrics are collected',
    world: world(),
    differs: {},
  },
  'one-member': { about: 'A healthy etcd of one member: it has no peers', world: world(() => {}, 1), differs: {} },
  'slow-disk-contention': {
    about: "Somebody else keeps the disk of the leader's machine busy",
    world: world((made, leader) => {
      slowDisk(leader);
      made.nodeLoad = [
        { instance: 'cp-1', busy: 0.2, steal: 0 },
        { instance: 'cp-1', device: 'vda', diskBusy: 0.99, diskQueue: 34 },
      ];
    }),
    differs: { slowDisk: 'confirmed', ...broken },
  },
  'slow-disk-noisy-neighbour': {
    about: "One pod floods the disk of the leader's machine; its controller would start another elsewhere",
    world: flooded({}),
    differs: { slowDisk: 'confirmed', ...broken },
    offers: ['evictNoisyNeighbour', 'cordonLeaderNode'],
  },
  'slow-disk-noisy-daemon': {
    about: 'The pod that floods the disk belongs to a DaemonSet: it would come back to the same machine',
    world: flooded({ owner: 'DaemonSet' }),
    differs: { slowDisk: 'confirmed', ...broken },
    offers: ['cordonLeaderNode'],
  },
  'slow-disk-flood-of-logs': {
    about: 'A pod prints so much that the runtime floods the disk: no container is charged for it',
    world: flooded({}, 2_000),
    differs: { slowDisk: 'confirmed', ...broken },
    offers: ['cordonLeaderNode'],
  },
  'fsync-7.9ms': {
    about: 'A p99 just below the edge of 8 ms',
    world: world((_, leader) => Object.assign(leader.fsync, { p99: 0.0079, slow: 20, long: 6 })),
    differs: {},
  },
  'fsync-8ms': {
    about: 'A p99 on the edge of 8 ms: between the edges nothing is sure',
    world: world((_, leader) => Object.assign(leader.fsync, { p99: 0.008, slow: 20, long: 6 })),
    differs: { slowDisk: open },
  },
  'fsync-16ms': {
    about: 'A p99 on the edge of 16 ms: not over it',
    world: world((_, leader) => Object.assign(leader.fsync, { p99: 0.016, slow: 90, long: 6 })),
    differs: { slowDisk: open },
  },
  'fsync-16.1ms': {
    about: 'A p99 just over the edge of 16 ms',
    world: world((_, leader) => Object.assign(leader.fsync, { p99: 0.0161, slow: 91, long: 6 })),
    differs: { slowDisk: 'confirmed' },
  },
  'throttled-container': {
    about: 'A CPU limit of 200m throttles etcd',
    world: world((made, leader) => {
      Object.assign(leader.heartbeats, { late: 60, lateNow: 12 });
      leader.pod.limits.cpu = '200m';
      made.container = [{ pod: 'etcd-cp-1', throttled: 0.61, cpuWaiting: 0.3 }];
    }),
    differs: { starvedProcess: 'confirmed', ...broken },
  },
  'starved-without-cpu-figures': {
    about:
      'Late heartbeats with a good disk and no slow applies; scrapes did not catch a pause, and nobody collects CPU figures',
    world: world((_, leader) => Object.assign(leader.heartbeats, { late: 48, lateNow: 10 })),
    differs: { starvedProcess: 'confirmed', ...broken },
  },
  'slow-disk-and-starved': {
    about: 'The disk of the leader is slow, and the process pauses for 350 ms',
    world: world((_, leader) => {
      slowDisk(leader);
      leader.scrapes.p95 = 0.35;
    }),
    differs: { slowDisk: 'confirmed', starvedProcess: 'confirmed', ...broken },
  },
  'disk-and-network': {
    about: 'The disk of the leader and the network are slow at once',
    world: world((made, leader) => {
      slowDisk(leader);
      slowNetwork(made);
      for (const { peers } of made.members) peers.rttUsual = undefined;
    }),
    differs: { slowDisk: 'confirmed', slowNetwork: 'confirmed', wrongTimers: open, ...broken },
  },
  'starved-and-full': {
    about: 'The process is starved and the database is full',
    world: world((made, leader, follower) => {
      starved(leader);
      Object.assign(follower.space, { used: 0.99 });
      made.apiServerView = [{ storageBytes: 0.99 * 2 ** 31 }];
    }),
    differs: { starvedProcess: 'confirmed', noSpace: 'confirmed', ...broken },
  },
  'apply-back-pressure': {
    about: 'Large lists keep the apply loop busy on a good disk',
    world: world((_, leader) => Object.assign(leader.apply, { slow: 90, lag: 5_400, lagNow: 5_400 })),
    differs: { applyBackPressure: 'confirmed', ...broken },
  },
  'timers-differ': {
    about: 'One member of three was given other timers',
    world: world((_, __, follower) => follower.pod.flags.push('--heartbeat-interval=500', '--election-timeout=2500')),
    differs: { wrongTimers: 'confirmed' },
  },
  'timers-6000-30000': {
    about: 'The timers of old articles on every member',
    world: world((made) => {
      for (const { pod } of made.members) pod.flags.push('--heartbeat-interval=6000', '--election-timeout=30000');
    }),
    differs: { wrongTimers: 'confirmed' },
  },
  'nospace-alarm': {
    about: 'Space was made, but the alarm was not disarmed: no lease can be renewed',
    world: world((made, leader) => {
      for (const { space } of made.members) space.puts = 0;
      Object.assign(leader.space, { used: 0.4, alarm: 1 });
      made.leaseAgeSeconds = 400;
    }),
    differs: { noSpace: 'confirmed', ...broken },
  },
  ...lost,
  ...refusals,
  ...ports,
  ...etcds,
  ...unreadTimers,
  ...stale,
  ...strangers,
  ...elsewhere,
  ...unsure,
  ...atTheLimits,
  ...inTheLog,
  'kubeadm-default': {
    about: "kubeadm's default: metrics on the loopback address, targets that refuse every scrape",
    world: unscraped((made) => {
      made.without.delete('members');
      for (const member of made.members) {
        Object.assign(member, { id: '', members: { up: 0, scrapeSeconds: 0.001 } });
        member.pod.flags = ['--listen-metrics-urls=http://127.0.0.1:2381'];
      }
    }),
    differs: { ...blind, notObservable: open },
  },
  'managed-control-plane': {
    about: 'A managed control plane: no etcd pods, no metrics of etcd',
    world: unscraped((made) => Object.assign(made, { staticPods: false, provider: 'aws' })),
    differs: { ...blind, memberDown: open, noSpace: open, notObservable: open },
  },
  'pressure-without-etcd-metrics': {
    about: 'etcd is not scraped, but the pressure on its container tells disk from CPU',
    world: unscraped((made) => {
      made.container = [{ pod: 'etcd-cp-1', cpuWaiting: 0.02, ioStalled: 0.4 }];
    }),
    differs: { ...blind, slowDisk: 'confirmed', notObservable: open },
  },
  'prometheus-down': {
    about: 'Prometheus refuses connections',
    world: world((made) => made.failing.set('Prometheus', 'unreachable')),
    differs: { ...blind, noSpace: open, notObservable: open },
  },
  'kubernetes-down': {
    about: 'The API server refuses connections, Prometheus still tells',
    world: world((made, leader) => {
      made.failing.set('Kubernetes', 'unreachable');
      slowDisk(leader);
    }),
    differs: { slowDisk: 'confirmed', wrongTimers: open, frozenApi: open, ...broken },
  },
  'young-cluster': {
    about: 'Too young for a round trip or fifty fsyncs',
    world: world((made) => {
      for (const { peers, fsync } of made.members) {
        Object.assign(peers, { rttP99: undefined, rttMean: undefined, rttUsual: undefined });
        Object.assign(fsync, { count: 12 });
      }
    }),
    differs: { slowDisk: open, slowNetwork: open, wrongTimers: open },
  },
};
