import type { Written } from './cases.ts';
import { lose } from './members-lost.ts';
import { slowDisk } from './troubles.ts';
import { world } from './world.ts';

const open = 'inconclusive' as const;
const unwell = { recovered: 'inconclusive' } as const;
const broken = { recovered: 'ruled-out' } as const;

/** What looks like the end of a trouble, or like another one, as long as one witness is not asked. */
export const unsure: Readonly<Record<string, Written>> = {
  'alarm-not-disarmed': {
    about: 'Space was made, an etcd 3.4 shows no alarm, and every write is refused',
    world: world((made, leader) => {
      for (const { space } of made.members) Object.assign(space, { used: 0.08, puts: 0 });
      leader.space.refused = 63;
      made.leaseAgeSeconds = 400;
    }),
    differs: { noSpace: 'confirmed', ...unwell },
  },
  'nobody-writes': {
    about: 'No write was tried: whether an alarm is raised nobody sees',
    world: world((made) => {
      for (const { space } of made.members) space.puts = 0;
      made.leaseAgeSeconds = 'absent';
    }),
    differs: { noSpace: open, ...unwell },
  },
  'refused-and-applied': {
    about: 'The alarm was disarmed a minute ago: some writes were refused and others applied',
    world: world((_, leader) => Object.assign(leader.space, { puts: 400, refused: 12 })),
    differs: { noSpace: open, ...unwell },
  },
  'refused-far-behind': {
    about: 'Applying stands still, and etcd answers "too many requests", by the code of a full database',
    world: world((made, leader) => {
      for (const { space } of made.members) space.puts = 0;
      leader.space.refused = 63;
      Object.assign(leader.apply, { lag: 5_003, lagNow: 5_003 });
    }),
    differs: { noSpace: open, applyBackPressure: 'confirmed', ...broken },
  },
  'cut-off-and-another-not-scraped': {
    about: 'The leader answers, one member has no leader, and the third is not scraped',
    world: world((made, leader, follower) => {
      const [third] = made.members.slice(2);
      if (third) made.without.add(third.host);
      follower.members.hasLeader = 0;
      const cut = { active: 0, failures: 98, tried: 98 };
      leader.peersTo[follower.id] = cut;
      follower.peersTo = { [leader.id]: cut, ...(third && { [third.id]: cut }) };
    }),
    differs: {
      slowNetwork: 'confirmed',
      memberDown: open,
      memberStuck: open,
      noSpace: open,
      applyBackPressure: open,
      notObservable: open,
      ...broken,
    },
  },
  'cut-off-and-nothing-of-the-others': {
    about: 'One member is scraped and has no leader; the API server reaches etcd',
    world: world((made, leader) => {
      for (const { host } of made.members.slice(1)) made.without.add(host);
      Object.assign(leader.members, { hasLeader: 0, leads: 0 });
    }),
    differs: { slowNetwork: open, applyBackPressure: open, noSpace: open, notObservable: open, ...broken },
  },
  'api-server-lost-etcd': {
    about: "The API server's own certificate for etcd has expired: etcd is well, and nothing is written any more",
    world: world((made) => {
      Object.assign(made, { etcdCheck: 'failed', leaseAgeSeconds: 600 });
    }),
    differs: { frozenApi: 'confirmed', ...broken },
  },
  'external-member-hangs': {
    about: 'A member elsewhere hangs: stuck, or its machine is gone, of which nobody here tells',
    world: world((made, _, follower) => {
      lose(made, follower, 10);
      made.staticPods = false;
    }),
    differs: { memberStuck: open, memberDown: open, wrongTimers: open, ...broken },
  },
  'stranger-runs-and-is-not-let-in': {
    about: 'Nobody is connected to a member that is not scraped; its container runs, and its pod is ready',
    world: world((made, _, follower) => {
      lose(made, follower, 0.001);
      made.without.add(follower.host);
      Object.assign(follower.pod, { ready: true, runs: true });
    }),
    differs: {
      memberDown: open,
      memberStuck: open,
      noSpace: open,
      slowNetwork: open,
      applyBackPressure: open,
      notObservable: open,
      ...broken,
    },
  },
  'stranger-down': {
    about: 'A member that is not scraped has ended: sends to it fail, which is not the network',
    world: world((made, _, follower) => {
      lose(made, follower, 0.001);
      made.without.add(follower.host);
      follower.pod.ready = false;
    }),
    differs: {
      memberDown: 'confirmed',
      memberStuck: open,
      noSpace: open,
      slowNetwork: open,
      applyBackPressure: open,
      notObservable: open,
      ...broken,
    },
  },
  'removed-after-it-failed': {
    about: 'A member that was never scraped failed eight minutes ago and was removed three minutes ago',
    world: world((made) => {
      const left = { active: 0, failures: 98, tried: 0, rttP99: 1.6, rttMean: 0.66 };
      for (const member of made.members) member.peersTo = { dead: left };
    }),
    differs: { memberDown: open },
  },
  'heartbeats-unread-and-a-slow-follower': {
    about: "A follower's disk is slow, and Prometheus does not say whether heartbeats were late",
    world: world((made, leader, follower) => {
      slowDisk(follower);
      Object.assign(leader.heartbeats, { late: 400, lateNow: 50 });
      made.failing.set('heartbeats', 'timed-out');
    }),
    differs: { slowDisk: open, starvedProcess: open, ...unwell },
  },
};
