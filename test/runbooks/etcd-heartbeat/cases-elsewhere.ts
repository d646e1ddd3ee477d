import type { Written } from './cases.ts';
import { slowDisk } from './troubles.ts';
import { type World, world } from './world.ts';

const open = 'inconclusive' as const;

/** The pods of this cluster have the names of those that Prometheus tells of, and other addresses. */
const ofAnother = (change: (made: World) => void): World =>
  world((made) => {
    made.members.forEach(({ pod }, index) => {
      pod.address = `10.30.0.${index + 1}`;
    });
    change(made);
  });
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
  'started-once': {
    about: 'A follower was started anew within ten minutes, as by an upgrade',
    world: world((_, __, { members }) => {
      members.restarts = 1;
    }),
    differs: {},
  },
};
