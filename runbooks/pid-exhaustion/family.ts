import { meanIn } from '../evidence/over-time.ts';
import { limits } from './limits.ts';
import type { PodHere } from './pods.ts';
import type { Seen } from './schema.ts';
import type { Holders } from './signs.ts';
import { meanOver, type PodUse, podsIn } from './threads.ts';
import { count, percent } from './words.ts';

/** Pods of one controller: what each of them holds may be little, and all of it one leak. */
export interface Family {
  /** Of those that the figures name, the one that holds most first. */
  readonly pods: readonly PodUse[];
  readonly holds: number;
  /** `5 pods of ReplicaSet shop/quotes-7d9f have 24,500 threads, 79 % of all`. */
  readonly words: string;
  /** Whether they are why PIDs ran out: they had far fewer before. `undefined`: nobody saw them before, or not all of them. */
  readonly leaks: boolean | undefined;
}

type Shared = Pick<Holders, 'minutes' | 'before' | 'total' | 'unnamed'>;

/** Those of one controller that may hold the most of all threads, with those of them that the figures do not name. */
export function familyIn({ threads, pods }: Pick<Seen, 'threads' | 'pods'>, shared: Shared): Family | undefined {
  const named = podsIn(threads).flatMap((use) => {
    const owner = ownerOf(pods.here.find((one) => one.namespace === use.namespace && one.name === use.pod));
    return owner === undefined ? [] : [{ use, owner }];
  });
  const families = [...Map.groupBy(named, ({ owner }) => owner)].flatMap(([owner, own]) => {
    const all = pods.here.filter((pod) => ownerOf(pod) === owner).length;
    const holds = own.reduce((sum, { use }) => sum + meanOver(use.threads, shared.minutes), 0);
    const atMost = holds + Math.max(0, all - own.length) * shared.unnamed;
    return atMost < limits.mostShare * shared.total ? [] : [{ owner, own: own.map(({ use }) => use), holds }];
  });
  const [largest] = families.toSorted((a, b) => b.holds - a.holds);
  if (!largest) return undefined;
  const { owner, own, holds } = largest;
  const share = percent(Math.min(1, holds / shared.total));
  return {
    pods: own.toSorted((a, b) => meanOver(b.threads, shared.minutes) - meanOver(a.threads, shared.minutes)),
    holds,
    words: `${count(own.length, 'pod')} of ${owner} ${own.length === 1 ? 'has' : 'have'} ${count(holds, 'thread')}, ${share} of all`,
    leaks: leaksIn(own, shared),
  };
}

function ownerOf(pod: PodHere | undefined): string | undefined {
  return pod?.owner && `${pod.owner.kind} ${pod.namespace}/${pod.owner.name}`;
}

/** Two of them at least have twice what they had, and what all of them have more is the most of what came. */
function leaksIn(own: readonly PodUse[], { minutes, before }: Shared): boolean | undefined {
  if (before === undefined) return undefined;
  const growth = own.map(({ threads }) => {
    const was = meanIn(threads, before.minutes);
    return was === undefined ? undefined : { was, is: meanOver(threads, minutes) };
  });
  const seen = growth.filter((one) => one !== undefined);
  const more = seen.reduce((sum, { was, is }) => sum + is - was, 0);
  const doubled = seen.filter(({ was, is }) => is >= limits.leakTimes * was);
  if (doubled.length >= 2 && more >= limits.mostShare * before.more) return true;
  return seen.length === own.length && more < limits.littleShare * before.more ? false : undefined;
}
