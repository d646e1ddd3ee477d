import { amend } from '../engine/documents.ts';
import { type Incident, lookWanted, slotOf } from '../engine/incident.ts';
import { announceMessage, lookMessage } from '../engine/messages.ts';
import type { Desk } from '../engine/triage.ts';
import type { Reply } from '../infra/slack/reply.ts';

/** "Run Again" on the card of an incident. Says why not; otherwise the card answers. */
export async function runAgain(
  desk: Pick<Desk, 'store' | 'clock' | 'channel'>,
  id: string,
): Promise<Reply | undefined> {
  return amend<Incident, Reply | undefined>(desk.store, 'incidents', slotOf(id), (incident) => {
    if (incident?.id !== id)
      return { result: { text: 'This incident is over, and its record was put away or replaced by a newer one.' } };
    if (incident.runbook === null)
      return { result: { text: 'No runbook answers this alert, so there is nothing to run.' } };
    if (incident.state === 'closed') {
      const { runbook, target } = incident;
      return {
        result: {
          text: `This incident is closed. To look anyway: /nightshift investigate ${runbook} ${'name' in target ? target.name : ''}`,
        },
      };
    }
    const value = lookWanted(incident, 'asked', desk.clock.now());
    const send = [lookMessage(id, value.look.wanted), announceMessage(desk.channel, id)];
    return { result: undefined, value: { ...value, state: incident.state === 'folded' ? 'folded' : 'looking' }, send };
  });
}
