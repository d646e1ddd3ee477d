import { alertName, type Fate } from './alert.ts';
import { counting, fateBefore } from './counted.ts';
import { type Amendment, amend } from './documents.ts';
import { closeFolded, fold } from './fold.ts';
import { holderOfSlot } from './held.ts';
import * as incidents from './incident.ts';
import { type Incident, incidentKey, type Opening, slotOf, slotOfKey } from './incident.ts';
import { joined, type Voice } from './joining.ts';
import { announceMessage, lookMessage } from './messages.ts';
import { letPartsGo, mayBePart } from './parts.ts';
import { announcedSoon, lookOf, newLookOf, refreshed, silentForMs, wasOverUnheard } from './refresh.ts';
import { hasTopic } from './runbook.ts';
import { openOfComponent, withJob } from './same-component.ts';
import * as storms from './storm.ts';
import { calm, type StormWatch } from './storm.ts';
import { gathered, ledBy, memberName, stormOfMember } from './storm-incident.ts';
import { generationBefore, goodbye, makeRoom, nextIncident, withoutAlerts } from './succession.ts';
import type { Desk } from './triage.ts';

/** An incident that fires again within this time keeps its card. */
const REOPEN_WITHIN_MS = 600_000;
interface Arrival {
  readonly desk: Desk;
  readonly opening: Opening;
  readonly voice: Voice;
  readonly stormy: boolean;
  /** It is about a pod, and may join what is open about its node. */
  readonly part?: true;
}

/**
 * Finds the incident an alert (or a person's question) belongs to, or opens one: the same target's, its node's, the
 * storm's, or its own.
 */
export async function openOrJoin(
  desk: Desk,
  opening: Opening,
  options: { readonly voice: Voice; readonly stormy: boolean },
): Promise<Fate> {
  const arrival: Arrival = { desk, opening, ...options };
  const key = incidentKey(opening.cluster, opening.runbook, opening.target, opening.alert);
  const own = await joinOpen(arrival, slotOfKey(key));
  if (own?.outcome === 'opened') await noteInWeather(arrival, own.incident);
  return (
    own ??
    (await joinNode(arrival)) ??
    (await joinComponent(arrival)) ??
    (opening.alert && storms.canFold(opening.target, opening.runbook)
      ? await openInWeather(arrival, key)
      : await open(arrival, key))
  );
}

/**
 * Joins the open incident in this slot, if there is one (or the storm it was folded into). Who asks about one member of
 * a storm is answered about that member, on a card of its own.
 */
async function joinOpen(arrival: Arrival, slot: string): Promise<Fate | undefined> {
  const { store } = arrival.desk;
  const own = (await store.get<Incident>('incidents', slot))?.value;
  if (own && isCurrent(arrival, own)) return joinCurrent(arrival, own, own.foldedInto);
  const holder = await holderOfSlot(store, slot);
  if (!holder || !isCurrent(arrival, holder)) return undefined;
  return joinCurrent(arrival, holder, holder.foldedInto ?? (holder.storm && holder.id));
}

async function joinCurrent(arrival: Arrival, current: Incident, storm: string | undefined): Promise<Fate | undefined> {
  if (storm !== undefined) return arrival.opening.alert && joinStorm(arrival, storm);
  return amend<Incident, Fate | undefined>(arrival.desk.store, 'incidents', slotOf(current.id), (incident) => {
    if (!incident || !isCurrent(arrival, incident) || incident.state === 'folded') return { result: undefined };
    return join(arrival, incident);
  });
}

/** Open, and heard of lately: nobody looks at a card of last week when an alert is added to it. */
function isCurrent({ desk, opening, voice, part }: Arrival, incident: Incident): boolean {
  const { alert } = opening;
  if (!incidents.isOpen(incident)) return false;
  if (incident.state === 'folded' || !alert || voice === 'over') return true;
  if (part && !mayBePart(alert, incident)) return false;
  return silentForMs(incident, desk.clock.now()) === undefined && !wasOverUnheard(incident, alert);
}

function join({ desk, opening, voice, stormy, part }: Arrival, incident: Incident): Amendment<Incident, Opened> {
  const now = desk.clock.now();
  const before = fateBefore(incident, opening.record);
  if (before) return { result: before };
  const result: Opened = { outcome: 'joined', incident: incident.id };
  if (!opening.alert) {
    const asked = incidents.lookWanted(incident, 'asked', now);
    return { result, value: asked, send: [lookMessage(asked.id, asked.look.wanted)] };
  }
  const known = withJob(withLeftOut(incident, opening), opening.target);
  const more = joined(known, opening.alert, voice, now, part ? 'part' : 'itself');
  const announced = announcedSoon(counting(more, opening.record), now);
  const { value, send } =
    voice === 'over' ? { value: announced.value, send: [] } : refreshed(announced.value, stormy, now);
  return { result, value, send: [...announced.send, ...send] };
}

function withLeftOut(incident: Incident, { leftOut = 0 }: Opening): Incident {
  return leftOut > (incident.leftOut ?? 0) ? { ...incident, leftOut } : incident;
}

/** A pod's alert belongs to its node's incident while the node's trouble may be its reason (`mayBePart`). */
async function joinNode(arrival: Arrival): Promise<Fate | undefined> {
  const { opening, desk } = arrival;
  if (opening.target.kind !== 'Pod' || opening.target.node === undefined) return undefined;
  const node = { kind: 'Node', name: opening.target.node } as const;
  for (const { id, target } of desk.runbooks) {
    if (!target.safeParse(node).success) continue;
    const fate = await joinOpen({ ...arrival, part: true }, slotOfKey(incidentKey(opening.cluster, id, node)));
    if (fate) return fate;
  }
  return undefined;
}

async function joinComponent(arrival: Arrival): Promise<Fate | undefined> {
  const same = await openOfComponent(arrival.desk.store, arrival.opening);
  return same && joinOpen(arrival, slotOf(same.id));
}

/** Opens an incident of its own, or the storm's when too many have just opened in this cluster. */
async function openInWeather(arrival: Arrival, key: string): Promise<Fate> {
  const { desk, opening } = arrival;
  const { cluster, target, runbook, alert } = opening;
  const name = hasTopic(runbook) || !alert ? undefined : alertName(alert);
  const { id } = storms.watchOf(cluster, target.kind, runbook);
  return amend<StormWatch, Fate>(desk.store, 'storms', id, async (watch = calm) => {
    const now = desk.clock.now();
    const what = storms.nextIs(watch, name, now);
    const going = storms.stormFor(watch, name, now);
    const its = await stormOfMember(desk.store, watch, memberName(opening), name);
    const isOpen = its !== undefined && incidents.isOpen(its);
    const again = !isOpen && (going || what !== 'single') && (await openAgain(arrival, key));
    if (again) return { result: again };
    if (arrival.voice === 'again' && its && !isOpen && isRecent(its.closedAt, now)) {
      const of = its.id === watch.storm?.incident ? undefined : name;
      const result = await openStorm(arrival, storms.watchOf(cluster, target.kind, runbook, of).key, [], its.storm);
      return { result, value: storms.noteStorm(watch, result.incident, now, of) };
    }
    const storm = isOpen ? its.id : going;
    if (storm !== undefined) {
      const result = await joinStorm(arrival, storm);
      const goesOn = storm === going && storms.isStale(watch, storm, now);
      const of = storm === watch.storm?.incident ? undefined : name;
      if (result) return goesOn ? { result, value: storms.noteStorm(watch, storm, now, of) } : { result };
    }
    const meanwhile = await joinOpen(arrival, slotOfKey(key));
    if (meanwhile) return { result: meanwhile };
    if (what === 'single') {
      const result = await open(arrival, key);
      // One that fired again has its card and its history: it is not what begins just now.
      return result.outcome === 'opened'
        ? { result, value: storms.noteOpening(watch, result.incident, now, name) }
        : { result };
    }
    const alike = what === 'mixed' ? undefined : name;
    // What has a card of its own keeps it where the next ones have little in common with it.
    const like = what === 'mixed' ? [] : storms.recent(watch, now).filter((one) => one.name === name);
    const before = like.map(({ incident }) => incident);
    const { key: stormKey } = storms.watchOf(cluster, target.kind, runbook, alike);
    const kind = what === 'mixed' ? ({ mixed: true } as const) : undefined;
    const result = await openStorm(arrival, stormKey, before, kind);
    return { result, value: storms.noteStorm(watch, result.incident, now, alike) };
  });
}

/** What fires again, or is a late copy of what is over, has its card, and says nothing of how many are in trouble. */
async function openAgain(arrival: Arrival, key: string): Promise<Opened | undefined> {
  const { desk } = arrival;
  const last = (await desk.store.get<Incident>('incidents', slotOfKey(key)))?.value;
  const has = last?.state === 'closed' && !last.foldedInto && isRecent(last.closedAt, desk.clock.now());
  return has ? open(arrival, key) : undefined;
}

/** A crash may have come between an incident and its note in the weather. */
async function noteInWeather({ desk, opening }: Arrival, incident: string): Promise<void> {
  const { cluster, target, runbook, alert } = opening;
  if (!storms.canFold(target, runbook)) return;
  const name = hasTopic(runbook) || !alert ? undefined : alertName(alert);
  const { id } = storms.watchOf(cluster, target.kind, runbook);
  await amend<StormWatch, void>(desk.store, 'storms', id, (watch = calm) =>
    watch.openings.some((one) => one.incident === incident)
      ? { result: undefined }
      : { result: undefined, value: storms.noteOpening(watch, incident, desk.clock.now(), name) },
  );
}

type Opened = Extract<Fate, { incident: string }>;

async function open(arrival: Arrival, key: string): Promise<Opened> {
  const { desk, opening, voice } = arrival;
  const fired =
    voice !== 'over' || !opening.alert
      ? opening
      : { ...opening, alert: { ...opening.alert, status: 'resolved' as const } };
  let replaced: Incident | undefined;
  const opened = await amend<Incident, Opened>(desk.store, 'incidents', slotOfKey(key), async (last) => {
    const before = last && fateBefore(last, opening.record);
    if (before) return { result: before };
    // Another alert about the same target may have opened it since we looked.
    if (last && isCurrent(arrival, last) && last.state !== 'folded') return join(arrival, last);
    const now = desk.clock.now();
    const again = last && last.state === 'closed' && isRecent(last.closedAt, now);
    replaced = last && !again ? makeRoom(last, now) : undefined;
    if (replaced) await desk.store.put({ collection: 'closed', id: replaced.id, value: replaced, expect: 'any' });
    const begun = again
      ? reopen(last, fired, voice, now)
      : nextIncident(key, last, await generationBefore(desk, key, last), fired, voice, now);
    const value = voice === 'over' ? withoutAlerts(begun, now) : begun;
    const old = replaced && last && incidents.isOpen(last) ? goodbye(desk, replaced) : [];
    const send = [announceMessage(desk.channel, value.id), ...lookOf(value), ...old];
    return { result: { outcome: again ? 'joined' : 'opened', incident: value.id }, value, send };
  });
  if (replaced) await closeFolded(desk, replaced);
  if (replaced) await letPartsGo(desk, replaced);
  return opened;
}

function reopen(last: Incident, opening: Opening, voice: Voice, now: Date): Incident {
  const { alert, storm, target, targetNote } = opening;
  const { report, ...before } = incidents.reopened(withLeftOut(last, opening), now);
  // Another storm of the same kind has other members, and nothing is known of them yet.
  const back: Incident = storm
    ? { ...before, storm, target, targetNote }
    : { ...before, ...(report ? { report } : {}) };
  return alert ? counting(joined(back, alert, voice, now), opening.record) : back;
}

/** The storm takes over what opened just before it. A member whose trouble was seen speaks first. */
async function openStorm(
  arrival: Arrival,
  key: string,
  before: readonly string[],
  like: Pick<storms.Storm, 'mixed'> | undefined,
): Promise<Opened> {
  const { desk, opening } = arrival;
  const earlier = (await Promise.all(before.map((id) => desk.store.get<Incident>('incidents', slotOf(id)))))
    .flatMap((stored) => (stored ? [stored.value] : []))
    .filter((incident) => before.includes(incident.id) && incidents.isOpen(incident) && incident.state !== 'folded')
    .filter((incident) => incident.storm === undefined);
  const members = [...earlier, opening].map(memberName);
  const empty = like?.mixed ? { ...storms.noStorm, mixed: true as const } : storms.noStorm;
  const opened = await open(
    { ...arrival, opening: { ...opening, storm: members.reduce(storms.withMember, empty) } },
    key,
  );
  await amend<Incident, void>(desk.store, 'incidents', slotOf(opened.incident), (incident) => {
    if (!incident) return { result: undefined };
    const value = gathered(incident, earlier, members, desk.clock.now());
    return { result: undefined, value, send: newLookOf(value, incident) };
  });
  for (const { id } of earlier) await fold(desk, id, opened.incident);
  return opened;
}

/** `undefined` when the storm is over. */
async function joinStorm(arrival: Arrival, storm: string): Promise<Fate | undefined> {
  const { desk, opening, voice, part } = arrival;
  return amend<Incident, Fate | undefined>(desk.store, 'incidents', slotOf(storm), (incident) => {
    if (incident?.id !== storm || !isCurrent(arrival, incident)) return { result: undefined };
    const before = fateBefore(incident, opening.record);
    if (before) return { result: before };
    const now = desk.clock.now();
    const result: Fate = { outcome: 'joined', incident: storm };
    const noted = withLeftOut(incident, opening);
    const more = opening.alert ? joined(noted, opening.alert, voice, now, part ? 'part' : 'itself') : noted;
    const members = storms.withMember(more.storm ?? storms.noStorm, memberName(opening));
    const led = ledBy({ ...more, storm: members }, opening, incident.alert, now);
    const announced = announcedSoon(counting(led, opening.record), now);
    const { value, send } = refreshed(announced.value, true, now);
    return { result, value, send: [...announced.send, ...newLookOf(led, incident), ...send] };
  });
}

function isRecent(at: string | undefined, now: Date): boolean {
  return at !== undefined && now.getTime() - Date.parse(at) < REOPEN_WITHIN_MS;
}
