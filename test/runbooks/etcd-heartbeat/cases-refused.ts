import type { Written } from './cases.ts';
import { lose, type World, world } from './world.ts';

const open = 'inconclusive' as const;
const broken = { recovered: 'ruled-out' } as const;

/** Of the leader of these minutes nothing is heard. */
const unled = { slowDisk: open, starvedProcess: open, slowNetwork: open } as const;
/** Nothing is heard at all. */
const unheard = { ...unled, applyBackPressure: open, noSpace: open, notObservable: open } as const;
const noKubernetes = { wrongTimers: open, frozenApi: open } as const;

/**
 * A CA rotation half done: two members restarted one after the other with metrics that the old scrape configuration no
 * longer reaches, then the last with a peer certificate that the two refuse.
 */
function rotated(change: (made: World) => void): World {
  return world((made, leader) => {
    const [second, third] = made.members.slice(1);
    for (const member of [second, third]) if (member) lose(made, member, 0.004);
    if (second) second.heard = { heardAgo: 1_500, ledAgo: 1_500 };
    if (third) third.heard = { heardAgo: 1_200, ledAgo: 1_200 };
    Object.assign(leader.members, { hasLeader: 0, leads: 0, led: 0 });
    leader.heard = { ledAgo: 780 };
    change(made);
  });
}

/** Ends every member, and the API server with them. */
function ended(size: number): World {
  return world((made) => {
    for (const member of made.members) lose(made, member, 0.001);
    made.failing.set('Kubernetes', 'unreachable');
    made.refusesConnections = true;
  }, size);
}

/** Scrapes that are refused: by a closed port, or by a certificate. */
export const refusals: Readonly<Record<string, Written>> = {
  'ca-rotation-half-done': {
    about: 'Only the member that is cut off is scraped still; the lease was just renewed, so the others have a leader',
    world: rotated((made) => Object.assign(made, { etcdCheck: 'failed', leaseAgeSeconds: 1 })),
    differs: { ...unled, memberDown: open, frozenApi: open, ...broken },
  },
  'ca-rotation-half-done-and-forbidden': {
    about: 'The same, and nobody but the scrapes is asked: there was a leader long after they began to fail',
    world: rotated((made) => made.failing.set('Kubernetes', 'forbidden')),
    differs: { ...unled, ...noKubernetes, quorumLost: open, memberDown: open, ...broken },
  },
  'cut-off-before-scrapes-were-refused': {
    about: 'The two that refuse scrapes now had a leader for half an hour after the last had lost it',
    world: rotated((made) => {
      for (const member of made.members) member.heard = {};
      Object.assign(made.members[0]?.heard ?? {}, { ledAgo: 1_900 });
      made.failing.set('Kubernetes', 'timed-out');
    }),
    differs: { ...unled, ...noKubernetes, quorumLost: open, memberDown: open, ...broken },
  },
  'two-lost-and-no-api-server': {
    about: 'Two members ended, and the last lost its leader when they fell silent',
    world: rotated((made) => {
      for (const member of made.members) member.heard = {};
      made.failing.set('Kubernetes', 'timed-out');
    }),
    differs: { ...unled, ...noKubernetes, quorumLost: 'confirmed', memberDown: 'confirmed', ...broken },
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
    world: (() => {
      const made = ended(3);
      made.failing.set('Kubernetes', 'timed-out');
      made.refusesConnections = false;
      return made;
    })(),
    differs: { ...unheard, ...noKubernetes, quorumLost: open, memberDown: open, ...broken },
  },
};
