import type { ByHand, Incident } from '../incident.ts';
import { slotOf } from '../incident.ts';
import { announceMessage } from '../messages.ts';
import type { Verification } from '../plan.ts';
import type { Collection, Outgoing } from '../ports.ts';
import { amendWithEntry } from './amend-noted.ts';
import type { Acting } from './desk.ts';
import { remediateMessage } from './messages.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { lookAgain } from './planner.ts';
import { incidentById } from './stored.ts';
import { askForLook } from './verify.ts';

/**
 * So long after a deed it is looked at whether it helped. A kubelet that was started reports within 10 to 40 s
 * (`nodeStatusUpdateFrequency` 10 s, `--node-monitor-grace-period` 40 or 50 s), and rates of Prometheus are over minutes.
 */
const LOOKS_AFTER_SECONDS = [30, 120, 300, 600] as const;
const GIVE_UP_MS = 600_000;
/** A look that is late by so much has lost its message. */
const LOST_MS = 300_000;

/** Which deed of an incident, by the fix and when it was noted. */
interface Series {
  readonly incident: string;
  readonly manual: string;
  readonly at: string;
}

/** Whether it is still looked at if it helped. */
export function isBeingVerified({ before, verification }: ByHand): boolean {
  return before !== undefined && (verification === undefined || verification.verdict === 'waiting');
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
  const isFinal = next === undefined || (seen.verdict === 'fixed' && deed.before?.recovered !== 'confirmed');
  const verification: Verification = {
    looks: look,
    untilAt: new Date(Date.parse(at) + GIVE_UP_MS).toISOString(),
    verdict: isFinal ? seen.verdict : 'waiting',
    reason: seen.reason,
    at: now.toISOString(),
  };
  const write = (collection: Collection, document: string) =>
    amendWithEntry<Incident, boolean>(acting, collection, document, async (current, { note }) => {
      const mine = current?.byHand?.find((one) => one.manual === manual && one.at === at);
      if (current?.id !== id || !mine || isBehind(mine, look)) return { result: false };
      const { verdict, reason } = verification;
      const details = { manual, title: deed.title, verdict, reason, looks: look };
      if (isFinal) await note({ kind: 'verified', cluster: current.cluster, incident: id, details });
      // Whoever did the same meanwhile gets the same answer.
      const byHand = current.byHand?.map((one) => (isOfSeries(one, mine) ? { ...one, verification } : one)) ?? [];
      const told = announceMessage(acting.channel, id);
      return { result: true, value: { ...current, byHand }, send: [told, ...(isFinal || !next ? [] : [next])] };
    });
  const isStored = (await write('incidents', slotOf(id))) || (await write('closed', id));
  if (isStored && isFinal) await askForLook(acting, id);
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

function isOfSeries({ manual, at, verification }: ByHand, first: ByHand): boolean {
  const isOpen = verification === undefined || verification.verdict === 'waiting';
  return isOpen && manual === first.manual && at >= first.at;
}

async function seenNow(acting: Acting, incident: Incident, { cause = '', before }: ByHand): Promise<Outcome> {
  const again = await lookAgain(acting, incident);
  if ('problem' in again || !before) {
    return {
      verdict: 'cannot-tell',
      reason: 'problem' in again ? again.problem : 'what was there before is not known',
    };
  }
  const runbook = acting.runbooks.find(({ id }) => id === incident.runbook) ?? { causes: {} };
  return outcomeOf({ cause: { id: cause, title: '', reason: '' }, before }, again.report, runbook);
}
