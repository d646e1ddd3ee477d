import type { Written } from './cases.ts';
import { lose, refuseScrapes } from './members-lost.ts';
import { world } from './world.ts';

const open = 'inconclusive' as const;
const broken = { recovered: 'ruled-out' } as const;

/** Members that do not answer, or are not heard. */
export const lost: Readonly<Record<string, Written>> = {
  'machine-of-a-member-gone': {
    about: 'Scrapes of a member hang, and its node is not ready',
    world: world((made, _, follower) => {
      lose(made, follower, 10);
      follower.pod.nodeReady = 'Unknown';
    }),
    differs: { memberDown: 'confirmed', memberStuck: open, ...broken },
  },
  'all-stuck-at-their-memory-limit': {
    about: 'Every member hangs at its memory limit: no quorum, and the API server answers from its cache',
    world: world((made) => {
      for (const member of made.members) {
        lose(made, member, 5);
        member.members.memoryBytes = 530_000_000;
        member.pod.limits.memory = '512Mi';
      }
      Object.assign(made, { etcdCheck: 'failed', leaseAgeSeconds: 95 });
    }),
    differs: {
      quorumLost: 'confirmed',
      memberStuck: 'confirmed',
      memberDown: open,
      noSpace: open,
      notObservable: open,
      slowDisk: open,
      starvedProcess: open,
      applyBackPressure: open,
      slowNetwork: open,
      frozenApi: 'confirmed',
      ...broken,
    },
  },
  'leader-stuck-others-go-on': {
    about: 'The leader hangs since eight minutes; what was counted of it before says nothing about now',
    world: world((made, leader, follower) => {
      lose(made, leader, 10);
      Object.assign(leader.heartbeats, { lateNow: undefined });
      Object.assign(leader.fsync, { p99Now: undefined, count: 1_800 });
      Object.assign(leader.scrapes, { answered: 4, seenSeconds: 120 });
      Object.assign(follower.members, { leads: 1, led: 1 });
    }),
    differs: {
      memberStuck: 'confirmed',
      slowDisk: open,
      starvedProcess: open,
      applyBackPressure: open,
      ...broken,
    },
  },
  'scrapes-refused-by-all': {
    about: "Prometheus' certificate for etcd has expired: every scrape fails at once, the API server reaches etcd",
    world: world((made) => {
      for (const member of made.members) {
        lose(made, member, 0.004);
        refuseScrapes(member, 'remote error: tls: expired certificate');
      }
    }),
    differs: {
      notObservable: open,
      slowDisk: open,
      starvedProcess: open,
      slowNetwork: open,
      applyBackPressure: open,
      ...broken,
    },
  },
  'two-silent-and-no-api-server': {
    about:
      'Two of three refuse scrapes of a port that may be any, the last sees a leader, and nobody else can be asked',
    world: world((made) => {
      for (const member of made.members.slice(1)) lose(made, member, 0.001);
      made.failing.set('Kubernetes', 'timed-out');
    }),
    differs: {
      quorumLost: open,
      memberDown: open,
      notObservable: open,
      slowNetwork: open,
      wrongTimers: open,
      frozenApi: open,
      ...broken,
    },
  },
  'member-cut-off': {
    about: 'One member hears no leader while the other two have one',
    world: world((_, __, follower) => Object.assign(follower.members, { hasLeader: 0 })),
    differs: { slowNetwork: 'confirmed', ...broken },
  },
};
