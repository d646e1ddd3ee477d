import { amend } from './documents.ts';
import { closeFolded } from './fold.ts';
import { foundMembers } from './found-members.ts';
import { holderOfSlot, holdSlot } from './held.ts';
import { canLookUp, closed, type Incident, incidentKey, isOpen, lookWanted, slotOf, slotOfKey } from './incident.ts';
import { absorbed } from './joining.ts';
import { silentWords } from './looked.ts';
import { answererOf } from './match.ts';
import { announceMessage, lookMessage } from './messages.ts';
import { silentForMs } from './refresh.ts';
import type { Resolution } from './resolution.ts';
import { resolveTarget } from './resolve.ts';
import { withNames } from './storm.ts';
import { type Target, targetName, wordsOf } from './target.ts';
import { type Desk, isStormy, lookupOf } from './triage.ts';

/**
 * A look at an incident whose target was not found begins with finding it. Returns the incident with its target, or
 * `undefined` when there is nothing to look at here: still nothing found, or the target has an incident of its own.
 */
export async function lookUp(desk: Desk, incident: Incident, wanted: number): Promise<Incident | undefined> {
  const cluster = desk.clusters.find(({ name }) => name === incident.cluster);
  if (!cluster || !incident.alert) return undefined;
  const { match } = answererOf(incident.alert, desk.runbooks);
  const lookup = lookupOf(desk, cluster, incident.runbook);
  const found = await resolveTarget(incident.alert, match, lookup);
  if (found.target.kind === 'Unresolved') return notFound(desk, incident, found, wanted);
  const slotFor = (target: Target) =>
    slotOfKey(incidentKey(incident.cluster, incident.runbook, target, incident.alert));
  // A storm is about more than the one that its card speaks of, and stays.
  const other = incident.storm ? undefined : await openAbout(desk, incident, slotFor(found.target));
  if (other) return handOver(desk, incident, other);
  const members = incident.storm ? await foundMembers(incident.storm, lookup) : new Map<string, Target>();
  const targets = [found.target, ...members.values()];
  await Promise.all([...new Set(targets.map(slotFor))].map((slot) => holdSlot(desk.store, slot, incident)));
  const names = new Map([...members].map(([name, target]) => [name, targetName(target)]));
  return amend<Incident, Incident | undefined>(desk.store, 'incidents', slotOf(incident.id), (current) => {
    if (current?.id !== incident.id || !isOpen(current)) return { result: undefined };
    const storm = current.storm && { storm: withNames(current.storm, names) };
    const value = { ...current, target: found.target, targetNote: found.note, ...storm };
    return { result: value, value };
  });
}

async function notFound(
  desk: Desk,
  { id }: Incident,
  { target, note }: Resolution,
  wanted: number,
): Promise<undefined> {
  const after = await amend<Incident, Incident | undefined>(desk.store, 'incidents', slotOf(id), (current) => {
    if (current?.id !== id || !isOpen(current)) return { result: undefined };
    const look = { ...current.look, done: Math.max(current.look.done, wanted) };
    const state = current.state === 'looking' ? 'undiagnosed' : current.state;
    const now = desk.clock.now();
    const open: Incident = { ...current, target, targetNote: note, look, state, updatedAt: now.toISOString() };
    const isSilent = silentForMs(open, now) !== undefined && !(target.kind === 'Unresolved' && target.untried);
    const why = open.firing.length === 0 ? 'Alertmanager says resolved' : isSilent && silentWords(open);
    const value = why ? closed(open, `${why}; ${note}`, now) : open;
    return { result: value, value, send: [announceMessage(desk.channel, id)] };
  });
  if (after) await closeFolded(desk, after);
}

async function openAbout({ store }: Desk, { id }: Incident, slot: string): Promise<Incident | undefined> {
  const inSlot = (await store.get<Incident>('incidents', slot))?.value;
  const own = inSlot && isOpen(inSlot) ? inSlot : await holderOfSlot(store, slot);
  if (!own || own.id === id) return undefined;
  if (own.foldedInto === undefined) return own;
  const storm = (await store.get<Incident>('incidents', slotOf(own.foldedInto)))?.value;
  return storm?.id === own.foldedInto && isOpen(storm) ? storm : undefined;
}

async function handOver(desk: Desk, { id }: Incident, other: Incident): Promise<undefined> {
  const because = `its target was found: ${wordsOf(other.target)}, which has a card already`;
  const before = await amend<Incident, Incident | undefined>(desk.store, 'incidents', slotOf(id), (current) => {
    if (current?.id !== id || !isOpen(current)) return { result: undefined };
    const value = { ...closed(current, because, desk.clock.now()), firing: [], foldedInto: other.id };
    return { result: current, value, send: [announceMessage(desk.channel, id)] };
  });
  if (!before) return;
  await amend<Incident, void>(desk.store, 'incidents', slotOf(other.id), (current) =>
    current?.id === other.id && isOpen(current)
      ? { result: undefined, value: absorbed(current, before), send: [announceMessage(desk.channel, other.id)] }
      : { result: undefined },
  );
  await closeFolded(desk, { ...before, state: 'closed' });
}

/** Asks for a look at what was not looked up in a storm, or while the API server did not answer; at a storm itself, which is one, also while it goes on. */
export async function lookUpLater(desk: Desk, incident: Incident): Promise<boolean> {
  const { id, cluster: name, target } = incident;
  const cluster = desk.clusters.find((candidate) => candidate.name === name);
  if (!cluster || !isOpen(incident) || incident.state === 'folded') return false;
  if (!canLookUp(incident) || target.kind !== 'Unresolved' || !target.untried) return false;
  if (incident.look.wanted > incident.look.done || (!incident.storm && (await isStormy(desk, cluster)))) return false;
  return amend<Incident, boolean>(desk.store, 'incidents', slotOf(id), (current) => {
    if (current?.id !== id || !isOpen(current)) return { result: false };
    const value = lookWanted(current, 'recheck', desk.clock.now());
    return { result: true, value, send: [lookMessage(id, value.look.wanted)] };
  });
}
