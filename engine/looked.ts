import { closed, type Incident, isBlind, lookWanted, settledState } from './incident.ts';
import { foundIn } from './last-found.ts';
import { ownFiring } from './parts.ts';
import { silentForMs } from './refresh.ts';
import type { Report } from './report.ts';
import { hasTopic } from './runbook.ts';
import { nextToLookAt, type Storm, seenWell, seenWellWords, withBroken } from './storm.ts';
import { targetName } from './target.ts';
import { minuteOf } from './words.ts';

/**
 * After a look. Without firing alerts the incident closes only if the object itself looks well; a storm only after
 * its members were looked at, one after the other.
 */
export function looked(incident: Incident, report: Report, wanted: number, now: Date): Incident {
  // While it looked, a member may have begun to speak for the storm: that one stays.
  const mine = !incident.storm || report.target === targetName(incident.target);
  const found = mine ? foundIn(report) : undefined;
  const done = {
    ...incident,
    ...(mine ? { report } : {}),
    ...(found ? { lastFound: found } : {}),
    look: { ...incident.look, done: Math.max(incident.look.done, wanted) },
    updatedAt: now.toISOString(),
  };
  if (incident.state === 'folded' || !mine) return done;
  const firing = ownFiring(incident);
  const isOver = incident.alertCount > 0 && firing.length === 0;
  const isSilent = incident.alertCount > 0 && silentForMs(incident, now) !== undefined;
  const well = report.recovered.verdict === 'confirmed';
  const fires = firing.some((fingerprint) => !(well && incident.doubted?.includes(fingerprint)));
  const { reason } = report.recovered;
  // What has no topic may leave nothing to look at: then Alertmanager's word, or its silence, is all there is.
  if ((isOver || isSilent) && !hasTopic(incident.runbook) && report.recovered.verdict === 'inconclusive')
    return closed(done, `${isOver ? 'Alertmanager says resolved' : silentWords(incident)}; ${reason}`, now);
  if (!fires && well && incident.storm) return nextOfStorm(done, incident.storm, report, now);
  if (!fires && well) return closed(done, reason, now);
  const seen = incident.storm && !well ? { ...done, storm: withBroken(incident.storm, report.target) } : done;
  const before = incident.state === 'still-broken' ? incident.rechecks : 0;
  if (!fires && incident.alertCount > 0) return { ...seen, state: 'still-broken', rechecks: before + 1 };
  const rechecks = fires && isBlind(report) ? incident.rechecks + 1 : 0;
  return { ...seen, state: settledState(report), rechecks };
}

/** Why an incident ends of which nobody says any more that it goes on. */
export function silentWords({ heardAt, updatedAt }: Pick<Incident, 'heardAt' | 'updatedAt'>): string {
  return `Alertmanager has been silent about it since ${minuteOf(heardAt ?? updatedAt)}: it is silenced there, or its "resolved" was lost`;
}

/** One more member looks well: the next one, or all of it is over. */
function nextOfStorm(incident: Incident, before: Storm, report: Report, now: Date): Incident {
  const storm = seenWell(before, report.target);
  const next = turnedToNext(incident, storm);
  if (!next) return closed({ ...incident, storm }, seenWellWords(storm, report.recovered.reason), now);
  return lookWanted({ ...next, rechecks: 0, state: 'looking' }, 'resolved', now);
}

/** In a storm that goes on, the next member is looked at when the one that the card speaks of was seen to be well. */
export function turned(incident: Incident): Incident {
  const { storm, report, firing, target } = incident;
  const isWell = report?.recovered.verdict === 'confirmed' && report.target === targetName(target);
  if (!storm || firing.length === 0 || !isWell) return incident;
  return turnedToNext(incident, seenWell(storm, report.target)) ?? incident;
}

/** `undefined`: there is none that has to be looked at. */
function turnedToNext(incident: Incident, storm: Storm): Incident | undefined {
  const target = nextToLookAt(storm, incident.target.kind);
  return target && { ...incident, storm, target, targetNote: 'a member of the storm' };
}
