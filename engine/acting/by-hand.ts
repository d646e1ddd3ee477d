import { type ByHand, type Incident, lookWanted, slotOf } from '../incident.ts';
import { announceMessage, lookMessage } from '../messages.ts';
import { changesSomething } from '../runbook.ts';
import { amendWithEntry } from './amend-noted.ts';
import type { Acting } from './desk.ts';
import { append } from './ledger.ts';
import { type Made, reviewMessage } from './messages.ts';
import { beforeOf } from './outcome.ts';
import { mayLook } from './policy.ts';
import { incidentById } from './stored.ts';
import { isBeingVerified, nextLook } from './verify-by-hand.ts';

/** A second press, or a second person, of the same deed; later it may have been done again. */
const SAME_DEED_MS = 60_000;
/** Of a message that does not say which press it was: it may come again for as long as a function takes and a lease lasts. */
const SAME_MESSAGE_MS = 600_000;

function isSame({ manual, at }: ByHand, wanted: string, now: Date, made: Made | undefined): boolean {
  return manual === wanted && now.getTime() - Date.parse(at) < (made ? SAME_DEED_MS : SAME_MESSAGE_MS);
}

function isNoted({ byHand = [] }: Incident, made: Made | undefined): boolean {
  return made !== undefined && byHand.some(({ wish }) => wish === made.wish);
}

/**
 * "Done by hand": written down, and looked at whether it helped, at once and for minutes afterwards. Changes nothing by itself, so any full member of the
 * workspace may say it; a no is written down, too. `noted` is called with the fix before the look is asked for.
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
  const judged = await mayLook(acting.people, { user: wish.by });
  if (!judged.allowed) {
    const details = { what: 'say that it was done by hand', manual: wish.manual, why: judged.why };
    await append(acting.store, acting.clock, { kind: 'denied', incident: wish.incident, by: wish.by, details });
    return `Nothing was noted: ${judged.why}.`;
  }
  const incident = await incidentById(acting.store, wish.incident);
  // The message has come again: whoever pressed was told then.
  if (incident && isNoted(incident, wish.made)) return undefined;
  const manual = incident?.report?.manualSteps.find(({ id }) => id === wish.manual);
  if (!incident || !manual) return 'This incident or this fix is no longer known.';
  if (!changesSomething(manual)) return 'Nothing was noted: there is nothing to do in these steps.';
  const { cluster, id } = incident;
  const { made } = wish;
  const details = { manual: manual.id, title: manual.title };
  return amendWithEntry<Incident, string | undefined>(
    acting,
    'incidents',
    slotOf(id),
    async (current, { now, note }) => {
      if (current?.id === id && isNoted(current, made)) return { result: undefined };
      if (current?.id !== id || current.state === 'closed') return { result: 'This incident is closed.' };
      if (current.byHand?.some((before) => isSame(before, manual.id, now, made)))
        return { result: 'It was noted a moment ago already.' };
      await note({ kind: 'done-by-hand', cluster, incident: id, by: wish.by, details });
      noted(manual.id);
      const { report, byHand = [] } = current;
      // One series of looks answers for all who did the same meanwhile.
      const isLookedAt = byHand.some((one) => one.manual === manual.id && isBeingVerified(one));
      const done: ByHand = {
        manual: manual.id,
        title: manual.title,
        by: wish.by,
        at: now.toISOString(),
        ...(made ? { wish: made.wish } : {}),
        ...(report && !isLookedAt ? { cause: manual.cause, before: beforeOf(report) } : {}),
      };
      const first = isBeingVerified(done) ? nextLook({ ...done, incident: id }, 1, now) : undefined;
      const value = {
        ...lookWanted(current, 'asked', now),
        state: current.state === 'folded' ? ('folded' as const) : ('looking' as const),
        byHand: [...byHand, done],
      };
      const send = [lookMessage(id, value.look.wanted), announceMessage(acting.channel, id), reviewMessage(id)];
      return { result: undefined, value, send: first ? [...send, first] : send };
    },
  );
}
