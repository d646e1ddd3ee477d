import { contextOf } from '../alert.ts';
import { risksOf } from '../changes/catalog.ts';
import { describeChange } from '../changes/describe.ts';
import { messageOf, ReadFailure } from '../errors.ts';
import type { Incident } from '../incident.ts';
import { investigate } from '../investigate.ts';
import type { Plan } from '../plan.ts';
import { redact } from '../redact.ts';
import type { RemedyReport, Report } from '../report.ts';
import { targetName } from '../target.ts';
import type { Cluster } from '../triage.ts';
import { interlocksOf } from './check.ts';
import { type Basis, type Blueprint, blueprintOf, READ_MS } from './compile.ts';
import { type Acting, clusterOf } from './desk.ts';
import { historyOf } from './earlier.ts';
import { changedSince } from './left.ts';
import { lastDeeds } from './lineage.ts';
import { beforeOf } from './outcome.ts';
import { riskierOf } from './risk.ts';
import { renewalsOf } from './starts-again.ts';
import { incidentById, planById } from './stored.ts';

/** `gone`: there is nothing to do any more, which is good news. */
export type Planned =
  | { readonly plan: Plan; readonly blueprint: Blueprint }
  | { readonly problem: string; readonly gone?: boolean };

type Offer = Extract<RemedyReport, { digest: string }>;
type Draft = Pick<Plan, 'remedy' | 'title' | 'risk' | 'cause' | 'changes' | 'undoes' | 'before'>;

/** Of a plan that is made anew to be compared: with it equal changes give equal actions. */
export type Identity = Pick<Plan, 'id' | 'at' | 'passing'>;

/**
 * Looks at the incident's evidence again and works out what the remedy would change now. Nothing is stored. `same`:
 * for comparing with a plan made before.
 */
export async function planRemedy(
  acting: Acting,
  incidentId: string,
  remedy: string,
  same?: Identity,
): Promise<Planned> {
  const incident = await incidentById(acting.store, incidentId);
  if (!incident) return { problem: 'there is no such incident, or its record was replaced by a newer one', gone: true };
  if (incident.state === 'closed') return { problem: `the incident is closed: ${incident.closedBecause}`, gone: true };
  const looked = await lookAgain(acting, incident);
  if ('problem' in looked) return looked;
  const { report, cluster } = looked;
  const offer = report.remedies.find(({ id }) => id === remedy);
  if (!offer) {
    const known = report.remedies.map(({ id }) => id).join(', ') || 'none with a button';
    return { problem: `runbook ${report.runbook} has no fix ${remedy}: it has ${known}` };
  }
  if ('unavailable' in offer) return whyNot(report, offer);
  return drawn(acting, cluster, incident, draftOf(report, offer), same);
}

/** Only what was seen to be otherwise is gone: a cause that could not be looked at may be there all the same. */
function whyNot(report: Report, offer: Exclude<RemedyReport, Offer>): Planned {
  const { recovered, causes, evidence } = report;
  if (recovered.verdict === 'confirmed') return { problem: `the problem is gone: ${recovered.reason}`, gone: true };
  const cause = causes.find(({ id }) => id === offer.cause);
  if (cause?.verdict !== 'inconclusive') return { problem: offer.unavailable, gone: cause?.verdict !== 'confirmed' };
  const unseen = evidence.flatMap(({ id, reason }) => (reason && cause.missing.includes(id) ? [reason] : []));
  return { problem: [`${cause.title}? ${cause.reason}`, ...unseen].join(': ') };
}

/**
 * The plan that takes an applied one back: once, and only what that one left behind. What somebody has changed since is
 * theirs, and stands in the way.
 */
export async function planUndo(acting: Acting, undone: Plan, same?: Identity): Promise<Planned> {
  const incident = await incidentById(acting.store, undone.incident);
  const cluster = clusterOf(acting, undone.cluster);
  if (!incident || !cluster) return { problem: 'its incident or its cluster is no longer known here' };
  const inverse = inverseOfPlan(undone, undone.inverse);
  if ('none' in inverse) return { problem: `it cannot be undone: ${inverse.none}` };
  if (undone.takenBack) return { problem: 'it was taken back already', gone: true };
  const draft: Draft = {
    remedy: undone.remedy,
    title: `Undo: ${undone.title}`,
    // What it does, not what it takes back: to let NoExecute go is harmless, to set it again is not.
    risk: risksOf(inverse),
    cause: undone.cause,
    changes: inverse,
    before: { confirmed: {}, recovered: 'inconclusive' },
    undoes: undone.id,
  };
  return drawn(acting, cluster, incident, draft, same, undone);
}

/**
 * An undo has none: it would make the fix once more, without what the fix rests on. That is asked for as the fix, which a
 * fresh diagnosis offers, or does not.
 */
function inverseOfPlan({ undoes }: Pick<Plan, 'undoes'>, inverse: Plan['inverse']): Plan['inverse'] {
  return undoes === undefined ? inverse : { none: 'to make the change once more, ask for the fix itself' };
}

/** The same plan made again from the cluster as it is now. */
export async function planAgain(acting: Acting, plan: Plan, same?: Identity): Promise<Planned> {
  if (plan.undoes === undefined) return planRemedy(acting, plan.incident, plan.remedy, same);
  const undone = await planById(acting.store, plan.undoes);
  return undone ? planUndo(acting, undone, same) : { problem: 'the plan it takes back is no longer known' };
}

/** A fresh diagnosis of the incident's target. */
export async function lookAgain(
  acting: Acting,
  incident: Incident,
): Promise<{ readonly report: Report; readonly cluster: Cluster } | { readonly problem: string }> {
  const runbook = acting.runbooks.find(({ id }) => id === incident.runbook);
  const cluster = clusterOf(acting, incident.cluster);
  if (!runbook) return { problem: 'no runbook answers this alert' };
  if (!cluster) return { problem: `cluster ${incident.cluster} is no longer configured` };
  const report = await investigate(runbook, incident.target, {
    source: cluster.source,
    clock: acting.clock,
    cluster: cluster.name,
    since: incident.since === undefined ? undefined : new Date(incident.since),
    alert: contextOf(incident.alert),
  });
  return { report, cluster };
}

async function drawn(
  acting: Acting,
  cluster: Cluster,
  incident: Incident,
  draft: Draft,
  same: Identity = { id: acting.newId(), at: acting.clock.now().toISOString() },
  undone?: Plan,
): Promise<Planned> {
  const target = targetName(incident.target);
  const identity = { ...same, incident: incident.id, remedy: draft.remedy };
  const undoes = draft.undoes === undefined ? {} : { undoes: draft.undoes };
  const history = await historyOf(acting.store, { ...identity, ...undoes });
  const { cordoned, ...earlier } = history.earlier;
  const basis: Basis = {
    incident: incident.id,
    remedy: draft.remedy,
    restsOn: draft.undoes ?? draft.cause.id,
    changes: draft.changes,
    at: same.at,
    plan: same.id,
    cordoned,
    takesBack: undone !== undefined,
    ...(same.passing ? { passing: new Set(same.passing) } : {}),
  };
  try {
    const blueprint = await blueprintOf(cluster, basis);
    const { limits } = await acting.rules();
    const { kube } = blueprint.scope.readersFor([], READ_MS);
    const since = undone ? await changedSince(kube, lastDeeds(undone, history.plans, blueprint.requests)) : [];
    const { diff, clusterUid } = blueprint;
    const beside = {
      ...(blueprint.touches.length > 0 ? { touches: blueprint.touches } : {}),
      ...(blueprint.moves.length > 0 ? { moves: blueprint.moves } : {}),
    };
    const place = { cluster: cluster.name, clusterUid, target };
    const subject = { id: same.id, ...place, diff, ...beside, ...undoes, ...earlier };
    const interlocks = await interlocksOf(
      { ...acting, kube, limits, renewals: renewalsOf(cluster) },
      subject,
      draft.changes,
    );
    const plan: Plan = {
      ...draft,
      ...earlier,
      id: same.id,
      at: same.at,
      incident: incident.id,
      ...place,
      runbook: incident.runbook ?? '',
      described: draft.changes.map(describeChange),
      diff,
      ...beside,
      ...(blueprint.starters.length > 0 ? { starters: blueprint.starters } : {}),
      ...(blueprint.passing ? { passing: blueprint.passing } : {}),
      effects: blueprint.effects,
      blocked: [...since, ...blockedBy(acting, cluster, blueprint)],
      inverse: inverseOfPlan(draft, blueprint.inverse),
      ...(draft.undoes === undefined ? { inverses: blueprint.inverses } : {}),
      bound: blueprint.bound,
      interlocks,
      digest: blueprint.digest,
      state: 'shown',
      shownTo: [],
      approvals: [],
      steps: [],
      updatedAt: acting.clock.now().toISOString(),
    };
    return { plan, blueprint };
  } catch (failure) {
    if (!(failure instanceof ReadFailure)) throw failure;
    const remedy = failure.remedy ? `\n${failure.remedy}` : '';
    return { problem: redact(`the cluster could not be looked at: ${messageOf(failure)}${remedy}`) };
  }
}

function blockedBy({ writers }: Acting, { name }: Cluster, { blocked, actions }: Blueprint): readonly string[] {
  if (!writers.has(name)) return [...blocked, `Nightshift has no credentials that may change cluster ${name}`];
  return blocked.length === 0 && actions.length === 0 ? ['nothing is left to change'] : blocked;
}

function draftOf(report: Report, offer: Offer): Draft {
  const cause = report.causes.find(({ id }) => id === offer.cause);
  return {
    remedy: offer.id,
    title: offer.title,
    risk: riskierOf(offer.risk, risksOf(offer.changes)),
    cause: { id: offer.cause, title: cause?.title ?? offer.cause, reason: cause?.reason ?? '' },
    changes: offer.changes,
    before: beforeOf(report),
  };
}
