import { amend } from './documents.ts';
import { closed, foldedInto, type Incident, isConfirmed, isOpen, slotOf } from './incident.ts';
import { announceMessage } from './messages.ts';
import { spokenFor } from './storm-incident.ts';
import type { Desk } from './triage.ts';

/** Gives an incident's alerts, the earlier and the future ones, to another: its card only points there from now on. */
export async function fold(desk: Desk, id: string, into: string): Promise<void> {
  await amend<Incident, void>(desk.store, 'incidents', slotOf(id), (incident) =>
    incident?.id === id && isOpen(incident)
      ? {
          result: undefined,
          value: foldedInto(incident, into, desk.clock.now()),
          send: [announceMessage(desk.channel, id)],
        }
      : { result: undefined },
  );
}

/** What was folded into an incident ends with it. Repeating it changes nothing. */
export async function closeFolded(desk: Desk, { storm, state, id: into }: Incident): Promise<void> {
  if (state !== 'closed') return;
  for (const id of storm?.folded ?? []) {
    await amend<Incident, void>(desk.store, 'incidents', slotOf(id), (incident) => {
      if (incident?.id !== id || incident.state !== 'folded' || incident.foldedInto !== into)
        return { result: undefined };
      const value = closed(incident, `with the card it was part of (${into})`, desk.clock.now());
      return { result: undefined, value, send: [announceMessage(desk.channel, id)] };
    });
  }
}

/** A member whose own look found what is wrong speaks for the storm, if that knows nothing yet. */
export async function tellStorm(desk: Desk, member: Incident): Promise<void> {
  const storm = member.foldedInto;
  if (storm === undefined || !isConfirmed(member.report)) return;
  await amend<Incident, void>(desk.store, 'incidents', slotOf(storm), (incident) =>
    incident?.id === storm && isOpen(incident)
      ? {
          result: undefined,
          value: spokenFor(incident, member, desk.clock.now()),
          send: [announceMessage(desk.channel, storm)],
        }
      : { result: undefined },
  );
}

/** The incident that answers for this one: itself, or the one it became part of. `undefined` when it is gone. */
export async function holderOf(desk: Desk, id: string): Promise<string | undefined> {
  const current = (await desk.store.get<Incident>('incidents', slotOf(id)))?.value;
  const incident = current?.id === id ? current : (await desk.store.get<Incident>('closed', id))?.value;
  return incident?.foldedInto ? holderOf(desk, incident.foldedInto) : incident?.id;
}
