import type { Written } from './cases.ts';
import { noisy, scanner } from './noise.ts';
import { type World, world } from './world.ts';

const broken = { recovered: 'ruled-out' } as const;

/** Forty ServiceAccounts with two requests each; the flow of all of them is served four times as much as yesterday. */
const crowd = (made: World) => {
  noisy(made);
  made.waiting = Array.from({ length: 40 }, (_, index) => ({
    ...scanner,
    user: `system:serviceaccount:team-${index}:operator`,
    count: 2,
  }));
};

/** So many of the API servers started three minutes ago, and are asked for lists. */
const young = (made: World, count: number, lists: number | undefined) => {
  made.servers = made.servers.map((row, index) =>
    index < count ? { ...row, ageSeconds: 180, restarts: 1, lists, usualLists: 2 } : row,
  );
};

/** A flow that is loud because many ask, or because all have to. */
export const crowdCases: Readonly<Record<string, Written>> = {
  'many-clients-at-once': {
    about: 'Fifteen Deployments were rolled out at once: forty clients alike ask, and none stands out',
    world: world((made) => {
      crowd(made);
      made.rollouts = [{ known: 140, count: 15 }];
    }),
    differs: { noisyFlow: 'confirmed', ...broken },
  },
  'all-list-anew': {
    about: 'All API servers started three minutes ago, and forty clients alike list anew',
    world: world((made) => {
      crowd(made);
      young(made, 3, 60);
    }),
    differs: { noisyFlow: 'inconclusive', shuttingDown: 'inconclusive', ...broken },
  },
  'all-list-anew-at-one-server': {
    about: 'One of three API servers started three minutes ago; whose requests wait it refuses to tell',
    world: world((made) => {
      noisy(made);
      made.waiting = [];
      young(made, 1, 60);
    }),
    differs: { noisyFlow: 'inconclusive', shuttingDown: 'inconclusive', ...broken },
  },
  'young-server-and-its-lists-untold': {
    about: 'An API server started three minutes ago; how much is listed there nobody counts',
    world: world((made) => {
      crowd(made);
      young(made, 1, undefined);
    }),
    differs: { noisyFlow: 'inconclusive', shuttingDown: 'inconclusive', ...broken },
  },
  'many-clients-and-a-young-server': {
    about: 'An API server started three minutes ago, and is asked for as many lists as ever; forty clients alike ask',
    world: world((made) => {
      crowd(made);
      young(made, 1, 2);
    }),
    differs: { noisyFlow: 'confirmed', shuttingDown: 'inconclusive', ...broken },
  },
  'one-client-and-young-servers': {
    about: 'All API servers started three minutes ago, and one client has most of the queue all the same',
    world: world((made) => {
      noisy(made);
      young(made, 3, 60);
    }),
    differs: { noisyFlow: 'confirmed', shuttingDown: 'inconclusive', ...broken },
  },
};
