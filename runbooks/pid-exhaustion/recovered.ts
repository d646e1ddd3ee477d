import type { Runbook } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { confirmed, inconclusive, ruledOut } from '../../engine/verdict.ts';
import { serverTime } from '../evidence/control-plane.ts';
import type { EventView } from '../evidence/event.ts';
import { conditionOf } from '../evidence/node.ts';
import { clockTime, secondsSince } from '../evidence/node-words.ts';
import { summed } from '../evidence/over-time.ts';
import { minutesUntil } from './growth.ts';
import { countWords } from './kubelet.ts';
import { limits } from './limits.ts';
import { isCounted, isCovered, usageOf, usageOfPods } from './machine.ts';
import type { Seen } from './schema.ts';
import { lastMet } from './shortage.ts';
import { biggestOf, gapInLimits, meanOver, mostUnnamed, nearestOf, podsIn } from './threads.ts';
import { amount, count, percent } from './words.ts';

const LATELY = Array.from({ length: limits.quietMinutes + 1 }, (_, minutesAgo) => minutesAgo);

const LATELY_WORDS = `within the last ${limits.quietMinutes} minutes`;

/** The kubelet reports no pressure, and for some minutes neither the machine nor a pod came near its limit. */
export const recovered: Runbook<NodeTarget, Seen, object, string>['recovered'] = (seen, maybe, { now }) => {
  if (maybe.registered === false) return confirmed('its Node object is gone');
  if (seen.readyz.etcd === false)
    return inconclusive('the API server has lost etcd: what it says of this node may be an old copy');
  const ready = conditionOf(seen.node, 'Ready');
  if (ready?.status !== 'True') return ruledOut(`Ready=${ready?.status ?? 'not set'}`);
  const pressure = conditionOf(seen.node, 'PIDPressure');
  if (pressure?.status === 'True')
    return ruledOut('the kubelet reports PIDPressure, as it does for 5 minutes after its threshold was crossed');
  const time = serverTime(seen.readyz, now);
  const crossed = lastMet(seen.events);
  const enough = seen.events.findLast(({ reason }) => reason === 'NodeHasSufficientPID');
  if (crossed && secondsSince(crossed.lastSeen, time) < limits.quietMinutes * 60 && !isLater(enough, crossed))
    return ruledOut(`the kubelet evicted pods to reclaim PIDs at ${clockTime(crossed.lastSeen)}`);
  const direct = maybe.kubelet?.pids;
  if (direct && direct.used / direct.max >= limits.tightShare)
    return ruledOut(`by its kubelet ${countWords(direct)} are in use now`);
  const words = [machineNow(seen), podsNow(seen)];
  const bad = words.find(({ well }) => well === false);
  if (bad) return ruledOut(bad.says);
  const open = words.find(({ well }) => well === undefined);
  if (open) return inconclusive(open.says);
  return confirmed(`no PIDPressure; ${words.map(({ says }) => says).join('; ')}, ${LATELY_WORDS}`);
};

/** The kubelet says NodeHasSufficientPID when its pressure goes, and at each of its starts. */
function isLater(one: EventView | undefined, other: EventView): boolean {
  return one !== undefined && Date.parse(one.lastSeen) > Date.parse(other.lastSeen);
}

interface Now {
  readonly well: boolean | undefined;
  readonly says: string;
}

function machineNow({ machine, threads }: Seen): Now {
  const [usage, pods] = [usageOf(machine), usageOfPods(threads)];
  const common = pods ? peakLately(pods.shares) : 0;
  if (common >= limits.shortShare)
    return { well: false, says: `all pods together used ${percent(common)} of the PIDs they may have ${LATELY_WORDS}` };
  if (summed(threads, 'allPods').size > 0 !== summed(threads, 'allPodsMax').size > 0)
    return { well: undefined, says: 'how many PIDs all pods together have and may have was not seen' };
  const started = summed(machine, 'forks');
  const forks = peakLately(started);
  if (forks >= limits.forksPerSecond)
    return { well: false, says: `${amount(forks)} processes were started a second ${LATELY_WORDS}` };
  if (usage === undefined && !isCounted(machine)) return byPodsAlone(threads);
  const most = usage ? peakLately(usage.shares) : 0;
  if (most >= limits.tightShare)
    return { well: false, says: `the machine used ${percent(most)} of its PIDs ${LATELY_WORDS}` };
  if (usage === undefined || !isCovered(usage.whole, LATELY))
    return { well: undefined, says: 'the PIDs of the machine were not seen all the time' };
  if (!isCovered(started, LATELY))
    return { well: undefined, says: 'how many processes the machine starts was not seen all the time' };
  const says = `the machine uses at most ${percent(most)} of its PIDs`;
  return unlessItGrows(says, minutesUntil(limits.tightShare, usage.shares), percent(limits.tightShare));
}

/** Where the PIDs of the machine are not collected: by the number of threads above which we alert. */
function byPodsAlone(threads: Seen['threads']): Now {
  const together = summed(threads, 'together');
  const most = peakLately(together);
  if (!isCovered(together, LATELY)) return { well: undefined, says: 'the PIDs of the machine are not collected' };
  const says = `its pods have ${count(most, 'thread')} together (those of the machine are not collected)`;
  if (most >= limits.allThreads) return { well: false, says };
  return unlessItGrows(says, minutesUntil(limits.allThreads, together), amount(limits.allThreads));
}

function unlessItGrows(says: string, minutes: number | undefined, short: string): Now {
  return minutes === undefined
    ? { well: true, says }
    : { well: undefined, says: `${says}, and it grows: at this pace to ${short} in ${count(minutes, 'minute')}` };
}

/** Where limits are not collected: by the number above which we alert. */
function podsNow({ threads }: Seen): Now {
  if (!isCovered(summed(threads, 'pods'), LATELY))
    return { well: undefined, says: 'its pods were not seen all the time' };
  const pods = podsIn(threads);
  const near = nearestOf(pods.map((pod) => ({ ...pod, share: lately(pod.share) })));
  const most = near ? Math.max(...near.share.values()) : 0;
  if (near && most >= limits.fullShare)
    return {
      well: false,
      says: `${near.namespace}/${near.pod} used ${percent(most)} of the PIDs it may have ${LATELY_WORDS}`,
    };
  const limitsSeen = summed(threads, 'limitsSeen');
  const isLimited = pods.some(({ share, limit }) => share.size > 0 || limit !== undefined);
  if (limitsSeen.size === 0 && !isLimited) {
    const biggest = biggestOf(pods, LATELY);
    const holds = biggest ? meanOver(biggest.threads, LATELY) : 0;
    if (holds < limits.podThreads && mostUnnamed(threads, LATELY) >= limits.podThreads)
      return { well: undefined, says: 'what its pods hold was not seen of each' };
    return biggest && holds >= limits.podThreads
      ? { well: false, says: `${biggest.namespace}/${biggest.pod} has ${count(holds, 'thread')}` }
      : { well: true, says: `no pod has more than ${count(holds, 'thread')} (their limits are not collected)` };
  }
  const gap = isCovered(limitsSeen, LATELY)
    ? gapInLimits(threads, LATELY)
    : 'the limits of pods were not seen all the time';
  if (gap) return { well: undefined, says: gap };
  if (!near) return { well: true, says: 'no pod has a limit' };
  const says = `no pod uses more than ${percent(most)} of its limit`;
  return unlessItGrows(says, minutesUntil(limits.fullShare, near.share), percent(limits.fullShare));
}

function peakLately(values: ReadonlyMap<number, number>): number {
  return Math.max(0, ...lately(values).values());
}

function lately(values: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  return new Map([...values].filter(([minute]) => LATELY.includes(minute)));
}
