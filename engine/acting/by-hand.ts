import { amend } from '../documents.ts';
import { type Incident, lookWanted, slotOf } from '../incident.ts';
import { announceMessage, lookMessage } from '../messages.ts';
import { changesSomething } from '../runbook.ts';
import type { Acting } from './desk.ts';
import { append, appendingOnce } from './ledger.ts';
import { reviewMessage } from './messages.ts';
import { mayLook } from './policy.ts';
import { incidentById } from './stored.ts';

/** A second press, or a second person, of the same deed; later it may have been done again. */
const SAME_DEED_MS = 60_000;

function isSame({ manual, at }: NonNullable<Incident['byHand']>[number], wanted: string, now: Date): boolean {
  return manual === wanted && now.getTime() - Date.parse(at) < SAME_DEED_MS;
}

/**
 * "Done by hand": written down, and looked at whether it helped. Changes nothing by itself, so any full member of the
 * workspace may say it; a no is written down, too. `noted` is called with the fix before the look is asked for.
 */
export async function doneByHand(
  acting: Acting,
  wish: { readonly incident: string; readonly manual: string; readonly by: string; readonly channel: string },
  noted: (manual: string) => void = () => undefined,
): Promise<string | undefined> {
  const judged = await mayLook(acting.people, { user: wish.by });
  if (!judged.allowed) {
    const details = { what: 'say that it was done by hand', manual: wish.manual, why: judged.why };
    await append(acting.store, acting.clock, { kind: 'denied', incident: wish.incident, by: wish.by, details });
    return `Nothing was noted: ${judged.why}.`;
  }
  const incident = await incidentById(acting.store, wish.incident);
  const manual = incident?.report?.manualSteps.find(({ id }) => id === wish.manual);
  if (!incident || !manual) return 'This incident or this fix is no longer known.';
  if (!changesSomething(manual)) return 'Nothing was noted: there is nothing to do in these steps.';
  const { cluster, id } = incident;
  const details = { manual: manual.id, title: manual.title };
  const note = appendingOnce(acting.store, acting.clock);
  return amend<Incident, string | undefined>(acting.store, 'incidents', slotOf(id), async (current) => {
    if (current?.id !== id || current.state === 'closed') return { result: 'This incident is closed.' };
    const now = acting.clock.now();
    if (current.byHand?.some((before) => isSame(before, manual.id, now)))
      return { result: 'It was noted a moment ago already.' };
    await note({ kind: 'done-by-hand', cluster, incident: id, by: wish.by, details });
    noted(manual.id);
    const done = { manual: manual.id, title: manual.title, by: wish.by, at: now.toISOString() };
    const value = {
      ...lookWanted(current, 'asked', now),
      state: current.state === 'folded' ? ('folded' as const) : ('looking' as const),
      byHand: [...(current.byHand ?? []), done],
    };
    const send = [lookMessage(id, value.look.wanted), announceMessage(acting.channel, id), reviewMessage(id)];
    return { result: undefined, value, send };
  });
}
