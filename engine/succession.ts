import { reviewMessage } from './acting/messages.ts';
import * as incidents from './incident.ts';
import { type Incident, type Opening, slotOfKey } from './incident.ts';
import type { Voice } from './joining.ts';
import { announceMessage } from './messages.ts';
import type { Outgoing } from './ports.ts';
import { remembered } from './put-away.ts';
import { unheardForMs } from './refresh.ts';
import type { Desk } from './triage.ts';
import { counted } from './words.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** An incident makes room for its successor by moving, closed, to its own document. */
export function makeRoom(last: Incident, now: Date): Incident {
  if (last.state === 'closed') return last;
  if (last.state === 'folded') return incidents.closed(last, 'it has a card of its own again', now);
  const silence = silenceWords(unheardForMs(last, now));
  return incidents.closed(last, `nothing was heard of it for ${silence}; it fires again, on a new card`, now);
}

function silenceWords(ms: number): string {
  if (ms >= DAY_MS) return counted(Math.round(ms / DAY_MS), 'day');
  return ms >= HOUR_MS ? counted(Math.round(ms / HOUR_MS), 'hour') : counted(Math.round(ms / 60_000), 'minute');
}

/** The generation of the incident before it, 0 if there was none. */
export async function generationBefore({ store }: Desk, key: string, last: Incident | undefined): Promise<number> {
  if (last) return incidents.generationOf(last);
  return (await remembered(store, slotOfKey(key)))?.generation ?? 0;
}

/** The one that comes after the last one of its slot, or its first. */
export function nextIncident(
  key: string,
  last: Incident | undefined,
  generation: number,
  opening: Opening,
  voice: Voice,
  now: Date,
): Incident {
  const value = incidents.openIncident(key, generation + 1, opening, now);
  const isSilent = last && incidents.isOpen(last) && last.state !== 'folded';
  return {
    ...value,
    ...(voice === 'again' ? { doubted: value.firing } : {}),
    ...(isSilent ? { follows: { openedAt: last.openedAt, heardAt: last.heardAt ?? last.updatedAt } } : {}),
  };
}

export const RESOLVED_UNSEEN =
  'Alertmanager says resolved; there was no runbook or no object to look at, so nothing else confirms it';

/** What begins with an alert whose "resolved" overtook it ends where nobody can look whether that is true. */
export function withoutAlerts(incident: Incident, now: Date): Incident {
  if (!incident.alert || incident.storm || incident.firing.length > 0 || incidents.canLook(incident)) return incident;
  if (incidents.canLookUp(incident)) return incidents.lookWanted(incident, 'resolved', now);
  return incidents.closed(incident, RESOLVED_UNSEEN, now);
}

/** The last edit of a card that is left behind, and of what was asked for on it. */
export function goodbye(desk: Desk, { id, plans }: Incident): Outgoing[] {
  return [announceMessage(desk.channel, id), ...(plans?.length ? [reviewMessage(id)] : [])];
}
