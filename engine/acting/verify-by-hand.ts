import type { ByHand, Incident } from '../incident.ts';
import { announceMessage } from '../messages.ts';
import type { Verification } from '../plan.ts';
import type { Outgoing } from '../ports.ts';
import type { Acting } from './desk.ts';
import { plansAbout } from './incident-plans.ts';
import { amendIncident } from './incident-wishes.ts';
import { type Attributed, attributed, GIVE_UP_MS } from './meanwhile.ts';
import { remediateMessage } from './messages.ts';
import { outcomeOf } from './outcome.ts';
import { lookAgain } from './planner.ts';
import { incidentById, isVerified } from './stored.ts';
import { askForLook } from './verify.ts';

/**
 * So long after a deed it is looked at whether it helped. A kubelet that was started reports within 10 to 40 s
 * (`nodeStatusUpdateFrequency` 10 s, `--node-monitor-grace-period` 40 or 50 s), and rates of Prometheus are over minutes.
 */
const LOOKS_AFTER_SECONDS = [30, 120, 300, 600] as const;
/** The second look: what is mended shows by then (see above), so that nothing older is judged too early. */
const SHOWS_WITHIN_MS = 120_000;
/** A look that is late by so much has lost its message. */
const LOST_MS = 300_000;

/** Which deed of an incident, by the fix and when it was noted. */
interface Series {
  readonly incident: string;
  readonly manual: string;
  readonly at: string;
}

/** Whether it is still looked at if it helped. */
export function isBeingVerified(deed: ByHand): boolean {
  return deed.before !== undefined && !isVerified(deed);
}

/** The next look, `undefined` once the time is up. */
export function nextLook(series: Series, look: number, now: Date): Outgoing | undefined {
  const sinceMs = now.getTime() - Date.parse(series.at);
  const after = LOOKS_AFTER_SECONDS.map((seconds) => seconds * 1_000).find((ms) => ms > sinceMs);
  if (after === undefined) return undefined;
  const { incident, manual, at } = series;
  return remediateMessage({ type: 'verify-by-hand', incident, manual, at, look }, undefined, after - sinceMs);
}

/**
 * Looks at the causes' own evidence again, as after a change of Nightshift's own (`verify`), until it says fixed or the
 * time is up. `look` counts from 1 and tells a repeated message from the next look.
 */
export async function verifyByHand(acting: Acting, message: Series & { readonly look: number }): Promise<void> {
  const { incident: id, manual, at, look } = message;
  const incident = await incidentById(acting.store, id);
  const deed = incident?.byHand?.find((one) => one.manual === manual && one.at === at);
  if (!incident || !deed || isBehind(deed, look)) return;
  const seen = await seenNow(acting, incident, deed);
  const now = acting.clock.now();
  const next = nextLook({ incident: id, manual, at }, look + 1, now);
  // What looked well before must go on doing so: only the end of the time proves it.
  const isSettled = seen.verdict === 'fixed' || seen.isOver === true;
  const isFinal = next === undefined || (isSettled && deed.before?.recovered !== 'confirmed');
  const verification: Verification = {
    looks: look,
    untilAt: new Date(Date.parse(at) + GIVE_UP_MS).toISOString(),
    verdict: isFinal ? seen.verdict : 'waiting',
    reason: seen.reason,
    at: now.toISOString(),
  };
  const isStored = await amendIncident(acting, id, async (current, { note }) => {
    const mine = current.byHand?.find((one) => one.manual === manual && one.at === at);
    if (!mine || isBehind(mine, look)) return { result: false };
    const { verdict, reason } = verification;
    const details = { manual, title: deed.title, verdict, reason, looks: look };
    if (isFinal) await note({ kind: 'verified', cluster: current.cluster, incident: id, details });
    const deeds = current.byHand ?? [];
    const late = isFinal && !isSettled ? deeds.filter((one) => isOfSeries(one, mine) && isTooYoung(one, now)) : [];
    // Whoever did the same meanwhile gets the same answer; those who did it a moment ago get one of their own.
    const byHand = deeds.map((one) => {
      if (late.includes(one)) return anew(one, one === late[0] ? mine : undefined);
      return isOfSeries(one, mine) ? { ...one, verification } : one;
    });
    const more = isFinal ? late.slice(0, 1).flatMap((one) => nextLook({ ...one, incident: id }, 1, now) ?? []) : [next];
    const send = [announceMessage(acting.channel, id), ...more.filter((one) => one !== undefined)];
    return { result: true, value: { ...current, byHand }, send };
  });
  if (isStored && isFinal) await askForLook(acting, id);
}

/** Done so short before the end that it cannot have shown yet. */
function isTooYoung({ at }: ByHand, now: Date): boolean {
  return now.getTime() - Date.parse(at) < SHOWS_WITHIN_MS;
}

/** It begins a series of looks, which compares with what was there before the first; or it belongs to such a one. */
function anew({ verification: _of, ...deed }: ByHand, first: ByHand | undefined): ByHand {
  const { cause, before } = first ?? {};
  return { ...deed, ...(cause === undefined ? {} : { cause }), ...(before ? { before } : {}) };
}

/** What was lost with its message: the look that a deed waits for. */
export function lostLooks({ id, byHand = [] }: Incident, now: Date): Outgoing[] {
  return byHand.filter(isBeingVerified).flatMap(({ manual, at, verification }) => {
    const last = LOOKS_AFTER_SECONDS.map((seconds) => Date.parse(at) + seconds * 1_000);
    const seenMs = Date.parse(verification?.at ?? at);
    const dueMs = last.find((ms) => ms > seenMs) ?? seenMs;
    if (now.getTime() - dueMs < LOST_MS) return [];
    const look = (verification?.looks ?? 0) + 1;
    return [remediateMessage({ type: 'verify-by-hand', incident: id, manual, at, look })];
  });
}

/** The message was worked on before, or all of it is over. */
function isBehind(deed: ByHand, look: number): boolean {
  return !isBeingVerified(deed) || (deed.verification?.looks ?? 0) >= look;
}

function isOfSeries(deed: ByHand, { manual, at }: ByHand): boolean {
  return !isVerified(deed) && deed.manual === manual && deed.at >= at;
}

async function seenNow(acting: Acting, incident: Incident, deed: ByHand): Promise<Attributed> {
  const { cause = '', before } = deed;
  const again = await lookAgain(acting, incident);
  if ('problem' in again || !before) {
    return {
      verdict: 'cannot-tell',
      reason: 'problem' in again ? again.problem : 'what was there before is not known',
    };
  }
  const runbook = acting.runbooks.find(({ id }) => id === incident.runbook) ?? { causes: {}, remedies: {} };
  const outcome = outcomeOf({ cause: { id: cause, title: '', reason: '' }, before }, again.report, runbook);
  return attributed(outcome, { deed }, incident, await plansAbout(acting.store, incident.id), runbook);
}
