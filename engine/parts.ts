import { type Alert, type AlertRecord, againKey, alertKey, beganAt } from './alert.ts';
import { amend } from './documents.ts';
import { holderOf } from './fold.ts';
import { type Incident, isBlind, isConfirmed, isOpen, shownSince, slotOf } from './incident.ts';
import { groupOf } from './intake.ts';
import { announceMessage, triageMessage } from './messages.ts';
import { lastRecord } from './records.ts';
import type { Desk } from './triage.ts';

/** An alert about something on the object of an incident, a pod of its node: with these two its record is found. */
export type Part = Pick<Alert, 'fingerprint' | 'startsAt'>;

/** What fires about the object itself. */
export function ownFiring({ firing, parts = [] }: Pick<Incident, 'firing' | 'parts'>): readonly string[] {
  const theirs = new Set(parts.map(({ fingerprint }) => fingerprint));
  return firing.filter((fingerprint) => !theirs.has(fingerprint));
}

export function isPart({ parts = [] }: Pick<Incident, 'parts'>, { fingerprint }: Pick<Alert, 'fingerprint'>): boolean {
  return parts.some((part) => part.fingerprint === fingerprint);
}

/** What is wrong with a pod of a node fires this long before the node's own alert, at most: that waits for 15 minutes (KubeNodeNotReady). */
const PART_BEFORE_MS = 1_200_000;

/**
 * Whether the object may be the reason of this alert about something on it: its own alert fires, a cause was seen (or
 * nobody has looked yet), and this did not begin before that.
 */
export function mayBePart(alert: Alert, incident: Incident): boolean {
  const began = beganAt(alert);
  const wasBefore =
    began !== undefined && Date.parse(began) < Date.parse(shownSince(incident) ?? incident.openedAt) - PART_BEFORE_MS;
  return !wasBefore && ownFiring(incident).length > 0 && isTheirReason(incident);
}

/** So many looks in a row may see nothing (seven minutes) before what is held as a part is looked at by itself. */
const BLIND_LOOKS = 3;

/** Seen to be in trouble, and not seen to be well since, whatever Alertmanager says of its own alert. */
function isTheirReason({ state, report, foldedInto, rechecks }: Incident): boolean {
  if (state === 'closed' || foldedInto) return false;
  return state === 'looking' || isConfirmed(report) || (isBlind(report) && rechecks <= BLIND_LOOKS);
}

/**
 * Lets go what was held as part of an object's trouble when that is over, or when a look found none: each of these alerts
 * is decided anew, and so gets a look and a card. Repeating it changes nothing.
 */
export async function letPartsGo(desk: Desk, incident: Incident): Promise<void> {
  const { id, parts = [] } = incident;
  if (parts.length === 0 || isTheirReason(incident)) return;
  for (const part of parts) await decideAnew(desk, part, id);
  await amend<Incident, void>(desk.store, 'incidents', slotOf(id), (now) => {
    if (now?.id !== id || !now.parts?.length) return { result: undefined };
    const value = without(now, parts);
    return { result: undefined, value, send: isOpen(value) ? [announceMessage(desk.channel, id)] : [] };
  });
}

/** As if these had never been told to it; what has come since stays. */
function without(incident: Incident, gone: readonly Part[]): Incident {
  const { parts = [], firing, beside = [], doubted = [] } = incident;
  const isGone = (fingerprint: string) => gone.some((part) => part.fingerprint === fingerprint);
  return {
    ...incident,
    parts: parts.filter(({ fingerprint }) => !isGone(fingerprint)),
    firing: firing.filter((fingerprint) => !isGone(fingerprint)),
    doubted: doubted.filter((fingerprint) => !isGone(fingerprint)),
    beside: beside.filter(({ fingerprint }) => !isGone(fingerprint)),
  };
}

async function decideAnew(desk: Desk, part: Part, holder: string): Promise<void> {
  const record = await lastRecord(desk.store, { ...part, status: 'firing' });
  if (record?.fate.outcome !== 'joined' || (await holderOf(desk, record.fate.incident)) !== holder) return;
  const { alert, again, webhook } = record;
  const key = again ? againKey(alert, webhook) : alertKey(alert);
  await amend<AlertRecord, void>(desk.store, 'alerts', key, (now) =>
    now?.fate.outcome === 'joined'
      ? {
          result: undefined,
          value: { ...now, fate: { outcome: 'accepted' } },
          send: [triageMessage(key, groupOf(alert))],
        }
      : { result: undefined },
  );
}
