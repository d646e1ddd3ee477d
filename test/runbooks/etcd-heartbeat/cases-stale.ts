import type { Written } from './cases.ts';
import { slowDisk } from './troubles.ts';
import { type MemberWorld, type World, world } from './world.ts';

const open = 'inconclusive' as const;

/** All is well by these figures, which are so old, in seconds. */
const scrapedAgo = (ageSeconds: number, change: (leader: MemberWorld) => void = () => {}): World =>
  world((made, leader) => {
    for (const { members } of made.members) Object.assign(members, { ageSeconds });
    change(leader);
  });

/** Prometheus goes on answering with what it last took in, for five minutes. */
export const stale: Readonly<Record<string, Written>> = {
  'scraped-4-minutes-ago': {
    about: 'All looks well, by figures of four minutes ago: Prometheus takes nothing in any more',
    world: scrapedAgo(224),
    differs: {
      ...{ memberStuck: open, slowDisk: open, starvedProcess: open, slowNetwork: open, applyBackPressure: open },
      ...{ memberDown: open, noSpace: open, notObservable: open, recovered: open },
    },
  },
  'slow-disk-4-minutes-ago': {
    about: 'The disk of the leader was slow four minutes ago; since then Prometheus takes nothing in',
    world: scrapedAgo(224, slowDisk),
    differs: {
      ...{ memberStuck: open, slowDisk: open, starvedProcess: open, slowNetwork: open, applyBackPressure: open },
      ...{ memberDown: open, noSpace: open, notObservable: open, recovered: open },
    },
  },
  'one-member-scraped-4-minutes-ago': {
    about: 'Two Prometheus share the members, and one of the two takes nothing in any more',
    world: world((_, __, follower) => Object.assign(follower.members, { ageSeconds: 224 })),
    differs: { memberDown: open, memberStuck: open, slowNetwork: open, notObservable: open, recovered: open },
  },
  'scraped-100-seconds-ago': { about: 'Scraped every two minutes, and well', world: scrapedAgo(100), differs: {} },
};
