import type { Cause, JudgeContext } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { inconclusive, type Verdict } from '../../engine/verdict.ts';
import { serverTime } from '../evidence/control-plane.ts';
import { conditionOf } from '../evidence/node.ts';
import { leaseAgeSeconds } from '../evidence/node-lease.ts';
import { clockTime, duration, secondsSince } from '../evidence/node-words.ts';
import { isCurrent } from './control-plane.ts';
import type { Maybe, Seen } from './evidence.ts';
import type { RemedyName } from './remedies.ts';

export type NodeCause = Cause<Seen, RemedyName, NodeTarget>;
export type Context = JudgeContext<NodeTarget>;

/** A live kubelet renews every 10 s, give or take 4 % (k8s.io/component-helpers, lease/controller.go). */
const FRESH_SECONDS = 15;
/** Two clocks that differ by more than this are no rounding. A lease renewed that far ahead is a clock. */
export const SKEW_SECONDS = 10;
/** `changes(…[2m])` of a lease older than this cannot stem from before it fell silent (plus one scrape interval). */
const MOVING_BEYOND_SECONDS = 150;
export const LATELY_SECONDS = 600;
/** A node turns Unknown this long after its last renewal, or a little later (kube-controller-manager). */
export const GRACE_SECONDS = 40;

/** What the lease tells about the kubelet's life. Only `renewing` proves anything: that it lives and may write. */
export interface Life {
  readonly state: 'renewing' | 'late' | 'run out' | 'ahead' | 'unseen';
  readonly words: string;
  /** Seconds since the last renewal, when it is late or has run out; of a lease that is unseen at least so many. */
  readonly silentSeconds?: number;
}

export function lifeOf({ lease, history, node }: Maybe, now: Date): Life {
  const age = lease && leaseAgeSeconds(lease, now);
  const { leaseAgeSeconds: seenAge = 0, leaseMoves = 0 } = history ?? {};
  if ((age ?? seenAge) > MOVING_BEYOND_SECONDS && leaseMoves > 0) {
    const words = `its lease is renewed all the time, though with times ${duration(age ?? seenAge)} old`;
    return { state: 'renewing', words };
  }
  // What kube-state-metrics saw of a lease is as old as its last scrape: it tells nothing of now.
  if (lease === undefined || age === undefined) return unseen(node, now);
  const renewed = `it renewed its lease ${duration(age)} ago`;
  if (age < -SKEW_SECONDS) return { state: 'ahead', words: `its lease was renewed ${duration(age)} in the future` };
  if (age <= FRESH_SECONDS) return { state: 'renewing', words: renewed };
  const limit = lease.durationSeconds;
  if (age <= limit) return { state: 'late', words: `${renewed}, which is late`, silentSeconds: age };
  return { state: 'run out', words: `${renewed}, which ran out after ${limit} s`, silentSeconds: age };
}

/** The controller manager dates by its own clock when it has called a silent node Unknown. */
function unseen(node: Maybe['node'], now: Date): Life {
  const ready = node && conditionOf(node, 'Ready');
  const life = { state: 'unseen', words: 'its lease could not be seen' } as const;
  if (ready?.status !== 'Unknown' || !ready.lastTransitionTime) return life;
  return { ...life, silentSeconds: secondsSince(ready.lastTransitionTime, now) + GRACE_SECONDS };
}

/** The node's readiness, from the object, or else as kube-state-metrics last saw it. */
export interface Readiness {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly message: string;
  readonly since?: string;
}

export function readinessOf({ node, history }: Maybe): Readiness | undefined {
  const ready = node && conditionOf(node, 'Ready');
  if (ready) {
    const { status, message, lastTransitionTime: since } = ready;
    return { status, message, ...(since ? { since } : {}) };
  }
  if (history?.ready === undefined) return undefined;
  const status = history.ready === 1 ? 'True' : history.unknown === 1 ? 'Unknown' : 'False';
  return { status, message: '' };
}

/** Why objects alone cannot decide between the kinds of silence, and how this one would show itself. */
export function wouldShow(maybe: Maybe, how: string): Verdict {
  const unknown = readinessOf(maybe)?.status === 'Unknown';
  const looks = unknown ? 'Ready=Unknown looks the same for every kind of silence' : 'the objects alone do not tell';
  return inconclusive(`${looks}; this one would show as ${how}`);
}

/**
 * When the API server has lost etcd, it goes on answering from its cache and nothing in the answer says so: then no
 * object may rule anything out, or confirm it. The present is the API server's, should our own clock be off.
 */
export function trusting(judge: NodeCause['judge']): NodeCause['judge'] {
  return (seen, maybe, context) => {
    const now = serverTime(maybe.readyz, context.now);
    if (maybe.readyz?.etcd === false) {
      return inconclusive('the API server has lost etcd: what it says about this node may be an old copy');
    }
    if (maybe.readyz === undefined && !isCurrent(maybe, now)) {
      return inconclusive(
        'whether the API server has lost etcd could not be seen, and no lease is fresh: its answers may be an old copy',
      );
    }
    return judge(seen, maybe, { ...context, now });
  };
}

/** "since 08:24:18", or nothing. */
export function sinceWords({ since }: Readiness): string {
  return since === undefined ? '' : ` since ${clockTime(since)}`;
}

/** The kubelet's own last word: its message, and whether it still stands (not Unknown, and the lease has not run out). */
export function lastWord(maybe: Maybe, now: Date): { stands: boolean; message: string; words: string } | undefined {
  const ready = readinessOf(maybe);
  if (!ready) return undefined;
  const life = lifeOf(maybe, now);
  const { status, message } = ready;
  if (status === 'Unknown') return { stands: false, message: '', words: 'the kubelet fell silent, so it says nothing' };
  if (status === 'False' && !message) {
    return { stands: false, message, words: "Ready=False, but the kubelet's message could not be seen" };
  }
  const words = `the kubelet says Ready=${status}${message && `: "${message}"`}`;
  if (life.state === 'run out' || life.state === 'unseen') {
    return { stands: false, message, words: `${words}, but ${life.words}` };
  }
  return { stands: true, message, words };
}
