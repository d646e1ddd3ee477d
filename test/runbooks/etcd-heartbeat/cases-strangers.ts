import type { Written } from './cases.ts';
import { lose } from './members-lost.ts';
import { slowDisk } from './troubles.ts';
import { type MemberWorld, type World, world } from './world.ts';

const open = 'inconclusive' as const;
const broken = { recovered: 'ruled-out' } as const;

/** The etcd that an application brought along: the control plane has pods and nodes of its own, and they are well. */
const ofMilvus = (change: (made: World, leader: MemberWorld, follower: MemberWorld) => void, size = 3): World =>
  world((made, leader, follower) => {
    made.job = 'milvus-etcd';
    made.members.forEach((member, index) => {
      member.pod.address = member.host;
      Object.assign(member, { host: `10.244.7.${index + 1}`, port: 2379 });
      member.application = { namespace: 'milvus', pod: `milvus-etcd-${index}` };
    });
    change(made, leader, follower);
    for (const { pod } of made.members) Object.assign(pod, { runs: true, ready: true });
  }, size);
/** Its flags are seen nowhere. */
const unseen = { wrongTimers: open } as const;

/** What runs in the control plane, and whether the API server reaches its own etcd, says nothing of these. */
export const strangers: Readonly<Record<string, Written>> = {
  'application-well': {
    about: "An application's etcd is well, and so is the control plane's, which is not scraped",
    world: ofMilvus(() => {}),
    differs: unseen,
  },
  'application-of-one-member-well': {
    about:
      "An application's etcd of one member is well; the control plane has one member as well, which is not scraped",
    world: ofMilvus(() => {}, 1),
    differs: unseen,
  },
  'application-ended': {
    about: "All members of an application's etcd have ended; the control plane's, which is not scraped, is well",
    world: ofMilvus((made) => {
      for (const member of made.members) lose(made, member, 0.001);
    }),
    differs: {
      ...unseen,
      ...{ notObservable: open, quorumLost: open, memberDown: open, noSpace: open, slowDisk: open, slowNetwork: open },
      ...{ starvedProcess: open, applyBackPressure: open, ...broken },
    },
  },
  'application-without-leader': {
    about: "No member of an application's etcd has a leader; the control plane's, which is not scraped, has one",
    world: ofMilvus((made) => {
      for (const { members } of made.members) Object.assign(members, { hasLeader: 0, leads: 0 });
    }),
    differs: { ...unseen, quorumLost: 'confirmed', ...broken },
  },
  'application-member-ended': {
    about: "One member of an application's etcd has ended",
    world: ofMilvus((made, _, follower) => lose(made, follower, 0.001)),
    differs: { ...unseen, memberDown: 'confirmed', ...broken },
  },
  'application-member-hangs': {
    about: "One member of an application's etcd hangs",
    world: ofMilvus((made, _, follower) => lose(made, follower, 10)),
    differs: { ...unseen, memberDown: open, memberStuck: open, ...broken },
  },
  'application-on-a-slow-disk': {
    about: "The disk of the leader of an application's etcd is slow",
    world: ofMilvus((_, leader) => slowDisk(leader)),
    differs: { ...unseen, slowDisk: 'confirmed', ...broken },
    offers: [],
  },
  'application-unseen': {
    about: "The alert is about an application's etcd, and Prometheus does not answer",
    world: ofMilvus((made) => {
      made.failing.set('Prometheus', 'unreachable');
    }),
    differs: {
      ...{ ...unseen, notObservable: open, quorumLost: open, memberDown: open, memberStuck: open, noSpace: open },
      ...{ slowDisk: open, starvedProcess: open, slowNetwork: open, applyBackPressure: open, recovered: open },
    },
  },
};
