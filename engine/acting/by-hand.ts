import { type ByHand, type Incident, lookWanted } from '../incident.ts';
import { announceMessage, lookMessage } from '../messages.ts';
import type { Before } from '../plan.ts';
import { changesSomething } from '../runbook.ts';
import type { Acting } from './desk.ts';
import { amendIncident, denyOnce, isAnsweredIn } from './incident-wishes.ts';
import { atPress } from './looking-up.ts';
import { GIVE_UP_MS } from './meanwhile.ts';
import { type Made, reviewMessage } from './messages.ts';
import { beforeOf } from './outcome.ts';
import { mayLook } from './policy.ts';
import { incidentById } from './stored.ts';
import { isBeingVerified, nextLook } from './verify-by-hand.ts';
import { told } from './wished.ts';

/** A second press, or a second person, of the same deed; later it may have been done again. */
const SAME_DEED_MS = 60_000;
/** Of a message that does not say which press it was: it may come again for as long as a function takes and a lease lasts. */
const SAME_MESSAGE_MS = 600_000;

function isSame({ manual, at }: ByHand, wanted: string, said: Date, made: Made | undefined): boolean {
  const apartMs = Math.abs(said.getTime() - Date.parse(at));
  return manual === wanted && apartMs < (made ? SAME_DEED_MS : SAME_MESSAGE_MS);
}

/** A look that came so soon after somebody said it has seen what was there before: the first look at it comes later. */
const STILL_BEFORE_MS = 30_000;

/** What the evidence said before the deed, as long as there is time to see whether that changes. */
function beforeIt({ report }: Incident, said: Date, now: Date): Before | undefined {
  const isInTime = now.getTime() - said.getTime() < GIVE_UP_MS;
  const isBefore = report !== undefined && Date.parse(report.startedAt) - said.getTime() < STILL_BEFORE_MS;
  return isInTime && isBefore ? beforeOf(report) : undefined;
}

/**
 * "Done by hand": written down as of when it was said, also where that got through late, and looked at whether it helped, at
 * once and for minutes afterwards. Changes nothing by itself, so any full member of the workspace may say it; a no is written
 * down, too. `noted` is called with the fix before the look is asked for.
 */
export async function doneByHand(
  acting: Acting,
  wish: {
    readonly incident: string;
    readonly manual: string;
    readonly by: string;
    readonly channel: string;
    readonly made?: Made | undefined;
  },
  noted: (manual: string) => void = () => undefined,
): Promise<string | undefined> {
  const { by, made } = wish;
  const incident = await incidentById(acting.store, wish.incident);
  // The message has come again: whoever pressed was told then.
  if (incident && isAnsweredIn(incident, made)) return undefined;
  const judged = await mayLook(atPress(acting, made).people, { user: by });
  if (!judged.allowed) {
    const details = { what: 'say that it was done by hand', manual: wish.manual, why: judged.why };
    const denied = { kind: 'denied', incident: wish.incident, by, details } as const;
    return denyOnce(acting, denied, `Nothing was noted: ${judged.why}.`, made);
  }
  const manual = incident?.report?.manualSteps.find(({ id }) => id === wish.manual);
  if (!incident || !manual) return 'This incident or this fix is no longer known.';
  if (!changesSomething(manual)) return 'Nothing was noted: there is nothing to do in these steps.';
  const { cluster, id } = incident;
  const details = { manual: manual.id, title: manual.title };
  return amendIncident(acting, id, async (current, { now, note }) => {
    if (isAnsweredIn(current, made)) return { result: undefined };
    const said = made ? new Date(Math.min(Date.parse(made.at), now.getTime())) : now;
    if (current.byHand?.some((before) => isSame(before, manual.id, said, made)))
      return { result: 'It was noted a moment ago already.' };
    const at = said.toISOString();
    await note({ kind: 'done-by-hand', cluster, incident: id, by, details: { ...details, at } });
    noted(manual.id);
    const { byHand = [] } = current;
    // One series of looks answers for all who did the same meanwhile.
    const isLookedAt = byHand.some((one) => one.manual === manual.id && isBeingVerified(one));
    const before = isLookedAt || current.state === 'closed' ? undefined : beforeIt(current, said, now);
    const done: ByHand = {
      manual: manual.id,
      title: manual.title,
      by,
      at,
      ...(made ? { wish: made.wish } : {}),
      ...(before ? { cause: manual.cause, before } : {}),
    };
    const shown = announceMessage(acting.channel, id);
    if (current.state === 'closed') {
      const { answer, send } = told(by, `It is written down as of ${at}. This incident is closed by now.`, made);
      return { result: answer, value: { ...current, byHand: [...byHand, done] }, send: [shown, ...send] };
    }
    const first = isBeingVerified(done) ? nextLook({ ...done, incident: id }, 1, now) : undefined;
    const value = {
      ...lookWanted(current, 'asked', now),
      state: current.state === 'folded' ? ('folded' as const) : ('looking' as const),
      byHand: [...byHand, done],
    };
    const isLate = !before && !isLookedAt;
    const late = isLate ? `It is written down as of ${at}. That is too long ago to tell whether it helped.` : undefined;
    const { answer, send } = told(by, late, made);
    const looks = [lookMessage(id, value.look.wanted), shown, reviewMessage(id)];
    return { result: answer, value, send: [...looks, ...(first ? [first] : []), ...send] };
  });
}
