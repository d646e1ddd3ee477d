import type { Written } from './cases.ts';
import { slowDisk } from './troubles.ts';
import { type MemberWorld, unscraped, type World, world } from './world.ts';

const open = 'inconclusive' as const;

/** The pods of this cluster have the names of those that Prometheus tells of, and other addresses. */
const ofAnother = (change: (made: World) => void): World =>
  world((made) => {
    made.members.forEach(({ pod }, index) => {
      pod.address = `10.30.0.${index + 1}`;
    });
    change(made);
  });
/** As its kubelet tells: its container runs, and ended so often before. */
const ended = ({ pod }: MemberWorld, restarts: number, endedAt: string, startedAt: string) =>
  Object.assign(pod, { restarts, endedAt, startedAt, lastExit: 'Error' });
const unseen = {
  ...{ memberStuck: open, slowDisk: open, starvedProcess: open, slowNetwork: open, applyBackPressure: open },
  ...{ wrongTimers: open, notObservable: open, recovered: open },
} as const;
const nothing = {
  ...{ quorumLost: open, memberDown: open, memberStuck: open, noSpace: open, slowDisk: open, starvedProcess: open },
  ...{ slowNetwork: open, applyBackPressure: open, wrongTimers: open, notObservable: open, recovered: open },
} as const;

/** Two clusters behind one Prometheus, and a member that is up between two ends. */
export const elsewhere: Readonly<Record<string, Written>> = {
  'slow-disk-of-another-cluster': {
    about:
      'The Prometheus tells of the etcd of another cluster, whose machines have the same names, and its disk is slow',
    world: ofAnother(({ members: [leader] }) => leader && slowDisk(leader)),
    differs: nothing,
    offers: [],
  },
  'well-by-the-figures-of-another-cluster': {
    about: 'The Prometheus tells of the etcd of another cluster, whose machines have the same names, and it is well',
    world: ofAnother(() => {}),
    differs: nothing,
  },
  'ends-again-and-again': {
    about: 'A follower was started five times in ten minutes, and answers at this moment',
    world: world((_, __, { members, pod }) => {
      members.restarts = 5;
      Object.assign(pod, { startedAt: '2026-11-21T02:59:20Z', lastExit: 'OOMKilled' });
    }),
    differs: { memberDown: open, recovered: 'ruled-out' },
  },
  'ends-again-and-again-unscraped': {
    about: 'Nobody scrapes etcd; a member in a crash loop runs at this moment, and its pod is Ready',
    world: unscraped((_, leader) => ended(leader, 14, '2026-11-21T02:58:20Z', '2026-11-21T02:59:05Z')),
    differs: { ...unseen, memberDown: open },
  },
  'ended-once-unscraped': {
    about: 'Nobody scrapes etcd; a member has ended once',
    world: unscraped((_, leader) => ended(leader, 1, '2026-11-21T02:58:20Z', '2026-11-21T02:58:21Z')),
    differs: unseen,
  },
  'ended-often-before-unscraped': {
    about: 'Nobody scrapes etcd; a member ended often, and has run on since for longer than a kubelet ever waits',
    world: unscraped((_, leader) => ended(leader, 14, '2026-11-21T02:49:00Z', '2026-11-21T02:49:20Z')),
    differs: unseen,
  },
  'ends-again-and-seldom-scraped': {
    about: 'A follower in a crash loop answers at this moment; within ten minutes Prometheus saw one start of it',
    world: world((_, __, follower) => {
      follower.members.restarts = 1;
      ended(follower, 14, '2026-11-21T02:55:00Z', '2026-11-21T02:59:20Z');
    }),
    differs: { memberDown: open, recovered: open },
  },
  'started-once': {
    about: 'A follower was started anew within ten minutes, as by an upgrade',
    world: world((_, __, { members }) => {
      members.restarts = 1;
    }),
    differs: {},
  },
};
