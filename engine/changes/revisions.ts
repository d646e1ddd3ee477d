import { minuteOf } from '../words.ts';

/** One revision of a Deployment, as its ReplicaSet tells it. */
export interface Version {
  readonly revision: number;
  /** Numbers it had before: a template that is used again gets the newest one. */
  readonly former: readonly number[];
  /** When its template was first used, which no roll back changes. */
  readonly madeAt?: string;
  readonly pods: number;
}

/** Whether its template came up later than the other's, whatever number it has by now. */
export function isNewer(one: Version, other: Version): boolean {
  const [a, b] = [Date.parse(one.madeAt ?? ''), Date.parse(other.madeAt ?? '')];
  if (a !== b && Number.isFinite(a) && Number.isFinite(b)) return a > b;
  return firstOf(one) > firstOf(other);
}

function firstOf({ revision, former }: Version): number {
  return Math.min(revision, ...former);
}

export function byRevision(a: Version, b: Version): number {
  return a.revision - b.revision;
}

export function isNamed({ revision, former }: Version, wanted: number): boolean {
  return revision === wanted || former.includes(wanted);
}

/** "revision 13 (made 2026-11-22 03:10 UTC)" */
export function dated({ revision, madeAt }: Version): string {
  const made = madeAt === undefined ? '' : ` (made ${minuteOf(madeAt)})`;
  return `revision ${revision}${made}`;
}

interface Going {
  readonly from: number | undefined;
  readonly toRevision: number | undefined;
  readonly runs: Version;
  readonly past: readonly Version[];
  readonly underWay: string | undefined;
}

/**
 * Why a roll back has to wait for what is going on. A rollout of the very revision that is to blame may be given up;
 * another one, or a roll back, may be the cure already.
 */
export function whyNotNow(name: string, { from, toRevision, runs, past, underWay }: Going): string | undefined {
  if (from !== undefined && from !== runs.revision) {
    return underWay === undefined
      ? `revision ${from} of ${name} is not its present one: that is ${dated(runs)}`
      : `revision ${from} of ${name} is being replaced already, by ${dated(runs)}: ${underWay}`;
  }
  // Whoever names the revision takes back what was done, in time.
  if (toRevision !== undefined || underWay === undefined) return undefined;
  const left = past.find((one) => one.pods > 0 && isNewer(one, runs));
  if (left)
    return `a roll back of ${name} is on its way: ${dated(left)} is being replaced by ${dated(runs)}: ${underWay}`;
  return from === undefined
    ? `a rollout of ${name} to ${dated(runs)} is under way: ${underWay}; whether that revision is to blame is not said`
    : undefined;
}

export function noSuch(name: string, toRevision: number | undefined, runs: Version, past: readonly Version[]): string {
  const kept = past.map(({ revision }) => revision).sort((a, b) => a - b);
  const has = `it has ${kept.length === 0 ? 'none' : kept.join(', ')}`;
  if (toRevision === undefined && past.some((one) => one.revision < runs.revision)) {
    return `${name} has no revision that was made before its present one, ${dated(runs)} (${has}): to go back to another one, name it with kubectl`;
  }
  return toRevision === undefined
    ? `${name} has no earlier revision to go back to (${has})`
    : `${name} has no revision ${toRevision} (${has})`;
}
