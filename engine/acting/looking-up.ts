import { askedLike, type People } from '../people.ts';
import type { Plan } from '../plan.ts';
import type { Acting } from './desk.ts';
import type { Made } from './messages.ts';
import type { PolicyRule } from './policy.ts';

/** No press is judged by an answer that is older, however long its message was on its way. */
const PRESS_ANSWER_MS = 10_000;
/**
 * Slack allows 20 questions a minute about user groups, so one comes free every three seconds: time for a few groups. A
 * press that waits longer is told to come again.
 */
const PRESS_WAITS_MS = 15_000;

/** As long as an answer lasts that is only remembered. */
const MINUTE_MS = 60_000;
/** Before anything is sent: some time, and for each group until its question comes free (three seconds, and Slack rounds up). */
const SENDING_WAITS_MS = 10_000;
const EACH_GROUP_MS = 4_000;

type Asking = Pick<Acting, 'people' | 'clock'>;

/**
 * For one press: an answer counts that was asked for after it, be it for this person, for somebody else, or for an earlier
 * part of the same decision. So fifty presses that waited cost one question, and what was changed before a press is seen.
 * `waitMs: 0`: who must not wait while the directory takes no more questions. Who says no goes before who says yes.
 */
export function atPress<A extends Asking>(
  acting: A,
  made: Made | undefined,
  { waitMs = PRESS_WAITS_MS, goesFirst = false }: { readonly waitMs?: number; readonly goesFirst?: boolean } = {},
): A {
  const now = acting.clock.now().getTime();
  const pressed = Date.parse(made?.at ?? '');
  const since = Number.isNaN(pressed) ? now : Math.min(now, Math.max(pressed, now - PRESS_ANSWER_MS));
  const patience = { until: new Date(now + waitMs), goesFirst };
  return { ...acting, people: askedLike(acting.people, { since: new Date(since), patience }) };
}

/**
 * For an execution, before all presses. `early`: before the cluster is read, when nothing is sent on their word; of a plan
 * that waits for people what was learnt since it waits, so that it gets on by each question that comes free, and is not
 * rehearsed for nothing. `sending`: asked now, each person and group once. `between`: between two requests.
 */
export function forSending(
  acting: Asking & Pick<Acting, 'stopping'>,
  { paused }: Pick<Plan, 'paused'>,
  rule: PolicyRule,
  when: 'early' | 'sending' | 'between',
): People {
  const now = acting.clock.now().getTime();
  const waitMs = SENDING_WAITS_MS + EACH_GROUP_MS * groupsIn(rule);
  const patience = { until: new Date(now + waitMs), goesFirst: true, stopping: acting.stopping };
  if (when === 'between') return askedLike(acting.people, { remembered: true, patience });
  const earliest = Math.max(now - MINUTE_MS, paused ? Date.parse(paused.since) : 0);
  return askedLike(acting.people, { since: new Date(when === 'early' ? earliest : now), patience });
}

function groupsIn({ approvers, requesters, breakGlass }: PolicyRule): number {
  return new Set([approvers, requesters, breakGlass].flatMap((group) => group?.userGroups ?? [])).size;
}
