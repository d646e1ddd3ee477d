import type { JudgeContext } from '../../../engine/runbook.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import type { Maybe } from '../facts.ts';
import { limits } from '../limits.ts';
import { membership, unseenOf } from '../members.ts';
import type { Seen, SpaceUse } from '../seen.ts';
import type { EtcdTarget } from '../target.ts';
import { bytes, counted, percent } from '../words.ts';
import { isWritten } from '../writes.ts';

/**
 * The database reached its quota: etcd raises NOSPACE and refuses every write until space is made *and* the alarm
 * disarmed. Before 3.6 no metric tells of the alarm, later ones only of those since the process started (etcd,
 * `server/etcdserver/apply/metrics.go`): so it is what is written, or refused, that tells.
 */
export function noSpace(seen: Seen, maybe: Maybe, { now }: Pick<JudgeContext<EtcdTarget>, 'now'>): Verdict {
  const isScraped = membership(maybe.members ?? []).known.length > 0;
  const byApi = maybe.space === undefined && !isScraped ? byApiServer(maybe, now) : undefined;
  if (byApi) return byApi;
  const { space } = seen;
  const alarmed = space.find(({ alarm }) => alarm === 1);
  if (alarmed) return confirmed(`a NOSPACE alarm is raised (${wordsOf(alarmed)})`);
  const measured = space.filter(({ used }) => used !== undefined);
  if (measured.length === 0) return inconclusive('database size or quota is not collected');
  const fullest = measured.reduce((a, b) => ((b.used ?? 0) > (a.used ?? 0) ? b : a));
  const verdict = judge(fullest.used ?? 0, wordsOf(fullest));
  if (verdict.verdict === 'confirmed') return verdict;
  if (refused(space) >= 1 && puts(space) === 0) return byRefusals(`${wordsOf(fullest)}, yet`, seen);
  if (verdict.verdict !== 'ruled-out') return verdict;
  const unseen = unseenOf(measured, seen.members, maybe);
  if (unseen) return inconclusive(`${verdict.reason}; not known of ${unseen}`);
  const doubt = alarmDoubt(space, maybe, now);
  return doubt === undefined ? verdict : inconclusive(`${verdict.reason}, but ${doubt}`);
}

/** "Too many requests" is refused by the same code, but only while applying lags far behind (`limits.applyLag`). */
function byRefusals(words: string, { space, apply }: Seen): Verdict {
  const figures = `${words} ${counted(refused(space), 'write')} refused for want of room and none applied within 2 minutes`;
  const lagOf = (instance: string) => apply.find((row) => row.instance === instance)?.lag ?? Number.POSITIVE_INFINITY;
  return space.every(({ instance }) => lagOf(instance) <= limits.applyLag)
    ? confirmed(`${figures}: the NOSPACE alarm is still raised`)
    : inconclusive(`${figures}: a NOSPACE alarm, or applying lags too far behind`);
}

/** Words unless etcd is seen to take writes, which it refuses while the alarm is raised. */
export function alarmDoubt(space: readonly SpaceUse[], maybe: Maybe, now: Date): string | undefined {
  if (refused(space) >= 1) return `${counted(refused(space), 'write')} refused within 2 minutes: ${LIST_ALARMS}`;
  // etcd counts both from its start on, also what never was: one without the other was dropped.
  const untold = space.find((row) => row.puts !== undefined && row.refused === undefined);
  if (untold) return `whether ${untold.instance} refused writes is not known: ${LIST_ALARMS}`;
  const isTaking = (puts(space) ?? (isWritten(maybe, now) ? 1 : 0)) >= 1;
  if (isTaking || (space.length > 0 && space.every(({ alarm }) => alarm === 0))) return undefined;
  return `no write was seen within 2 minutes, so whether a NOSPACE alarm is still raised is not known: ${LIST_ALARMS}`;
}

const LIST_ALARMS = 'etcdctl alarm list tells';

function refused(space: readonly SpaceUse[]): number {
  return space.reduce((sum, row) => sum + (row.refused ?? 0), 0);
}

/** Every member applies the same ones: the highest count. Rounded, for `increase()` extrapolates. */
function puts(space: readonly SpaceUse[]): number | undefined {
  const counts = space.flatMap((row) => row.puts ?? []);
  return counts.length === 0 ? undefined : Math.round(Math.max(...counts));
}

function judge(used: number, words: string): Verdict {
  if (used > limits.quotaShare) return confirmed(`${words} (limit 95 %)`);
  if (used >= limits.quotaCalmShare) return inconclusive(`${words}, close to the limit of 95 %`);
  return ruledOut(`${words} (limit 95 %)`);
}

function wordsOf({ instance, used, sizeBytes }: SpaceUse): string {
  const size = sizeBytes === undefined ? 'its database' : `its database of ${bytes(sizeBytes)}`;
  return `${instance}: ${size} fills ${used === undefined ? 'an unknown share' : percent(used)} of the quota`;
}

/** The API server knows the size, and the flags of the pods the quota. */
function byApiServer(maybe: Maybe, now: Date): Verdict | undefined {
  const { apiServerView = [], pods = [] } = maybe;
  const size = apiServerView.find(({ storageBytes }) => storageBytes !== undefined)?.storageBytes;
  if (size === undefined) return undefined;
  const words = `by the API server's count etcd stores ${bytes(size)}`;
  if (pods.length === 0) return inconclusive(`${words}; its quota is not known`);
  const unseen = pods.find((pod) => pod.unseen?.quotaBytes !== undefined)?.unseen?.quotaBytes;
  if (unseen !== undefined) return inconclusive(`${words}; its quota is not known: ${unseen}`);
  const quota = Math.min(...pods.map(({ quotaBytes }) => quotaBytes || limits.defaultQuotaBytes));
  const verdict = judge(size / quota, `${words}, ${percent(size / quota)} of the quota of ${bytes(quota)}`);
  if (verdict.verdict !== 'ruled-out' || isWritten(maybe, now)) return verdict;
  return inconclusive(`${verdict.reason}; whether an alarm is raised could not be seen`);
}
