import { reviewMessage } from './acting/messages.ts';
import { type Alert, alertName, beganAt, type Fate } from './alert.ts';
import { type Amendment, amend } from './documents.ts';
import { closeFolded, fold } from './fold.ts';
import { identityOf } from './guess.ts';
import * as incidents from './incident.ts';
import { type Incident, incidentKey, type Opening, slotOf, slotOfKey } from './incident.ts';
import { absorbed, joined, type Voice } from './joining.ts';
import { announceMessage, announceSoonMessage, lookMessage } from './messages.ts';
import type { Outgoing } from './ports.ts';
import { remembered } from './put-away.ts';
import { refreshed, silentForMs } from './refresh.ts';
import { hasTopic } from './runbook.ts';
import * as storms from './storm.ts';
import { calm, type StormWatch } from './storm.ts';
import { targetName } from './target.ts';
import type { Desk } from './triage.ts';
import { counted } from './words.ts';

/** An incident that fires again within this time keeps its card. */
const REOPEN_WITHIN_MS = 600_000;
/** Alerts that only join edit the card at most this often. */
const JOIN_EDIT_EVERY_MS = 2_000;
const DAY_MS = 86_400_000;

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
  return (
    (await joinOpen(arrival, slotOfKey(key))) ??
    (await joinNode(arrival)) ??
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
  const current = (await arrival.desk.store.get<Incident>('incidents', slot))?.value;
  if (!current || !isCurrent(arrival, current)) return undefined;
  if (current.foldedInto) return arrival.opening.alert && joinStorm(arrival, current.foldedInto);
  return amend<Incident, Fate | undefined>(arrival.desk.store, 'incidents', slot, (incident) => {
    if (!incident || !isCurrent(arrival, incident) || incident.state === 'folded') return { result: undefined };
    return join(arrival, incident);
  });
}

/** Open, and heard of lately: nobody looks at a card of last week when an alert is added to it. */
function isCurrent({ desk, opening, voice, part }: Arrival, incident: Incident): boolean {
  if (part && opening.alert && wasBefore(opening.alert, incident)) return false;
  const isNews = opening.alert !== undefined && voice !== 'over' && incident.state !== 'folded';
  return incidents.isOpen(incident) && !(isNews && silentForMs(incident, desk.clock.now()) !== undefined);
}

/** What is wrong with a pod of a node fires this long before the node's own alert, at most: that waits for 15 minutes (KubeNodeNotReady). */
const PART_BEFORE_MS = 1_200_000;

function wasBefore(alert: Alert, { since, openedAt }: Incident): boolean {
  const began = beganAt(alert);
  return began !== undefined && Date.parse(began) < Date.parse(since ?? openedAt) - PART_BEFORE_MS;
}

function join({ desk, opening, voice, stormy, part }: Arrival, incident: Incident): Amendment<Incident, Opened> {
  const now = desk.clock.now();
  const result: Opened = { outcome: 'joined', incident: incident.id };
  if (!opening.alert) {
    const asked = incidents.lookWanted(incident, 'asked', now);
    return { result, value: asked, send: [lookMessage(asked.id, asked.look.wanted)] };
  }
  const more = joined(withLeftOut(incident, opening), opening.alert, voice, now, part ? 'part' : 'itself');
  const announced = announcedSoon(more, now);
  const { value, send } =
    voice === 'over' ? { value: announced.value, send: [] } : refreshed(announced.value, stormy, now);
  return { result, value, send: [...announced.send, ...send] };
}

function withLeftOut(incident: Incident, { leftOut = 0 }: Opening): Incident {
  return leftOut > (incident.leftOut ?? 0) ? { ...incident, leftOut } : incident;
}

/** A pod's alert belongs to its node's incident while that stands open, unless it began before the node's trouble did. */
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

/** Opens an incident of its own, or the storm's when too many have just opened in this cluster. */
async function openInWeather(arrival: Arrival, key: string): Promise<Fate> {
  const { desk, opening } = arrival;
  const { id, key: stormKey } = storms.watchOf(opening.cluster, opening.target.kind, opening.runbook);
  return amend<StormWatch, Fate>(desk.store, 'storms', id, async (watch = calm) => {
    const now = desk.clock.now();
    const going = storms.stormNow(watch, now);
    if (going) {
      const result = await joinStorm(arrival, going);
      if (result) return storms.isStale(watch, now) ? { result, value: storms.noteStorm(going, now) } : { result };
    }
    const meanwhile = await joinOpen(arrival, slotOfKey(key));
    if (meanwhile) return { result: meanwhile };
    const before = storms.recent(watch, now).map(({ incident }) => incident);
    if (before.length < storms.STORM_OPENINGS) {
      const result = await open(arrival, key);
      // One that fired again has its card and its history: it is not what begins just now.
      return result.outcome === 'opened'
        ? { result, value: storms.noteOpening(watch, result.incident, now) }
        : { result };
    }
    const result = await openStorm(arrival, stormKey, before);
    return { result, value: storms.noteStorm(result.incident, now) };
  });
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
    // Another alert about the same target may have opened it since we looked.
    if (last && isCurrent(arrival, last) && last.state !== 'folded') return join(arrival, last);
    const now = desk.clock.now();
    const again = last && last.state === 'closed' && isRecent(last.closedAt, now);
    replaced = last && !again ? makeRoom(last, now) : undefined;
    if (replaced) await desk.store.put({ collection: 'closed', id: replaced.id, value: replaced, expect: 'any' });
    const value = again
      ? reopen(last, fired, voice, now)
      : next(key, last, await generationBefore(desk, key, last), fired, voice, now);
    const old = replaced && last && incidents.isOpen(last) ? goodbye(desk, replaced) : [];
    const send = [announceMessage(desk.channel, value.id), ...lookOf(value), ...old];
    return { result: { outcome: again ? 'joined' : 'opened', incident: value.id }, value, send };
  });
  if (replaced) await closeFolded(desk, replaced);
  return opened;
}

function reopen(last: Incident, opening: Opening, voice: Voice, now: Date): Incident {
  const { alert, storm, target, targetNote } = opening;
  const { report, ...before } = incidents.reopened(withLeftOut(last, opening), now);
  // Another storm of the same kind has other members, and nothing is known of them yet.
  const back: Incident = storm
    ? { ...before, storm, target, targetNote }
    : { ...before, ...(report ? { report } : {}) };
  return alert ? joined(back, alert, voice, now) : back;
}

/** An incident makes room for its successor by moving, closed, to its own document. */
function makeRoom(last: Incident, now: Date): Incident {
  if (last.state === 'closed') return last;
  if (last.state === 'folded') return incidents.closed(last, 'it has a card of its own again', now);
  const silence = Math.round((silentForMs(last, now) ?? 0) / DAY_MS);
  return incidents.closed(
    last,
    `nothing was heard of it for ${counted(silence, 'day')}; it fires again, on a new card`,
    now,
  );
}

/** The generation of the incident before it, 0 if there was none. */
async function generationBefore({ store }: Desk, key: string, last: Incident | undefined): Promise<number> {
  if (last) return incidents.generationOf(last);
  return (await remembered(store, slotOfKey(key)))?.generation ?? 0;
}

function next(
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

/** The last edit of a card that is left behind, and of what was asked for on it. */
function goodbye(desk: Desk, { id, plans }: Incident): Outgoing[] {
  return [announceMessage(desk.channel, id), ...(plans?.length ? [reviewMessage(id)] : [])];
}

/** The storm takes over what opened just before it. A member whose trouble was seen speaks first. */
async function openStorm(arrival: Arrival, key: string, before: readonly string[]): Promise<Opened> {
  const { desk, opening } = arrival;
  const earlier = (await Promise.all(before.map((id) => desk.store.get<Incident>('incidents', slotOf(id)))))
    .flatMap((stored) => (stored ? [stored.value] : []))
    .filter((incident) => before.includes(incident.id) && incidents.isOpen(incident) && incident.state !== 'folded');
  const members = [...earlier, opening].map(memberName);
  const storm = members.reduce(storms.withMember, storms.noStorm);
  const opened = await open({ ...arrival, opening: { ...opening, storm } }, key);
  await amend<Incident, void>(desk.store, 'incidents', slotOf(opened.incident), (incident) =>
    incident
      ? { result: undefined, value: gathered(incident, earlier, members, desk.clock.now()) }
      : { result: undefined },
  );
  for (const { id } of earlier) await fold(desk, id, opened.incident);
  return opened;
}

function gathered(incident: Incident, earlier: readonly Incident[], members: readonly string[], now: Date): Incident {
  const storm = members.reduce(storms.withMember, incident.storm ?? storms.noStorm);
  const fresh = earlier.filter(({ id }) => !storm.folded.includes(id));
  const folded = [...storm.folded, ...fresh.map(({ id }) => id)];
  const all = fresh.reduce(absorbed, { ...incident, storm: { ...storm, folded } });
  return fresh.reduce((said, member) => incidents.spokenFor(said, member, now), all);
}

/** `undefined` when the storm is over. */
async function joinStorm({ desk, opening, voice }: Arrival, storm: string): Promise<Fate | undefined> {
  return amend<Incident, Fate | undefined>(desk.store, 'incidents', slotOf(storm), (incident) => {
    if (incident?.id !== storm || !incidents.isOpen(incident)) return { result: undefined };
    const now = desk.clock.now();
    const result: Fate = { outcome: 'joined', incident: storm };
    const noted = withLeftOut(incident, opening);
    const more = opening.alert ? joined(noted, opening.alert, voice, now) : noted;
    const members = storms.withMember(more.storm ?? storms.noStorm, memberName(opening));
    const announced = announcedSoon({ ...more, storm: members }, now);
    const { value, send } = refreshed(announced.value, true, now);
    return { result, value, send: [...announced.send, ...send] };
  });
}

const MAX_NAME_CHARS = 120;

/** The target; for an alert whose labels name no object, the alert with the labels that tell it from others. */
function memberName({ runbook, target, alert }: Pick<Opening, 'runbook' | 'target' | 'alert'>): string {
  if (hasTopic(runbook) || !alert || !incidents.isWide(target)) return targetName(target);
  const labels = identityOf(alert.labels).map(([label, value]) => `${label}=${value}`);
  return `alert/${alertName(alert)}{${labels.join(', ')}`.slice(0, MAX_NAME_CHARS).concat('}');
}

function lookOf(incident: Incident): Outgoing[] {
  return incident.look.wanted > incident.look.done ? [lookMessage(incident.id, incident.look.wanted)] : [];
}

/** Asks for one edit of the card for all joins of the next moment. */
function announcedSoon(incident: Incident, now: Date): { value: Incident; send: Outgoing[] } {
  if (incident.announceDueAt && Date.parse(incident.announceDueAt) > now.getTime())
    return { value: incident, send: [] };
  const announceDueAt = new Date(now.getTime() + JOIN_EDIT_EVERY_MS).toISOString();
  return {
    value: { ...incident, announceDueAt },
    send: [announceSoonMessage(incident.id, JOIN_EDIT_EVERY_MS)],
  };
}

function isRecent(at: string | undefined, now: Date): boolean {
  return at !== undefined && now.getTime() - Date.parse(at) < REOPEN_WITHIN_MS;
}
