import { type Alert, type AlertRecord, alertKey, type Fate } from './alert.ts';
import { nextShown } from './beside.ts';
import { clusterOf } from './clusters.ts';
import type { NodeDirectory } from './directory.ts';
import { amend } from './documents.ts';
import { closeFolded, holderOf } from './fold.ts';
import { holderOfSlot } from './held.ts';
import {
  canLook,
  canLookUp,
  closed,
  type Incident,
  incidentKey,
  isOpen,
  lookWanted,
  slotOf,
  slotOfKey,
} from './incident.ts';
import { alertResolved, isOfEarlier } from './joining.ts';
import { answererOf, signalOnly } from './match.ts';
import { announceMessage, lookMessage } from './messages.ts';
import { openOrJoin } from './open.ts';
import { isPart, ownFiring } from './parts.ts';
import type { PlanLine } from './plan-card.ts';
import type { Clock, Store } from './ports.ts';
import { hasShownTarget, remembered } from './put-away.ts';
import type { Source } from './readers.ts';
import { lastRecord } from './records.ts';
import { refreshed } from './refresh.ts';
import { noteRejected } from './rejected.ts';
import type { Lookup, Resolution } from './resolution.ts';
import { resolveTarget } from './resolve.ts';
import type { AnyRunbook } from './runbook.ts';
import { isWatchOf, type StormWatch, stormsNow, stormsOf } from './storm.ts';
import { RESOLVED_UNSEEN } from './succession.ts';

/** One cluster the bot looks after. `match` are the alert labels that say "this cluster"; empty means every alert. */
export interface Cluster {
  readonly name: string;
  readonly match: Readonly<Record<string, string>>;
  readonly source: Source;
  readonly nodes: NodeDirectory;
}

export interface Desk {
  readonly store: Store;
  readonly clock: Clock;
  readonly runbooks: readonly AnyRunbook[];
  readonly clusters: readonly Cluster[];
  readonly channel: string;
  /** What may be done about an incident and what was: absent where nothing can be changed. */
  readonly offers?: (incident: Incident) => Promise<Offers>;
}

/** For the card: remedies with a button, and the plans somebody asked for. */
export interface Offers {
  readonly offered: readonly string[];
  readonly plans: readonly PlanLine[];
  /** Why a fix with a button can only be looked at. */
  readonly note?: string;
}

/** Decides what becomes of one stored alert, and writes that down with the alert. Repeating it changes nothing. */
export async function triage(desk: Desk, key: string): Promise<Fate> {
  const stored = await desk.store.get<AlertRecord>('alerts', key);
  if (stored === undefined) return { outcome: 'suppressed', why: 'its record was pruned before it was worked on' };
  if (stored.value.fate.outcome !== 'accepted') return stored.value.fate;
  const fate = await decide(desk, key, stored.value);
  // Before the fate: a crash in between leaves a note too many, not one too few.
  if (fate.outcome === 'rejected' && stored.value.alert.status === 'firing')
    await noteRejected(desk, key, stored.value.alert);
  await amend<AlertRecord, void>(desk.store, 'alerts', key, (record) =>
    record?.fate.outcome === 'accepted' ? { result: undefined, value: { ...record, fate } } : { result: undefined },
  );
  return fate;
}

async function decide(desk: Desk, record: string, { alert, again, leftOut }: AlertRecord): Promise<Fate> {
  const signal = signalOnly(alert);
  if (signal) return { outcome: 'suppressed', why: signal };
  const cluster = clusterOf(desk.clusters, alert.labels);
  if ('why' in cluster) return { outcome: 'rejected', why: cluster.why };

  const known = alert.status === 'resolved' ? await resolveByRecord(desk, alert) : undefined;
  if (known) return known;
  const answerer = answererOf(alert, desk.runbooks);
  const runbook = answerer.runbook?.id ?? null;
  const lookup = lookupOf(desk, cluster, runbook);
  const stormy = await isStormy(desk, cluster);
  const resolution = await resolveTarget(alert, answerer.match, stormy ? { nodes: lookup.nodes } : lookup);

  if (alert.status === 'resolved') return resolve(desk, cluster, runbook, resolution, alert);
  const over = again ? undefined : await desk.store.get('alerts', alertKey({ ...alert, status: 'resolved' }));
  const found = { cluster: cluster.name, runbook, target: resolution.target, targetNote: resolution.note };
  const { topic } = answerer;
  const opening = {
    ...found,
    alert,
    record,
    ...(leftOut === undefined ? {} : { leftOut }),
    ...(topic ? { topic } : {}),
  };
  return openOrJoin(desk, opening, { voice: again ? 'again' : over ? 'over' : 'fires', stormy });
}

/** Where the labels of an alert are followed to. */
export function lookupOf({ store }: Desk, { name, source, nodes }: Cluster, runbook: string | null): Required<Lookup> {
  return {
    source,
    nodes,
    wasSeen: async (node) => {
      const slot = slotOfKey(incidentKey(name, runbook, { kind: 'Node', name: node }));
      const current = (await store.get<Incident>('incidents', slot))?.value;
      return current ? hasShownTarget(current) : ((await remembered(store, slot))?.looked ?? false);
    },
  };
}

/** The firing alert's own record knows its incident, wherever its labels lead today. */
async function resolveByRecord(desk: Desk, alert: Alert): Promise<Fate | undefined> {
  const fate = (await lastRecord(desk.store, { ...alert, status: 'firing' }))?.fate;
  if (!fate || !('incident' in fate)) return undefined;
  const holder = await holderOf(desk, fate.incident);
  return holder === undefined ? undefined : resolveIn(desk, slotOf(holder), alert);
}

/** Without a record of the firing alert, its labels are followed again. */
async function resolve(
  desk: Desk,
  cluster: Cluster,
  runbook: string | null,
  { target }: Resolution,
  alert: Alert,
): Promise<Fate> {
  const keys = [incidentKey(cluster.name, runbook, target, alert), ...foldedHolders(desk, cluster, target)];
  const own = keys.map(slotOfKey);
  const held = await Promise.all(own.map((slot) => holderOfSlot(desk.store, slot)));
  const elsewhere = held.flatMap((incident) => (incident ? [slotOf(incident.id)] : []));
  for (const slot of new Set([...own, ...elsewhere, ...(await stormSlots(desk, cluster))])) {
    const fate = await resolveIn(desk, slot, alert);
    if (fate) return fate;
  }
  return { outcome: 'suppressed', why: 'resolved, and no incident was open for it' };
}

/** A resolved alert never closes by itself: it asks for a look at the object, if an incident stands open. */
async function resolveIn(desk: Desk, slot: string, alert: Alert): Promise<Fate | undefined> {
  const next = await successorOf(desk, slot, alert);
  let isEarlier = false;
  const done = await amend<Incident, Incident | undefined>(desk.store, 'incidents', slot, (incident) => {
    if (!incident || !isOpen(incident) || !incident.firing.includes(alert.fingerprint)) return { result: undefined };
    isEarlier = isOfEarlier(incident, alert);
    if (isEarlier) return { result: undefined };
    const now = desk.clock.now();
    const rest = alertResolved(incident, alert, now, next);
    const announce = announceMessage(desk.channel, incident.id);
    if (isPart(incident, alert)) return { result: rest, value: rest, send: [announce] };
    if (ownFiring(rest).length > 0) {
      // What the card says may have been the reason of this one alone.
      const { value, send } = refreshed(rest, rest.storm !== undefined, now);
      return { result: value, value, send: [announce, ...send] };
    }
    if (!canLook(rest) && !canLookUp(rest)) {
      const value = closed(rest, RESOLVED_UNSEEN, now);
      return { result: value, value, send: [announce] };
    }
    const value = lookWanted(rest, 'resolved', now);
    return { result: value, value, send: [lookMessage(value.id, value.look.wanted)] };
  });
  if (isEarlier) return { outcome: 'suppressed', why: 'resolved before it began to fire again' };
  if (!done) return undefined;
  await closeFolded(desk, done);
  return { outcome: 'joined', incident: done.id };
}

/** The whole alert that the card is to show when this one is over. */
async function successorOf({ store }: Desk, slot: string, alert: Alert): Promise<Alert | undefined> {
  const incident = (await store.get<Incident>('incidents', slot))?.value;
  const next = incident && nextShown(incident, alert);
  if (next?.startsAt === undefined) return undefined;
  const { fingerprint, startsAt } = next;
  return (await lastRecord(store, { fingerprint, startsAt, status: 'firing' }))?.alert;
}

/** A pod's alert may have joined its node's incident. */
function foldedHolders(desk: Desk, cluster: Cluster, target: Resolution['target']): string[] {
  if (target.kind !== 'Pod' || target.node === undefined) return [];
  const node = { kind: 'Node', name: target.node } as const;
  return desk.runbooks.map(({ id }) => incidentKey(cluster.name, id, node));
}

async function stormSlots(desk: Desk, cluster: Cluster): Promise<string[]> {
  return (await watchesOf(desk, cluster)).flatMap(stormsOf).map(({ incident }) => slotOf(incident));
}

/** Whether so many alerts arrive that nothing is asked for each of them. */
export async function isStormy(desk: Desk, cluster: Cluster): Promise<boolean> {
  const now = desk.clock.now();
  return (await watchesOf(desk, cluster)).some((watch) => stormsNow(watch, now).length > 0);
}

async function watchesOf({ store }: Desk, { name }: Cluster): Promise<StormWatch[]> {
  const stored = await store.list<StormWatch>('storms');
  return stored.filter(({ id }) => isWatchOf(name, id)).map(({ value }) => value);
}
