import { settleOf } from '../changes/catalog.ts';
import { unfinished } from '../changes/rollout-state.ts';
import { amend } from '../documents.ts';
import { messageOf } from '../errors.ts';
import { type Incident, lookWanted, slotOf } from '../incident.ts';
import { announcePlanMessage, lookMessage } from '../messages.ts';
import type { Plan, Verification } from '../plan.ts';
import type { Outgoing } from '../ports.ts';
import { redact } from '../redact.ts';
import { amendNoted } from './amend-noted.ts';
import { announcePlan } from './announce.ts';
import { kubeOf } from './compile.ts';
import { type Acting, clusterOf } from './desk.ts';
import { emptiedNow } from './emptied.ts';
import { plansAbout } from './incident-plans.ts';
import { aboutPlan } from './ledger.ts';
import { changedSince } from './left.ts';
import { lastDeeds } from './lineage.ts';
import { type Attributed, attributed } from './meanwhile.ts';
import { remediateMessage } from './messages.ts';
import { otherwiseIn, otherwiseWords } from './otherwise.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { lookAgain } from './planner.ts';
import { asFarAsRolledOut } from './rolled-out.ts';
import { amendPlan, awaitsPods, changed, incidentById, isDone, isVerified, planById } from './stored.ts';
import { noteTakenBack, wouldTakeBack } from './taken-back.ts';

/** The first look comes when the change can have shown an effect: a cordon at once, a drain after a while. */
export function firstLook(plan: Plan): Outgoing[] {
  const { firstLookSeconds } = settleOf(plan.changes);
  return [remediateMessage({ type: 'verify', plan: plan.id, look: 1 }, plan.cluster, firstLookSeconds * 1000)];
}

/**
 * Looks at the causes' own evidence again, until it says fixed or the time is up: harm may pass, so the last look
 * decides. That an alert resolved is no proof: cordoning a node silences its alerts. `look` counts from 1 and tells a
 * repeated message from the next look.
 */
export async function verify(acting: Acting, id: string, look: number): Promise<void> {
  const found = await planById(acting.store, id);
  if (!found || !isDone(found) || (found.verification?.looks ?? 0) >= look) return;
  // Whoever took it back may have died before saying so.
  await noteTakenBack(acting, found);
  if (found.takenBack) return;
  const undo = await undoUnderWay(acting, found);
  if (undo?.state === 'applied') return noteTakenBack(acting, undo);
  const plan = undo ? found : await emptiedNow(acting, found);
  if (isVerified(plan)) return lookOnly(acting, plan, look);
  const settle = settleOf(plan.changes);
  const now = acting.clock.now();
  const until = plan.verification?.untilAt ?? new Date(now.getTime() + settle.giveUpSeconds * 1000).toISOString();
  const seen = undo ? undecided(undo) : await seenNow(acting, plan);
  const timeUp = now.getTime() >= Date.parse(until);
  // What may not be there any more is neither good nor bad: the time to judge it comes when that is known.
  const isSettled = seen.verdict === 'fixed' || seen.isOver === true;
  const final = !undo && (timeUp || (isSettled && !wasWell(plan)));
  const verdict = final ? seen.verdict : 'waiting';
  const verification: Verification = {
    looks: look,
    untilAt: until,
    verdict,
    reason: seen.reason,
    at: now.toISOString(),
  };
  const later = undo ? UNDECIDED_SECONDS : settle.everySeconds;
  const next = final ? nextLookForPods(plan, look, now) : [nextLook(plan, look, later)];
  const stored = await amendNoted<boolean>(acting, id, async (current, { note }) => {
    if (!isDone(current) || current.takenBack || (current.verification?.looks ?? 0) >= look) return { result: false };
    const details = { verdict, reason: seen.reason, looks: look };
    if (final) await note({ kind: 'verified', ...aboutPlan(plan), details });
    const value = changed(current, { verification }, now);
    const told = final ? announcePlan(acting, value) : toldMeanwhile(acting, current, value);
    return { result: true, value, send: [...told, ...next] };
  });
  if (stored && final) await askForLook(acting, plan.incident);
}

/** It has its verdict, and only the pods that it has evicted are waited for. */
async function lookOnly(acting: Acting, { id }: Plan, look: number): Promise<void> {
  await amendPlan<void>(
    acting.store,
    id,
    (current) => {
      const { verification } = current;
      if (!verification || verification.looks >= look || current.takenBack) return { result: undefined };
      const now = acting.clock.now();
      const value = changed(current, { verification: { ...verification, looks: look } }, now);
      return { result: undefined, value, send: nextLookForPods(value, look, now) };
    },
    undefined,
  );
}

/** So often after its verification a drain is looked at whose pods are still ending. */
const ENDING_SECONDS = 60;

function nextLookForPods(plan: Plan, look: number, now: Date): Outgoing[] {
  return awaitsPods(plan, now) ? [nextLook(plan, look, ENDING_SECONDS)] : [];
}

function nextLook({ id, cluster }: Plan, look: number, seconds: number): Outgoing {
  return remediateMessage({ type: 'verify', plan: id, look: look + 1 }, cluster, seconds * 1000);
}

/** As long as it only waits, the plan's own message says what is seen, whenever that is something else than before. */
function toldMeanwhile({ channel }: Acting, { verification: before }: Plan, { id, incident, verification }: Plan) {
  const isSame = before?.verdict === verification?.verdict && before?.reason === verification?.reason;
  return isSame ? [] : [announcePlanMessage(channel, incident, id)];
}

/** What looked well before must go on doing so: harm takes its time to show, so only the end of the time proves it. */
function wasWell({ before, undoes }: Plan): boolean {
  return undoes === undefined && before.recovered === 'confirmed';
}

/** So often it is asked whether it is known by now if a plan was taken back. */
const UNDECIDED_SECONDS = 60;

/** The plan that is taking this one back, or of which nobody knows whether it did; or that has, unsaid so far. */
async function undoUnderWay({ store }: Acting, plan: Plan): Promise<Plan | undefined> {
  const plans = await plansAbout(store, plan.incident);
  const undos = plans.filter((undo) => wouldTakeBack(undo, plan, plans));
  const hasTaken = (undo: Plan) => undo.state === 'applied' && otherwiseIn(undo) === undefined;
  return undos.find((undo) => undo.state === 'executing' || undo.state === 'unknown' || hasTaken(undo));
}

function undecided({ id, state }: Plan): Attributed {
  const reason =
    state === 'executing' ? 'it is being taken back' : `nobody knows yet whether it was taken back: see plan ${id}`;
  return { verdict: 'cannot-tell', reason };
}

function seenNow(acting: Acting, plan: Plan): Promise<Attributed> {
  return plan.undoes === undefined ? looked(acting, plan) : takenBack(acting, plan);
}

/** What the evidence says of the cause the plan rests on. */
async function looked(acting: Acting, plan: Plan): Promise<Attributed> {
  const incident = await incidentById(acting.store, plan.incident);
  if (!incident) return { verdict: 'cannot-tell', reason: 'its incident is no longer known' };
  const again = await lookAgain(acting, incident);
  if ('problem' in again) return { verdict: 'cannot-tell', reason: again.problem };
  const runbook = acting.runbooks.find(({ id }) => id === incident.runbook) ?? { causes: {}, remedies: {} };
  const outcome = outcomeOf(plan, again.report, runbook);
  const seen = attributed(outcome, { plan }, incident, await plansAbout(acting.store, incident.id), runbook);
  return asFarAsRolledOut(acting, plan, seen);
}

/** An undo is verified by what it changed: it is as the undo left it, and a rollout that this began is over. */
async function takenBack(acting: Acting, plan: Plan): Promise<Outcome> {
  const cluster = clusterOf(acting, plan.cluster);
  if (!cluster) return { verdict: 'cannot-tell', reason: 'its cluster is no longer configured' };
  try {
    const kube = kubeOf(cluster);
    const left = plan.steps.filter(({ state }) => state !== 'done').map(({ action }) => `${action} was not done`);
    const otherwise = otherwiseIn(plan);
    const [reason] = [
      ...left,
      ...(otherwise === undefined ? [] : [otherwiseWords(otherwise)]),
      ...(await changedSince(kube, lastDeeds(plan))),
      ...(await unfinished(kube, plan.changes)),
    ];
    return reason === undefined
      ? { verdict: 'fixed', reason: 'it is as it was before' }
      : { verdict: 'not-fixed', reason };
  } catch (failure) {
    return { verdict: 'cannot-tell', reason: redact(messageOf(failure)) };
  }
}

/** The incident's own card is brought up to date with a look of its own; it closes by its own rules. */
export async function askForLook({ store, clock }: Acting, id: string): Promise<void> {
  await amend<Incident, void>(store, 'incidents', slotOf(id), (incident) => {
    if (incident?.id !== id || incident.state === 'closed' || incident.state === 'folded') return { result: undefined };
    const value = lookWanted(incident, 'recheck', clock.now());
    return { result: undefined, value, send: [lookMessage(id, value.look.wanted)] };
  });
}
