import type { Written } from './cases.ts';
import { lose } from './members-lost.ts';
import { flooded, slowDisk } from './troubles.ts';
import { type MemberWorld, unscraped, type World, world } from './world.ts';

const open = 'inconclusive' as const;
const broken = { recovered: 'ruled-out' } as const;

/** Late heartbeats on a good disk, with these figures of the container or the machine. */
const late = (change: (made: World) => void) =>
  world((made, leader) => {
    Object.assign(leader.heartbeats, { late: 60, lateNow: 12 });
    change(made);
  });

/** A slow disk of which node_exporter says this. */
const device = (diskBusy: number, diskQueue: number) =>
  world((made, leader) => {
    slowDisk(leader);
    made.nodeLoad = [
      { instance: 'cp-1', busy: 0.2, steal: 0 },
      { instance: 'cp-1', device: 'vda', diskBusy, diskQueue },
    ];
  });

/** One healthy etcd whose leader has these fsyncs. */
const fsyncs = (figures: MemberWorld['fsync']) => world((_, leader) => Object.assign(leader.fsync, figures));

/** Every member is given these flags, and this is the usual mean round trip, in seconds. */
const timers = (heartbeatMs: number, electionMs: number, usual: number, rttP99: number) =>
  world((made) => {
    for (const { pod, peers } of made.members) {
      pod.flags.push(`--heartbeat-interval=${heartbeatMs}`, `--election-timeout=${electionMs}`);
      Object.assign(peers, { rttP99, rttMean: usual, rttUsual: usual });
    }
  });

const unreadyAfter = (seconds: number) =>
  world((made, _, follower) => {
    lose(made, follower, seconds);
    follower.pod.ready = false;
  });

/** A figure near each limit that no trouble comes near: ten times the limit, or a tenth of it, would be another verdict. */
export const atTheLimits: Readonly<Record<string, Written>> = {
  'fsync-40ms-now': {
    about: 'Fsyncs of 40 ms in the last two minutes, too few to delay a heartbeat: it is not well again',
    world: fsyncs({ p99: 0.04, p99Now: 0.04, slow: 90 }),
    differs: { slowDisk: open, ...broken },
  },
  'fsync-often-over-16ms': {
    about: 'One fsync in ten takes over 16 ms and none over 64 ms: nothing is late, and the disk is not good',
    world: fsyncs({ p99: 0.03, p95: 0.02, slow: 900, long: 3 }),
    differs: { slowDisk: open },
  },
  'few-long-fsyncs-against-many-late-rounds': {
    about:
      'Six fsyncs over 64 ms against 99 rounds of late heartbeats: the disk is not why; a fifth of its periods are throttled',
    world: world((made, leader) => {
      made.container = [{ pod: 'etcd-cp-1', throttled: 0.2 }];
      Object.assign(leader.heartbeats, { late: 198, lateNow: 60 });
      Object.assign(leader.fsync, { p99: 0.08, slow: 40, long: 6 });
    }),
    differs: { starvedProcess: 'confirmed', ...broken },
  },
  'slow-backend-commits': {
    about: 'A quick log, but the database behind it takes 60 ms for a commit',
    world: fsyncs({ commitMean: 0.06 }),
    differs: { slowDisk: open },
  },
  'slow-disk-seldom-scraped': {
    about: 'A slow disk; five answers to Prometheus do not show whether the process was starved as well',
    world: world((_, leader) => {
      slowDisk(leader);
      leader.scrapes.answered = 5;
    }),
    differs: { slowDisk: 'confirmed', starvedProcess: open, ...broken },
  },
  'refused-after-200ms': {
    about: 'A member refuses after 200 ms, and its pod is not ready',
    world: unreadyAfter(0.2),
    differs: { memberDown: 'confirmed', ...broken },
  },
  'fails-after-600ms': {
    about: 'A scrape fails after 600 ms: neither refused at once nor held to a time-out',
    world: unreadyAfter(0.6),
    differs: { memberDown: open, memberStuck: open, ...broken },
  },
  'throttled-a-third': {
    about: 'Throttled in 30 % of periods',
    world: late((made) => {
      made.container = [{ pod: 'etcd-cp-1', throttled: 0.3 }];
    }),
    differs: { starvedProcess: 'confirmed', ...broken },
  },
  'hardly-throttled': {
    about: 'Late heartbeats with a good disk, hardly throttled: a pause of the whole machine would look so',
    world: late((made) => {
      made.container = [{ pod: 'etcd-cp-1', throttled: 0.1 }];
    }),
    differs: { starvedProcess: open, ...broken },
  },
  'container-waits-for-cpu': {
    about: 'Without a limit, but it waits for the CPU 30 % of the time',
    world: late((made) => {
      made.container = [{ pod: 'etcd-cp-1', cpuWaiting: 0.3 }];
    }),
    differs: { starvedProcess: 'confirmed', ...broken },
  },
  'one-late-round-while-it-waits-for-cpu': {
    about:
      'It waits for the CPU 11 % of the time; one round of heartbeats was late: a hiccup, with too few answers to Prometheus',
    world: world((made, leader) => {
      made.container = [{ pod: 'etcd-cp-1', cpuWaiting: 0.11 }];
      Object.assign(leader.heartbeats, { late: 2 });
      leader.scrapes.answered = 5;
    }),
    differs: { starvedProcess: open },
  },
  'slow-disk-while-it-waits-for-cpu': {
    about: 'A slow disk; it waits for the CPU 30 % of the time, and answers Prometheus in time',
    world: world((made, leader) => {
      slowDisk(leader);
      made.container = [{ pod: 'etcd-cp-1', cpuWaiting: 0.3 }];
    }),
    differs: { slowDisk: 'confirmed', starvedProcess: open, ...broken },
  },
  'machine-busy': {
    about: 'The CPU of its machine is 95 % busy',
    world: late((made) => {
      made.nodeLoad = [{ instance: 'cp-1', busy: 0.95, steal: 0 }];
    }),
    differs: { starvedProcess: 'confirmed', ...broken },
  },
  'a-little-pressure-without-etcd-metrics': {
    about: 'etcd is not scraped; its container stalls on I/O 4 % of the time, which says little',
    world: unscraped((made) => {
      made.container = [{ pod: 'etcd-cp-1', cpuWaiting: 0.02, ioStalled: 0.04 }];
    }),
    differs: {
      ...{ memberStuck: open, slowDisk: open, starvedProcess: open, slowNetwork: open, applyBackPressure: open },
      ...{ wrongTimers: open, recovered: open, notObservable: open },
    },
  },
  'slow-disk-with-a-queue': {
    about: 'Thirty requests wait at a disk that is half busy: others use it',
    world: device(0.5, 30),
    differs: { slowDisk: 'confirmed', ...broken },
    offers: ['cordonLeaderNode'],
  },
  'slow-disk-all-busy': {
    about: 'A disk that is 95 % busy with next to no queue: others use it',
    world: device(0.95, 0.5),
    differs: { slowDisk: 'confirmed', ...broken },
    offers: ['cordonLeaderNode'],
  },
  'slow-disk-that-nobody-floods': {
    about: 'A slow disk half busy with four requests waiting: the device itself',
    world: device(0.5, 4),
    differs: { slowDisk: 'confirmed', ...broken },
    offers: [],
  },
  'slow-disk-one-writer-of-many': {
    about: 'A pod writes 30 MB/s of 118 MB/s: it is not the only one',
    world: flooded({}, 30_000_000),
    differs: { slowDisk: 'confirmed', ...broken },
    offers: ['cordonLeaderNode'],
  },
  'slow-disk-writer-of-30mb': {
    about: 'A pod writes 30 MB/s of 33 MB/s',
    world: flooded({}, 30_000_000, 33_000_000),
    differs: { slowDisk: 'confirmed', ...broken },
    offers: ['evictNoisyNeighbour', 'cordonLeaderNode'],
  },
  'slow-disk-writer-of-4mb': {
    about: 'A pod writes 4 MB/s of 5 MB/s: too little to blame it',
    world: flooded({}, 4_000_000, 5_000_000),
    differs: { slowDisk: 'confirmed', ...broken },
    offers: ['cordonLeaderNode'],
  },
  'ten-failed-sends': {
    about: 'Ten sends between two members that answer failed',
    world: world((_, leader) => {
      leader.peersTo.a2 = { failures: 10 };
    }),
    differs: { slowNetwork: 'confirmed' },
  },
  'three-failed-sends': {
    about: 'Three sends failed: too few to tell',
    world: world((_, leader) => {
      leader.peersTo.a2 = { failures: 3 };
    }),
    differs: { slowNetwork: open },
  },
  'fifty-slow-applies': {
    about: 'Fifty applies over 100 ms on a good disk, with no lag',
    world: world((_, leader) => Object.assign(leader.apply, { slow: 50 })),
    differs: { applyBackPressure: 'confirmed' },
  },
  'lag-of-6000': {
    about: 'Six thousand entries wait to be applied',
    world: world((_, leader) => Object.assign(leader.apply, { lag: 6_000 })),
    differs: { applyBackPressure: 'confirmed' },
  },
  'lag-of-1000': {
    about: 'A thousand entries wait to be applied: that is nothing',
    world: world((_, leader) => Object.assign(leader.apply, { lag: 1_000 })),
    differs: {},
  },
  'nine-tenths-full': {
    about: 'The database fills 90 % of its quota: not full, and not far from it',
    world: world((made, leader) => {
      leader.space.used = 0.9;
      made.apiServerView = [{ storageBytes: 0.9 * 2 ** 31 }];
    }),
    differs: { noSpace: open },
  },
  'full-by-the-default-quota': {
    about: "etcd is not scraped; by the API server's count it fills the quota that holds when none is set",
    world: unscraped((made) => {
      made.apiServerView = [{ storageBytes: 0.97 * 2 ** 31 }];
    }),
    differs: {
      ...{ memberStuck: open, slowDisk: open, starvedProcess: open, slowNetwork: open, applyBackPressure: open },
      ...{ wrongTimers: open, recovered: open, notObservable: open, noSpace: 'confirmed' },
    },
  },
  'check-fails-since-a-moment': {
    about: "The API server's etcd check fails; the controller manager renewed its lease 10 s ago",
    world: world((made) => {
      Object.assign(made, { etcdCheck: 'failed', leaseAgeSeconds: 10 });
    }),
    differs: { frozenApi: open, ...broken },
  },
  'timers-300-1000': {
    about: 'An election timeout of three heartbeats, with which etcd does not start',
    world: timers(300, 1_000, 0.001, 0.0015),
    differs: { wrongTimers: 'confirmed' },
  },
  'timers-900-6000': {
    about: 'An election timeout of 6 s, which etcd takes: a lost leader is noticed too late',
    world: timers(900, 6_000, 0.001, 0.0015),
    differs: { wrongTimers: 'confirmed' },
  },
  'two-led-and-one-was-hardly-late': {
    about:
      'A leader was late twice, and one before it once to one of its followers: less than a round, whatever its scrapes and its CPU tell',
    world: world((made, leader) => {
      const [other] = made.members.filter((member) => member !== leader);
      Object.assign(leader.heartbeats, { late: 4 });
      Object.assign(other?.members ?? {}, { led: 1 });
      Object.assign(other?.heartbeats ?? {}, { late: 0.8 });
      if (other) other.scrapes = {};
      made.nodeLoad = [{ instance: other?.node ?? '', busy: 0.97, steal: 0 }];
    }),
    differs: {},
  },
  'round-trip-of-30ms': {
    about: 'Default timers on a network of 30 ms: they fit',
    world: timers(100, 1_000, 0.03, 0.04),
    differs: {},
  },
  'round-trip-of-120ms': {
    about: 'An election timeout of 1 s on a network of 120 ms: ten round trips are more',
    world: timers(150, 1_000, 0.12, 0.14),
    differs: { wrongTimers: 'confirmed', slowNetwork: open },
  },
  'round-trip-of-300ms': {
    about:
      'A heartbeat interval of 100 ms on a network that has always taken 300 ms: the timers are wrong, not the network',
    world: timers(100, 5_000, 0.3, 0.4),
    differs: { wrongTimers: 'confirmed', slowNetwork: open, ...broken },
  },
  'round-trip-of-300ms-and-a-long-tail': {
    about: 'The mean is what it was, and one round trip in a hundred takes two seconds: that is the network as well',
    world: timers(100, 5_000, 0.3, 2),
    differs: { wrongTimers: 'confirmed', slowNetwork: 'confirmed', ...broken },
  },
};
