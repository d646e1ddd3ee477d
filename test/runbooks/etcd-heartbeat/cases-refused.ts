import type { Written } from './cases.ts';
import { lose, refuseScrapes, scrapeAsClient } from './members-lost.ts';
import { type MemberWorld, type World, world } from './world.ts';

const open = 'inconclusive' as const;
const broken = { recovered: 'ruled-out' } as const;

/** Of the leader of these minutes nothing is heard. */
const unled = { slowDisk: open, starvedProcess: open, slowNetwork: open } as const;
/** Nothing is heard at all. */
const unheard = { ...unled, applyBackPressure: open, noSpace: open, notObservable: open } as const;
const noKubernetes = { wrongTimers: open, frozenApi: open } as const;

/** Two members are lost to the last one, which has no leader; `change` says what is true of them. */
function alone(change: (made: World, last: MemberWorld, others: readonly MemberWorld[]) => void): World {
  return world((made, leader) => {
    scrapeAsClient(made);
    const others = made.members.slice(1);
    for (const member of others) lose(made, member, 0.004);
    Object.assign(leader.members, { hasLeader: 0, leads: 0, led: 0 });
    change(made, leader, others);
  });
}

/**
 * A CA rotation half done: two members restarted one after the other with certificates that neither Prometheus nor the
 * last member takes. They have a leader and take writes.
 */
function rotated(change: (made: World, last: MemberWorld) => void): World {
  return alone((made, last, others) => {
    for (const member of others) refuseScrapes(member);
    change(made, last);
  });
}

/** Ends every member, and the API server with them. */
function ended(size: number, change: (made: World) => void = () => {}): World {
  return world((made) => {
    scrapeAsClient(made);
    for (const member of made.members) lose(made, member, 0.001);
    made.failing.set('Kubernetes', 'unreachable');
    made.refusesConnections = true;
    change(made);
  }, size);
}

const expired = 'remote error: tls: expired certificate';

/** Scrapes that are refused: by a closed port, or by a certificate. */
export const refusals: Readonly<Record<string, Written>> = {
  'ca-rotation-half-done': {
    about: 'Only the member that is cut off is scraped still; the lease was just renewed, so there was a leader',
    world: rotated((made) => Object.assign(made, { etcdCheck: 'failed', leaseAgeSeconds: 1 })),
    differs: { ...unled, quorumLost: open, memberDown: open, frozenApi: open, ...broken },
  },
  'ca-rotation-half-done-and-forbidden': {
    about: 'The same, and nobody but the scrapes is asked',
    world: rotated((made) => made.failing.set('Kubernetes', 'forbidden')),
    differs: { ...unled, ...noKubernetes, quorumLost: open, memberDown: open, ...broken },
  },
  'ca-rotation-half-done-and-one-not-scraped': {
    about:
      'The same, and one of the others is no target: of it tell only figures of one that refuses, and of the one that is cut off',
    world: rotated((made) => {
      Object.assign(made, { etcdCheck: 'failed', leaseAgeSeconds: 1 });
      for (const { host } of made.members.slice(1, 2)) made.without.add(host);
    }),
    differs: {
      ...unled,
      quorumLost: open,
      memberDown: open,
      noSpace: open,
      applyBackPressure: open,
      notObservable: open,
      frozenApi: open,
      ...broken,
    },
  },
  'ca-rotation-and-the-last-untouched': {
    about:
      'The same, seen through the API server beside the member that is cut off: its check fails, its answers are old',
    world: rotated((made) => Object.assign(made, { etcdCheck: 'failed', leaseAgeSeconds: 95 })),
    differs: { ...unled, quorumLost: open, memberDown: open, frozenApi: 'confirmed', ...broken },
  },
  'two-refuse-and-the-errors-cannot-be-read': {
    about: 'What answers PromQL scrapes nothing itself: whether anybody listens on the ports of the two is not known',
    world: alone((made) => {
      made.failing.set('scrapeErrors', 'not-served');
      made.failing.set('Kubernetes', 'timed-out');
    }),
    differs: { ...unled, ...noKubernetes, notObservable: open, quorumLost: open, memberDown: open, ...broken },
  },
  'two-lost-and-no-api-server': {
    about: 'Two members ended: nothing listens on their ports, and the last has no leader',
    world: alone((made) => made.failing.set('Kubernetes', 'timed-out')),
    differs: { ...unled, ...noKubernetes, quorumLost: 'confirmed', memberDown: 'confirmed', ...broken },
  },
  'two-lost-a-day-ago': {
    about: 'The same for 23 hours; the kubelet starts the last one anew again and again, as its probe fails',
    world: alone((made, last, others) => {
      for (const member of others) {
        for (const table of ['heartbeats', 'fsync', 'scrapes', 'apply', 'space', 'peers'] as const) member[table] = {};
        Object.assign(member.members, { led: undefined, restarts: undefined, memoryBytes: undefined });
        last.peersTo[member.id] = { active: 0, failures: 98, tried: 98, rttP99: undefined, rttMean: undefined };
      }
      Object.assign(last.members, { restarts: 2 });
      Object.assign(last.fsync, { p99: 0.003, p95: 0.002, p99Now: undefined, count: 0, commitMean: undefined });
      Object.assign(last.space, { puts: 0 });
      Object.assign(made, { etcdCheck: 'failed', leaseAgeSeconds: 82_800 });
    }),
    differs: {
      ...unled,
      noSpace: open,
      quorumLost: 'confirmed',
      memberDown: 'confirmed',
      frozenApi: 'confirmed',
      ...broken,
    },
  },
  'two-lost-and-a-lease-ahead': {
    about: "The controller manager's clock is 50 s ahead: its last lease looks as if it were renewed after the loss",
    world: alone((made, last) => {
      Object.assign(made, { etcdCheck: 'failed', leaseAgeSeconds: -50 });
      Object.assign(last.space, { puts: undefined, refused: undefined });
    }),
    differs: { ...unled, noSpace: open, quorumLost: 'confirmed', memberDown: 'confirmed', frozenApi: open, ...broken },
  },
  'writes-seen-by-a-lease-a-little-ahead': {
    about: 'Puts are not collected; the lease is dated 5 s ahead, as clocks may be: it was renewed just now, a write',
    world: world((made) => {
      for (const { space } of made.members) Object.assign(space, { puts: undefined, refused: undefined });
      made.leaseAgeSeconds = -5;
    }),
    differs: {},
  },
  'certificates-expired-on-one-day': {
    about: "Prometheus' certificate has expired, and the API server's, which ended by that; etcd is well",
    world: ended(3, ({ members }) => {
      for (const member of members) refuseScrapes(member, expired);
    }),
    differs: { ...unheard, ...noKubernetes, quorumLost: open, memberDown: open, ...broken },
  },
  'certificates-expired-and-the-check-fails': {
    about: 'The same, and the API server runs: its certificate for etcd is the one that has expired',
    world: world((made) => {
      for (const member of made.members) refuseScrapes(member, expired);
      Object.assign(made, { etcdCheck: 'failed', leaseAgeSeconds: 95 });
    }),
    differs: { ...unheard, quorumLost: open, memberDown: open, frozenApi: 'confirmed', ...broken },
  },
  'one-member-ended': {
    about: 'The only member ended, and the API server beside it, which cannot be without',
    world: ended(1),
    differs: {
      ...unheard,
      slowNetwork: 'ruled-out',
      ...noKubernetes,
      quorumLost: 'confirmed',
      memberDown: 'confirmed',
      ...broken,
    },
  },
  'three-members-ended': {
    about: 'All members ended, and the API server with them',
    world: ended(3),
    differs: { ...unheard, ...noKubernetes, quorumLost: 'confirmed', memberDown: 'confirmed', ...broken },
  },
  'three-refuse-and-a-slow-api-server': {
    about: 'Every scrape is refused, and the API server does not answer in time: no second witness',
    world: ended(3, (made) => {
      made.failing.set('Kubernetes', 'timed-out');
      made.refusesConnections = false;
    }),
    differs: { ...unheard, ...noKubernetes, quorumLost: open, memberDown: open, ...broken },
  },
};
