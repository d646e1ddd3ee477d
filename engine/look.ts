import { reviewMessage } from './acting/messages.ts';
import { contextOf } from './alert.ts';
import { amend } from './documents.ts';
import { closeFolded, tellStorm } from './fold.ts';
import { canLook, canLookUp, closed, type Incident, isBlind, isOpen, lookWanted, slotOf } from './incident.ts';
import { investigate } from './investigate.ts';
import { looked, silentWords, turned } from './looked.ts';
import { lookUp } from './lookup.ts';
import { announceMessage, announceSoonMessage, lookMessage, recheckMessage } from './messages.ts';
import { withIncidents } from './neighbours.ts';
import { letPartsGo } from './parts.ts';
import type { Outgoing } from './ports.ts';
import { STORM_REFRESH_EVERY_MS, silentForMs } from './refresh.ts';
import type { EvidenceReport, Report } from './report.ts';
import type { Desk } from './triage.ts';

const FIRST_RECHECK_MS = 60_000;
const LAST_RECHECK_MS = 900_000;
/** After these many looks that changed nothing (about five hours) the tick asks, once an hour. */
const MAX_RECHECKS = 24;
const RARE_RECHECK_MS = 3_600_000;
/** A quick run shows only its result; a slow one shows its evidence come in, at this pace. */
const PROGRESS_EVERY_MS = 1_000;

/** What has been seen so far of a look that is going on: evidence id → state. */
export interface Progress {
  readonly wanted: number;
  readonly evidence: Readonly<Record<string, EvidenceReport['status']>>;
}

export interface LookOptions {
  readonly signal?: AbortSignal;
  readonly onReport?: (report: Report) => void;
}

/** Runs the incident's runbook and stores what it found. A message that was worked on before changes nothing. */
export async function look(desk: Desk, id: string, wanted: number, options: LookOptions = {}): Promise<void> {
  const stored = (await desk.store.get<Incident>('incidents', slotOf(id)))?.value;
  if (stored?.id !== id || !isOpen(stored) || stored.look.done >= wanted) return;
  const incident = canLookUp(stored) ? await lookUp(desk, stored, wanted) : await toLookAt(desk, stored);
  if (!incident) return;
  const runbook = desk.runbooks.find((candidate) => candidate.id === incident.runbook);
  const cluster = desk.clusters.find(({ name }) => name === incident.cluster);
  if (!runbook || !cluster) return;

  const progress = progressOf(desk, incident, wanted);
  const report = await investigate(runbook, incident.target, {
    source: withIncidents(cluster.source, desk, incident),
    clock: desk.clock,
    cluster: cluster.name,
    since: incident.since === undefined ? undefined : new Date(incident.since),
    alert: contextOf(incident.alert),
    onEvidence: progress.note,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  progress.stop();
  options.signal?.throwIfAborted();
  options.onReport?.(report);

  const after = await amend<Incident, Incident | undefined>(desk.store, 'incidents', slotOf(id), (current) => {
    if (current?.id !== id || !isOpen(current)) return { result: current };
    const value = looked(current, report, wanted, desk.clock.now());
    const next = value.look.wanted > current.look.wanted ? [lookMessage(id, value.look.wanted)] : [];
    // People wait for decisions that rest on what was seen before.
    const review = value.plans?.length ? [reviewMessage(id)] : [];
    const send = [announceMessage(desk.channel, id), ...next, ...later(value), ...review];
    return { result: value, value, send };
  });
  if (after?.state === 'folded') await tellStorm(desk, after);
  if (after?.state === 'closed') await closeFolded(desk, after);
  if (after) await letPartsGo(desk, after);
}

/** The incident as it is to be looked at; `undefined`: not any more. */
function toLookAt(desk: Desk, { id }: Incident): Promise<Incident | undefined> {
  return amend<Incident, Incident | undefined>(desk.store, 'incidents', slotOf(id), (incident) => {
    if (incident?.id !== id || !isOpen(incident)) return { result: undefined };
    const value = turned(incident);
    return value === incident ? { result: incident } : { result: value, value };
  });
}

/** Still broken although no alert fires, or not seen although one does: look again after a while, each time after a longer one. */
export async function recheck(desk: Desk, id: string, rechecks: number): Promise<void> {
  await amend<Incident, void>(desk.store, 'incidents', slotOf(id), (incident) => {
    if (incident?.id !== id || !wantsRecheck(incident) || incident.rechecks !== rechecks) return { result: undefined };
    const value = lookWanted(incident, 'recheck', desk.clock.now());
    return { result: undefined, value, send: [lookMessage(id, value.look.wanted)] };
  });
}

/**
 * What goes on is looked at once an hour: it may have changed, and Alertmanager may never speak of it again. Called by the
 * tick, so it also mends a recheck whose message was lost.
 */
export async function recheckRarely(desk: Desk, seen: Incident): Promise<void> {
  const { id } = seen;
  if (!isLeftAlone(seen, desk.clock.now())) return;
  await amend<Incident, void>(desk.store, 'incidents', slotOf(id), (incident) => {
    const now = desk.clock.now();
    if (incident?.id !== id || !isLeftAlone(incident, now)) return { result: undefined };
    if (!canLook(incident) && !canLookUp(incident)) {
      const value = closed(incident, silentWords(incident), now);
      return { result: undefined, value, send: [announceMessage(desk.channel, id)] };
    }
    // Alertmanager repeats what fires: of what it has been silent about so long the "resolved" was lost.
    const silent = silentForMs(incident, now) === undefined ? {} : { doubted: incident.firing };
    const value = { ...lookWanted(incident, 'recheck', now), ...silent };
    return { result: undefined, value, send: [lookMessage(id, value.look.wanted)] };
  });
}

function isLeftAlone(incident: Incident, now: Date): boolean {
  const { state, look, report, firing } = incident;
  if (look.wanted > look.done || state === 'closed' || state === 'folded') return false;
  const isSilent = silentForMs(incident, now) !== undefined;
  if (report === undefined) return isSilent;
  if (state !== 'still-broken' && firing.length === 0 && !isSilent) return false;
  return now.getTime() - Date.parse(report.startedAt) >= RARE_RECHECK_MS;
}

function later(incident: Incident): Outgoing[] {
  if (!wantsRecheck(incident) || incident.rechecks > MAX_RECHECKS) return [];
  const firstMs = incident.storm && incident.firing.length > 0 ? STORM_REFRESH_EVERY_MS : FIRST_RECHECK_MS;
  const delayMs = Math.min(LAST_RECHECK_MS, firstMs * 2 ** (incident.rechecks - 1));
  return [recheckMessage(incident.id, incident.rechecks, delayMs)];
}

function wantsRecheck({ state, report, firing, rechecks }: Incident): boolean {
  return rechecks > 0 && (state === 'still-broken' || (firing.length > 0 && isBlind(report)));
}

/** Progress is a courtesy: losing a note of it loses nothing, so its writes are neither awaited nor retried. */
function progressOf(desk: Desk, incident: Incident, wanted: number) {
  const evidence: Record<string, EvidenceReport['status']> = {};
  let notedAt = performance.now();
  let running = true;
  return {
    note({ id, status }: EvidenceReport) {
      evidence[id] = status;
      if (!running || performance.now() - notedAt < PROGRESS_EVERY_MS) return;
      notedAt = performance.now();
      const value: Progress = { wanted, evidence: { ...evidence } };
      const send = [announceSoonMessage(incident.id, 0)];
      desk.store.put({ collection: 'progress', id: incident.id, value, expect: 'any', send }).catch(() => undefined);
    },
    stop() {
      running = false;
    },
  };
}
