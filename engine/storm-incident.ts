import { alertName } from './alert.ts';
import { identityOf } from './guess.ts';
import { canLook, type Incident, isConfirmed, isOpen, isWide, lookWanted, type Opening, slotOf } from './incident.ts';
import { absorbed } from './joining.ts';
import type { Store } from './ports.ts';
import { redact } from './redact.ts';
import { hasTopic } from './runbook.ts';
import { noStorm, type StormWatch, withBroken, withMember } from './storm.ts';
import { targetName } from './target.ts';

/** The incident of a storm that takes over what opened just before it. A member whose trouble was seen speaks first. */
export function gathered(
  incident: Incident,
  earlier: readonly Incident[],
  members: readonly string[],
  now: Date,
): Incident {
  const storm = members.reduce(withMember, incident.storm ?? noStorm);
  const fresh = earlier.filter(({ id }) => !storm.folded.includes(id));
  const folded = [...storm.folded, ...fresh.map(({ id }) => id)];
  const all = fresh.reduce(absorbed, { ...incident, storm: { ...storm, folded } });
  const led = fresh.reduce((whole, member) => ledBy(whole, member, incident.alert, now), all);
  return fresh.reduce((whole, member) => spokenFor(whole, member, now), led);
}

/** What a member saw is said for the storm, as long as nothing was confirmed there; for a mixed one by its leader only. */
export function spokenFor(incident: Incident, member: Incident, now: Date): Incident {
  const { target, targetNote, report, alert } = member;
  if (!report || !isConfirmed(report)) return incident;
  if (incident.storm?.mixed && alert?.fingerprint !== incident.alert?.fingerprint) return incident;
  const storm = incident.storm && withBroken(incident.storm, report.target);
  const marked = { ...incident, ...(storm ? { storm } : {}) };
  if (incident.firing.length === 0 || isConfirmed(incident.report)) return marked;
  return { ...marked, target, targetNote, report, state: 'diagnosed', updatedAt: now.toISOString() };
}

/** Of alerts that have little in common the most severe is looked at, at once. `before` is what the storm showed until now. */
export function ledBy(
  storm: Incident,
  { alert, target, targetNote }: Pick<Opening, 'alert' | 'target' | 'targetNote'>,
  before: Incident['alert'],
  now: Date,
): Incident {
  const leads = storm.storm?.mixed && alert && storm.alert?.fingerprint === alert.fingerprint;
  if (!leads || before?.fingerprint === alert.fingerprint || targetName(target) === targetName(storm.target))
    return storm;
  const { report: _others, ...rest } = storm;
  const led: Incident = { ...rest, target, targetNote, state: 'undiagnosed' };
  return canLook(led) ? { ...lookWanted(led, 'joined', now), state: 'looking' } : led;
}

/**
 * The storm of alerts of this name, or of all, whose card has the member: one that is open, also if it takes in nobody new,
 * before one that is over.
 */
export async function stormOfMember(
  store: Pick<Store, 'get'>,
  { storm: ofAll, named = {} }: StormWatch,
  member: string,
  name: string | undefined,
): Promise<Incident | undefined> {
  const ids = [name === undefined ? undefined : named[name], ofAll].flatMap((one) => one?.incident ?? []);
  const stored = await Promise.all(ids.map((id) => store.get<Incident>('incidents', slotOf(id))));
  const its = stored
    .flatMap((one) => (one ? [one.value] : []))
    .filter(({ id, storm }) => ids.includes(id) && storm?.members.includes(member));
  return its.find(isOpen) ?? its[0];
}

const MAX_NAME_CHARS = 120;

/** The target; for an alert whose labels name no object, the alert with the labels that tell it from others. */
export function memberName({ runbook, target, alert }: Pick<Opening, 'runbook' | 'target' | 'alert'>): string {
  if (hasTopic(runbook) || !alert || !isWide(target)) return targetName(target);
  const labels = identityOf(alert.labels).map(([label, value]) => `${label}=${value}`);
  return redact(`alert/${alertName(alert)}{${labels.join(', ')}`)
    .slice(0, MAX_NAME_CHARS)
    .concat('}');
}
