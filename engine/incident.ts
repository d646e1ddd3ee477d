import { type Alert, alertName, beganAt } from './alert.ts';
import type { Beside } from './beside.ts';
import { digestOf } from './change.ts';
import { type Counted, openedWith } from './counted.ts';
import type { ReadFailureKind } from './errors.ts';
import { identityOf } from './guess.ts';
import type { LastFound } from './last-found.ts';
import type { Part } from './parts.ts';
import type { Before, Verification } from './plan.ts';
import type { Report } from './report.ts';
import { hasTopic } from './runbook.ts';
import type { Storm } from './storm.ts';
import { type Target, targetName } from './target.ts';

/** Why the bot is asked to look. */
export type LookReason = 'opened' | 'asked' | 'joined' | 'resolved' | 'recheck';

/** One problem with one target: the stored truth a card is rendered from. Plain JSON. */
export interface Incident {
  readonly id: string;
  readonly cluster: string;
  /** The runbook that answers it, or `null` when none does. */
  readonly runbook: string | null;
  readonly target: Target;
  readonly targetNote: string;
  /** The runbook that is about its alert, where the labels name nothing that this looks at: another looked. */
  readonly topic?: string;
  readonly state: 'looking' | 'diagnosed' | 'undiagnosed' | 'still-broken' | 'folded' | 'closed';
  readonly openedAt: string;
  readonly updatedAt: string;
  readonly closedAt?: string;
  /** Earliest `startsAt` of its alerts, if one of them says; when it was asked for, if a person opened it. */
  readonly since?: string;
  /** When the last report of one of its alerts came, resends among them. */
  readonly heardAt?: string;
  readonly alert?: Alert;
  /** Fingerprints that fire now. */
  readonly firing: readonly string[];
  /** Of those, the ones a look that finds the object well may close: perhaps a late copy of a report that is over. */
  readonly doubted?: readonly string[];
  /** Of those that fire, the ones about something on the object: they are let go when that cannot be their reason any more. */
  readonly parts?: readonly Part[];
  /** What fires beside `alert`, as the card shows it. */
  readonly beside?: readonly Beside[];
  /** So many alerts Alertmanager left out of the webhooks these came in: the most that one of them said. */
  readonly leftOut?: number;
  readonly alertCount: number;
  readonly counted?: Counted;
  /** Reports of alerts by name, for the card: the same problem often has several. */
  readonly alertNames: Readonly<Record<string, number>>;
  readonly openedBy?: string;
  readonly report?: Report;
  readonly lastFound?: LastFound;
  /** Ids of the plans somebody asked for, the oldest first. */
  readonly plans?: readonly string[];
  /** Which plan was asked for last of each fix: of one fix there is one open request at a time. */
  readonly asking?: Readonly<Record<string, { readonly plan: string; readonly at: string }>>;
  /** Steps that people say they made by hand. */
  readonly byHand?: readonly ByHand[];
  /** Identities of wishes that were turned down here: one that comes again is not turned down again. */
  readonly wishes?: readonly string[];
  /** Looks asked for and done: a difference that lasts is repaired by the tick. */
  readonly look: { readonly wanted: number; readonly done: number; readonly reason: LookReason };
  readonly rechecks: number;
  /** Times it fired again shortly after it was closed: the same card goes on. */
  readonly reopened: number;
  /** The silent incident about the same that was closed for this one. */
  readonly follows?: { readonly openedAt: string; readonly heardAt: string };
  readonly storm?: Storm;
  /** The incident that its alerts, earlier and future ones, belong to. */
  readonly foldedInto?: string;
  readonly closedBecause?: string;
  /** When the next alert-driven edit of the card is due; until then joins need not ask for one. */
  readonly announceDueAt?: string;
}

/** A fix that somebody says they made by hand. */
export interface ByHand {
  readonly manual: string;
  readonly title: string;
  readonly by: string;
  /** When they said so, whenever that got through. */
  readonly at: string;
  /** Whose identity comes again changes nothing. */
  readonly wish?: string;
  /** The cause that it is to remove, and what the evidence said before; absent where an earlier one is being verified. */
  readonly cause?: string;
  readonly before?: Before;
  /** Whether it helped, as far as was looked. */
  readonly verification?: Verification;
}

export interface Opening {
  readonly cluster: string;
  readonly runbook: string | null;
  readonly target: Target;
  readonly targetNote: string;
  readonly alert?: Alert;
  readonly openedBy?: string;
  readonly storm?: Storm;
  /** Key of its alert's record. */
  readonly record?: string;
  /** Of its alert's webhook. */
  readonly leftOut?: number;
  readonly topic?: string;
}

/**
 * Cluster + runbook + target. Without a runbook of its topic the alert's name stands in its place; where its labels name
 * no object, all of them that say which problem it is tell it from others of that name.
 */
export function incidentKey(cluster: string, runbook: string | null, target: Target, alert?: Alert): string {
  const name = hasTopic(runbook) || (runbook !== null && !alert) ? runbook : `alert:${alert ? alertName(alert) : ''}`;
  return [cluster, name, targetName(target), ...apart()].join('|');

  function apart(): string[] {
    // Labels that name nothing are no common ground: such alerts stay apart.
    if (target.kind === 'Unresolved' && target.value === '') return [alert?.fingerprint ?? ''];
    if (hasTopic(runbook) || alert === undefined || !isWide(target)) return [];
    return [digestOf(identityOf(alert.labels)).slice(0, 12)];
  }
}

/** One name for much: a scrape job, the whole cluster. */
export function isWide({ kind }: Target): boolean {
  return kind === 'Component' || kind === 'Cluster';
}

/** The document that holds the current incident of a key; an earlier, closed one moves to the collection `closed`. */
export function slotOfKey(key: string): string {
  return digestOf(key).slice(0, 12);
}

export function slotOf(incidentId: string): string {
  return incidentId.slice(0, 12);
}

export function openIncident(key: string, generation: number, opening: Opening, now: Date): Incident {
  const { alert } = opening;
  const at = now.toISOString();
  const looks = canLook(opening);
  const since = alert ? beganAt(alert) : at;
  return {
    id: `${slotOfKey(key)}-${generation}`,
    cluster: opening.cluster,
    runbook: opening.runbook,
    target: opening.target,
    targetNote: opening.targetNote,
    state: looks ? 'looking' : 'undiagnosed',
    openedAt: at,
    updatedAt: at,
    heardAt: at,
    firing: alert?.status === 'firing' ? [alert.fingerprint] : [],
    alertCount: alert ? 1 : 0,
    counted: openedWith(opening.record),
    alertNames: alert ? { [alertName(alert)]: 1 } : {},
    look: { wanted: looks ? 1 : 0, done: 0, reason: opening.openedBy ? 'asked' : 'opened' },
    rechecks: 0,
    reopened: 0,
    ...(since ? { since } : {}),
    ...(alert ? { alert } : {}),
    ...(opening.openedBy ? { openedBy: opening.openedBy } : {}),
    ...(opening.storm ? { storm: opening.storm } : {}),
    ...(opening.leftOut === undefined ? {} : { leftOut: opening.leftOut }),
    ...(opening.topic ? { topic: opening.topic } : {}),
  };
}

/** Whether there is a runbook to look with and something to look at. */
export function canLook({ runbook, target }: Pick<Incident, 'runbook' | 'target'>): boolean {
  return runbook !== null && target.kind !== 'Unresolved';
}

/** Whether a look may begin with finding the target: the labels name something that was not found, or not asked for. */
export function canLookUp({ runbook, target, alert }: Pick<Incident, 'runbook' | 'target' | 'alert'>): boolean {
  return runbook !== null && target.kind === 'Unresolved' && target.value !== '' && alert !== undefined;
}

/** Whether it was seen what is wrong. */
export function isConfirmed(report: Report | undefined): boolean {
  return report?.causes.some(({ verdict }) => verdict === 'confirmed') ?? false;
}

/** They may answer in a minute. */
const transient: ReadonlySet<ReadFailureKind> = new Set(['unreachable', 'timed-out', 'throttled', 'server-error']);

/** Whether nothing was found while somebody did not answer who may answer soon. */
export function isBlind(report: Report | undefined): boolean {
  if (!report || isConfirmed(report)) return false;
  return report.evidence.some(({ failure }) => failure !== undefined && transient.has(failure));
}

export function generationOf(incident: Incident): number {
  return Number(incident.id.split('-')[1]);
}

/** Open means: another alert about the same target belongs to it. */
export function isOpen(incident: Incident): boolean {
  return incident.state !== 'closed';
}

/** Fired again soon after it was closed: the card goes on instead of a new one beside it. */
export function reopened(incident: Incident, now: Date): Incident {
  const { closedAt: _at, closedBecause: _because, foldedInto: _storm, ...open } = incident;
  return {
    ...lookWanted(open, 'opened', now),
    state: canLook(open) ? 'looking' : 'undiagnosed',
    rechecks: 0,
    reopened: incident.reopened + 1,
  };
}

/** Its alerts and its future ones belong to the storm. */
export function foldedInto({ parts: _theirs, ...incident }: Incident, storm: string, now: Date): Incident {
  return { ...incident, state: 'folded', foldedInto: storm, firing: [], updatedAt: now.toISOString() };
}

/** One more look wanted. The number tells a repeated message from a new wish. */
export function lookWanted(incident: Incident, reason: LookReason, now: Date): Incident {
  return {
    ...incident,
    look: { ...incident.look, wanted: incident.look.wanted + 1, reason },
    updatedAt: now.toISOString(),
  };
}

export function closed(incident: Incident, because: string, now: Date): Incident {
  return {
    ...incident,
    state: 'closed',
    firing: [],
    closedBecause: because,
    closedAt: now.toISOString(),
    updatedAt: now.toISOString(),
  };
}

export function settledState(report: Report | undefined): Incident['state'] {
  return isConfirmed(report) ? 'diagnosed' : 'undiagnosed';
}

/** Since when what its card is headed by goes on: its other alerts may have begun earlier (`since`), and be about less. */
export function shownSince({ alert, since, storm }: Pick<Incident, 'alert' | 'since' | 'storm'>): string | undefined {
  return (alert && !storm ? beganAt(alert) : undefined) ?? since;
}
