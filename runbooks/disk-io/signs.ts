import type { Cause, JudgeContext } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import { serverTime } from '../evidence/control-plane.ts';
import { meanIn } from '../evidence/over-time.ts';
import type { Disk, DiskMinute } from './devices.ts';
import { latestOf, stalledWords } from './kubelet.ts';
import { limits } from './limits.ts';
import type { RemedyName } from './remedies.ts';
import type { Maybe, Seen } from './schema.ts';
import { heldUpWords, type Stall, stallOf } from './stall.ts';

export type DiskCause = Cause<Seen, RemedyName, NodeTarget>;
export type Saturated = Extract<Stall, { state: 'saturated' }>;

interface Proved {
  readonly stall: Saturated;
  readonly seen: Seen;
  readonly maybe: Maybe;
  readonly now: Date;
  /** The stall and what it did, to end a reason with. */
  readonly proof: string;
}

/** Nobody is blamed for a disk that was not saturated when the node was held up, nor for one that was not seen. */
export function onceProved(judge: (proved: Proved) => Verdict): DiskCause['judge'] {
  return trusting((seen, maybe, { now }) => {
    const stall = stallOf(seen, now);
    if (stall.state !== 'saturated') {
      const denied = stall.state === 'calm' ? denialOf(maybe) : undefined;
      if (stall.state === 'unclear' || denied) return inconclusive(`${stall.words}${denied ? `, but ${denied}` : ''}`);
      return ruledOut(`no disk held the node up: ${stall.words}`);
    }
    return judge({ stall, seen, maybe, now, proof: `${stall.words}${heldUpWords(maybe, now)}` });
  });
}

/** What its kubelet says against a calm half hour: the pressure that it tells is of the same kernel, up to this moment. */
export function denialOf({ kubelet }: Maybe): string | undefined {
  const stalled = kubelet && latestOf(kubelet).stalled;
  if (!stalled || Math.max(stalled.in60, stalled.in300) < limits.stalledShare) return undefined;
  return `by its kubelet ${stalledWords(stalled)}: figures contradict each other`;
}

/** An API server that has lost etcd answers from its cache: then events and pods prove nothing, either way. */
export function trusting(
  judge: (seen: Seen, maybe: Maybe, context: JudgeContext<NodeTarget>) => Verdict,
): DiskCause['judge'] {
  return (seen, maybe, context) => {
    if (seen.readyz.etcd === false) {
      return inconclusive('the API server has lost etcd: what it says about this node may be an old copy');
    }
    return judge(seen, maybe, { ...context, now: serverTime(seen.readyz, context.now) });
  };
}

/** Mean bytes (requests) a second of a disk over these of its minutes; undefined: not seen. */
export function meanOf(
  { minutes: all }: Disk,
  figure: 'written' | 'read' | 'requests',
  minutes: readonly number[],
): number | undefined {
  const values = all.flatMap((minute: DiskMinute) => {
    const value = minute[figure];
    return value === undefined ? [] : [[minute.minutesAgo, value] as const];
  });
  return meanIn(new Map(values), minutes);
}

/** Read and written together; undefined: one of the two was not seen. */
export function movedBy(disk: Disk, minutes: readonly number[]): number | undefined {
  const [written, read] = [meanOf(disk, 'written', minutes), meanOf(disk, 'read', minutes)];
  return written === undefined || read === undefined ? undefined : written + read;
}
