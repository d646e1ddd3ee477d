import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import type { Maybe } from '../facts.ts';
import { limits } from '../limits.ts';
import { unseenOf } from '../members.ts';
import type { Seen, SpaceUse } from '../seen.ts';
import { bytes, percent } from '../words.ts';

/** The database reached its quota: etcd raises NOSPACE and refuses every write until space is made and the alarm disarmed. */
export function noSpace(seen: Seen, maybe: Maybe): Verdict {
  const byApi = maybe.space === undefined ? byApiServer(maybe) : undefined;
  if (byApi) return byApi;
  const { space } = seen;
  const alarmed = space.find(({ alarm }) => alarm === 1);
  if (alarmed) return confirmed(`a NOSPACE alarm is raised (${wordsOf(alarmed)})`);
  const measured = space.filter(({ used }) => used !== undefined);
  if (measured.length === 0) return inconclusive('database size or quota is not collected');
  const fullest = measured.reduce((a, b) => ((b.used ?? 0) > (a.used ?? 0) ? b : a));
  const verdict = judge(fullest.used ?? 0, wordsOf(fullest));
  const unseen = verdict.verdict === 'ruled-out' && unseenOf(measured, seen.members, maybe);
  return unseen ? inconclusive(`${verdict.reason}; not known of ${unseen}`) : verdict;
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
function byApiServer({ apiServerView = [], pods = [] }: Maybe): Verdict | undefined {
  const size = apiServerView.find(({ storageBytes }) => storageBytes !== undefined)?.storageBytes;
  if (size === undefined) return undefined;
  const words = `by the API server's count etcd stores ${bytes(size)}`;
  if (pods.length === 0) return inconclusive(`${words}; its quota is not known`);
  const unseen = pods.find((pod) => pod.unseen?.quotaBytes !== undefined)?.unseen?.quotaBytes;
  if (unseen !== undefined) return inconclusive(`${words}; its quota is not known: ${unseen}`);
  const quota = Math.min(...pods.map(({ quotaBytes }) => quotaBytes || limits.defaultQuotaBytes));
  return judge(size / quota, `${words}, ${percent(size / quota)} of the quota of ${bytes(quota)}`);
}
