import type { Fate } from './alert.ts';
import { type Amendment, amend } from './documents.ts';
import { fold } from './fold.ts';
import * as incidents from './incident.ts';
import { type Incident, incidentKey, type Opening, slotOf, slotOfKey } from './incident.ts';
import { announceMessage, announceSoonMessage, lookMessage } from './messages.ts';
import type { Outgoing, Store } from './ports.ts';
import * as storms from './storm.ts';
import { calm, type StormWatch } from './storm.ts';
import type { Target } from './target.ts';
import type { Desk } from './triage.ts';

/** An incident that fires again within this time keeps its card. */
const REOPEN_WITHIN_MS = 600_000;
/** Alerts that only join edit the card at most this often. */
const JOIN_EDIT_EVERY_MS = 2_000;

interface Arrival {
  readonly desk: Desk;
  readonly opening: Opening;
  /** `false`: Alertmanager's "resolved" overtook the firing alert. */
  readonly fires: boolean;
}

/**
 * Finds the incident an alert (or a person's question) belongs to, or opens one: the same target's, its node's, the
 * storm's, or its own.
 */
export async function openOrJoin(
  desk: Desk,
  opening: Opening,
  options: { readonly alreadyResolved: boolean },
): Promise<Fate> {
  const arrival: Arrival = { desk, opening, fires: !options.alreadyResolved };
  const key = incidentKey(opening.cluster, opening.runbook, opening.target, opening.alert);
  return (
    (await joinOpen(arrival, slotOfKey(key))) ??
    (await joinNode(arrival)) ??
    (opening.alert && storms.canFold(opening.target) ? await openInWeather(arrival, key) : await open(arrival, key))
  );
}

/** Joins the open incident in this slot, if there is one (or the storm it was folded into). */
async function joinOpen(arrival: Arrival, slot: string): Promise<Fate | undefined> {
  const current = (await arrival.desk.store.get<Incident>('incidents', slot))?.value;
  if (!current || !incidents.isOpen(current)) return undefined;
  if (current.foldedInto) return joinStorm(arrival, current.foldedInto);
  return amend<Incident, Fate | undefined>(arrival.desk.store, 'incidents', slot, (incident) => {
    if (!incident || !incidents.isOpen(incident) || incident.state === 'folded') return { result: undefined };
    return join(arrival, incident);
  });
}

function join({ desk, opening, fires }: Arrival, incident: Incident): Amendment<Incident, Opened> {
  const now = desk.clock.now();
  const result: Opened = { outcome: 'joined', incident: incident.id };
  if (!opening.alert) {
    const asked = incidents.lookWanted(incident, 'asked', now);
    return { result, value: asked, send: [lookMessage(asked.id, asked.look.wanted)] };
  }
  const value = incidents.joined(incident, opening.alert, fires, now);
  return { result, ...announcedSoon(value, now) };
}

/** A pod's alert belongs to its node's incident while that stands open. */
async function joinNode(arrival: Arrival): Promise<Fate | undefined> {
  const { opening, desk } = arrival;
  if (opening.target.kind !== 'Pod' || opening.target.node === undefined) return undefined;
  const node = { kind: 'Node', name: opening.target.node } as const;
  for (const { id, target } of desk.runbooks) {
    if (!target.safeParse(node).success) continue;
    const fate = await joinOpen(arrival, slotOfKey(incidentKey(opening.cluster, id, node)));
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
  const { desk, opening, fires } = arrival;
  const fired =
    fires || !opening.alert ? opening : { ...opening, alert: { ...opening.alert, status: 'resolved' as const } };
  return amend<Incident, Opened>(desk.store, 'incidents', slotOfKey(key), async (last) => {
    // Another alert about the same target may have opened it since we looked.
    if (last && incidents.isOpen(last) && last.state !== 'folded') return join(arrival, last);
    const now = desk.clock.now();
    const again = last && last.state === 'closed' && isRecent(last.closedAt, now);
    const value = again
      ? reopen(last, fired, now)
      : incidents.openIncident(key, await nextGeneration(desk.store, last, now), fired, now);
    const send = [announceMessage(desk.channel, value.id), ...lookOf(value)];
    return { result: { outcome: again ? 'joined' : 'opened', incident: value.id }, value, send };
  });
}

function reopen(last: Incident, { alert, storm, target, targetNote }: Opening, now: Date): Incident {
  const { report, ...before } = incidents.reopened(last, now);
  // Another storm of the same kind has other members, and nothing is known of them yet.
  const back: Incident = storm
    ? { ...before, storm, target, targetNote }
    : { ...before, ...(report ? { report } : {}) };
  return alert ? incidents.joined(back, alert, alert.status === 'firing', now) : back;
}

/** A closed incident makes room for its successor by moving to its own document. */
async function nextGeneration(store: Store, last: Incident | undefined, now: Date): Promise<number> {
  if (!last) return 1;
  const value = last.state === 'folded' ? incidents.closed(last, 'its storm is over', now) : last;
  await store.put({ collection: 'closed', id: last.id, value, expect: 'any' });
  return incidents.generationOf(last) + 1;
}

/** The storm takes over what opened just before it. A member whose trouble was seen speaks first. */
async function openStorm(arrival: Arrival, key: string, before: readonly string[]): Promise<Opened> {
  const { desk, opening } = arrival;
  const earlier = (await Promise.all(before.map((id) => desk.store.get<Incident>('incidents', slotOf(id)))))
    .flatMap((stored) => (stored ? [stored.value] : []))
    .filter((incident) => before.includes(incident.id) && incidents.isOpen(incident) && incident.state !== 'folded');
  const targets = [...earlier.map(({ target }) => target), opening.target];
  const storm = targets.reduce(storms.withMember, storms.noStorm);
  const opened = await open({ ...arrival, opening: { ...opening, storm } }, key);
  await amend<Incident, void>(desk.store, 'incidents', slotOf(opened.incident), (incident) =>
    incident
      ? { result: undefined, value: gathered(incident, earlier, targets, desk.clock.now()) }
      : { result: undefined },
  );
  for (const { id } of earlier) await fold(desk, id, opened.incident);
  return opened;
}

function gathered(incident: Incident, earlier: readonly Incident[], targets: readonly Target[], now: Date): Incident {
  const storm = targets.reduce(storms.withMember, incident.storm ?? storms.noStorm);
  const fresh = earlier.filter(({ id }) => !storm.folded.includes(id));
  const folded = [...storm.folded, ...fresh.map(({ id }) => id)];
  const all = fresh.reduce(incidents.absorbed, { ...incident, storm: { ...storm, folded } });
  return fresh.reduce((said, member) => incidents.spokenFor(said, member, now), all);
}

/** `undefined` when the storm is over. */
async function joinStorm({ desk, opening, fires }: Arrival, storm: string): Promise<Fate | undefined> {
  return amend<Incident, Fate | undefined>(desk.store, 'incidents', slotOf(storm), (incident) => {
    if (incident?.id !== storm || !incidents.isOpen(incident)) return { result: undefined };
    const now = desk.clock.now();
    const result: Fate = { outcome: 'joined', incident: storm };
    const more = opening.alert ? incidents.joined(incident, opening.alert, fires, now) : incident;
    const members = storms.withMember(more.storm ?? storms.noStorm, opening.target);
    return { result, ...announcedSoon({ ...more, storm: members }, now) };
  });
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
