import { type Alert, beganAt } from './alert.ts';
import { canLook, type Incident, isOpen, lookWanted } from './incident.ts';
import { announceSoonMessage, lookLaterMessage, lookMessage } from './messages.ts';
import type { Outgoing } from './ports.ts';

/** What an alert that joins makes of a diagnosis: a look so long after the last one began, for all that join till then. */
const REFRESH_EVERY_MS = 30_000;
/** In a storm a look (at most 25 Kubernetes calls) has to do for hundreds of alerts. */
export const STORM_REFRESH_EVERY_MS = 300_000;
/** Alerts that only join edit the card at most this often. */
const JOIN_EDIT_EVERY_MS = 2_000;
/**
 * Alertmanager repeats what still fires; kube-prometheus and the Helm chart let it do so every 12 hours. Of what was
 * not heard for twice that, its "resolved" must have been lost.
 */
const SILENT_AFTER_MS = 86_400_000;

/** Asks for a look because of an alert that joined, unless one is asked for already. */
export function refreshed(incident: Incident, stormy: boolean, now: Date): { value: Incident; send: Outgoing[] } {
  const { look, report } = incident;
  if (!canLook(incident) || look.wanted > look.done) return { value: incident, send: [] };
  const dueAt = Date.parse(report?.startedAt ?? '1970') + (stormy ? STORM_REFRESH_EVERY_MS : REFRESH_EVERY_MS);
  const value = lookWanted(incident, 'joined', now);
  const delayMs = Math.max(0, dueAt - now.getTime());
  return { value, send: [lookLaterMessage(value.id, value.look.wanted, delayMs)] };
}

/**
 * Longer than Alertmanager keeps a "resolved" back (`group_interval`, 5 minutes): what begins anew so long after the last
 * word was over in between, and nobody heard, as when it was silenced.
 */
const OVER_AFTER_MS = 600_000;

/** How long nothing was heard of an open incident, if that is so long that a new alert is a new problem. */
export function silentForMs(incident: Incident, now: Date): number | undefined {
  if (!isOpen(incident)) return undefined;
  const ms = unheardForMs(incident, now);
  return ms > SILENT_AFTER_MS ? ms : undefined;
}

/** Since its alerts were spoken of last. */
export function unheardForMs({ heardAt, updatedAt }: Incident, now: Date): number {
  return now.getTime() - Date.parse(heardAt ?? updatedAt);
}

/** Whether this alert counts as firing, and begins anew: it was over, and that was never heard. */
export function wasOverUnheard(incident: Incident, alert: Alert): boolean {
  const began = beganAt(alert);
  if (began === undefined || !incident.firing.includes(alert.fingerprint)) return false;
  return unheardForMs(incident, new Date(began)) > OVER_AFTER_MS;
}

/** The look that is wanted. */
export function lookOf(incident: Incident): Outgoing[] {
  return incident.look.wanted > incident.look.done ? [lookMessage(incident.id, incident.look.wanted)] : [];
}

/** The look that was wanted since then. */
export function newLookOf(incident: Incident, before: Incident): Outgoing[] {
  return incident.look.wanted > before.look.wanted ? lookOf(incident) : [];
}

/** Asks for one edit of the card for all joins of the next moment. */
export function announcedSoon(incident: Incident, now: Date): { value: Incident; send: Outgoing[] } {
  if (incident.announceDueAt && Date.parse(incident.announceDueAt) > now.getTime())
    return { value: incident, send: [] };
  const announceDueAt = new Date(now.getTime() + JOIN_EDIT_EVERY_MS).toISOString();
  return {
    value: { ...incident, announceDueAt },
    send: [announceSoonMessage(incident.id, JOIN_EDIT_EVERY_MS)],
  };
}
