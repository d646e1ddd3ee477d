import { amend } from '../documents.ts';
import { type Incident, lookWanted, slotOf } from '../incident.ts';
import { announceMessage, lookMessage } from '../messages.ts';
import type { Acting } from './desk.ts';
import { append } from './ledger.ts';
import { reviewMessage } from './messages.ts';
import type { PolicyRule } from './policy.ts';
import { mayRequest } from './policy.ts';
import { incidentById } from './stored.ts';

/** Anybody of the workspace may say that they did it: all that follows is a look. */
const anybody: PolicyRule = {
  remedies: ['*'],
  approvers: { users: [], userGroups: [] },
  approvals: 1,
  requesterMayApprove: false,
  expiresAfterMinutes: 1,
};

/** "Done by hand": written down, and looked at whether it helped. Changes nothing by itself. */
export async function doneByHand(
  acting: Acting,
  wish: { readonly incident: string; readonly manual: string; readonly by: string; readonly channel: string },
): Promise<string | undefined> {
  const judged = await mayRequest(acting.people, anybody, { user: wish.by, channel: wish.channel });
  if (!judged.allowed) return `Nothing was noted: ${judged.why}.`;
  const incident = await incidentById(acting.store, wish.incident);
  const manual = incident?.report?.manualSteps.find(({ id }) => id === wish.manual);
  if (!incident || !manual) return 'This incident or this fix is no longer known.';
  const { cluster, id } = incident;
  const details = { manual: manual.id, title: manual.title };
  await append(acting.store, acting.clock, { kind: 'done-by-hand', cluster, incident: id, by: wish.by, details });
  return amend<Incident, string | undefined>(acting.store, 'incidents', slotOf(id), (current) => {
    if (current?.id !== id || current.state === 'closed') return { result: 'This incident is closed.' };
    const done = { manual: manual.id, title: manual.title, by: wish.by, at: acting.clock.now().toISOString() };
    const value = {
      ...lookWanted(current, 'asked', acting.clock.now()),
      state: 'looking' as const,
      byHand: [...(current.byHand ?? []), done],
    };
    const send = [lookMessage(id, value.look.wanted), announceMessage(acting.channel, id), reviewMessage(id)];
    return { result: undefined, value, send };
  });
}
