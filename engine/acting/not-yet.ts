import type { Plan, Step } from '../plan.ts';
import { sightOf } from './arrival.ts';
import { type Acting, clusterOf } from './desk.ts';
import { lookOnceMore } from './doubt.ts';
import type { Made } from './messages.ts';
import { amendPlan } from './stored.ts';
import { answered, isAnswered, told } from './wished.ts';

/**
 * So long the API server goes on with a request that nobody waits for any more, `--request-timeout` by default.
 * https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
 */
const UNDER_WAY_MS = 60_000;

/**
 * Why this answer cannot be taken yet. That a request came to nothing nobody can know while it may still be under way, or
 * its object cannot be looked at. And what is seen there now must be what the message said that the person has answered: a
 * change that was not there then may be somebody else's, and after the answer nothing looks for it any more.
 */
export async function whyNotYet(acting: Acting, plan: Plan, wasApplied: boolean): Promise<string | undefined> {
  const step = plan.steps.find(({ state }) => state === 'unknown');
  if (!step) return undefined;
  const until = wasApplied ? undefined : underWayUntil(step, acting.clock.now());
  if (until !== undefined)
    return `Nobody can know that yet: the request may be under way in the API server until ${until} UTC. Press again then.`;
  const cluster = clusterOf(acting, plan.cluster);
  // It is no longer configured: nobody will ever look.
  if (!cluster) return undefined;
  const { words, arrived, notOurs } = await sightOf(cluster, step, plan);
  if (arrived === 'not-seen')
    return wasApplied ? undefined : `Nobody can know that now: ${words}. Press again when it can be looked at.`;
  if (wasApplied ? arrived !== 'no' && !notOurs : arrived === 'no') return undefined;
  if (plan.doubt === undefined || plan.doubt.seen === words) return undefined;
  return `${words}, which the message did not say when you answered. Look at it as it is now, and press again.`;
}

/** A time far ahead proves nothing: the clock that wrote it was wrong. */
function underWayUntil({ at = '' }: Step, now: Date): string | undefined {
  const begunMs = Date.parse(at);
  if (!(Math.abs(now.getTime() - begunMs) < UNDER_WAY_MS)) return undefined;
  return new Date(begunMs + UNDER_WAY_MS).toISOString().slice(11, 19);
}

/** The plan stays in doubt, and its message shows what is seen of it now. */
export async function answerNotYet(
  acting: Acting,
  plan: Plan,
  by: string,
  why: string,
  made: Made | undefined,
): Promise<string | undefined> {
  const fresh = await lookOnceMore(acting, plan);
  const { answer, send } = told(by, why, made);
  return amendPlan<string | undefined>(
    acting.store,
    plan.id,
    (current) =>
      isAnswered(current, made)
        ? { result: undefined }
        : { result: answer, value: { ...current, ...answered(current, made) }, send: [...send, ...fresh] },
    why,
  );
}
