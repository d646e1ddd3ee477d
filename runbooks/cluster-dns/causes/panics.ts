import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { serverTime } from '../../evidence/control-plane.ts';
import { plural } from '../../evidence/node-words.ts';
import type { PodLog } from '../logs.ts';
import { endedLately, keepsEnding, type PodView } from '../pods.ts';
import { type DnsCause, endingsOf, heardIn } from '../signs.ts';
import { few } from '../words.ts';

/**
 * One of a question is caught and counted, and the process goes on. One of anything else (a plug-in's own work, any with plug-in
 * debug, a fault of Go's runtime) ends the process with 2, and no counter outlives that: only its last words tell.
 */
export const panics: DnsCause = {
  title: 'It panics: a defect of it, or of a plug-in',
  judge: (seen, maybe, context) => {
    const now = serverTime(maybe.readyz, context.now);
    const told = heardIn(maybe.logs).find(({ now: said }) => said.panics > 0);
    if (told) return confirmed(`${told.pod} wrote of ${plural(told.now.panics, 'panic')} within 5 min`);
    const isStale = maybe.readyz?.etcd === false;
    const crashed = endingsOf(isStale ? [] : (maybe.pods?.all ?? []), maybe.logs ?? [], now).filter(
      ({ last }) => last?.crash,
    );
    const [first] = crashed;
    if (first) return confirmed(`the last words of ${few(crashed.map(({ pod }) => pod.name))}: ${first.last?.crash}`);
    const counted = maybe.answers?.panics;
    if (Math.round(counted ?? 0) > 0)
      return confirmed(`${plural(Math.round(counted ?? 0), 'panic')} counted within 5 min`);
    const { all } = seen.pods;
    if (seen.readyz.etcd === false)
      return inconclusive('the API server has lost etcd: whether a container of it ended is not known');
    const unsure = all.flatMap((pod) => doubtOf(pod, maybe.logs ?? [], now) ?? [])[0];
    if (unsure) return inconclusive(unsure);
    if (counted !== undefined) return ruledOut('no panic was counted within 5 min, and none ended a container');
    const heard = heardIn(seen.logs).filter(({ cut }) => !cut);
    return heard.length > 0 && all.every(({ name }) => heard.some(({ pod }) => pod === name))
      ? ruledOut(`${plural(heard.length, 'pod')} wrote of no panic within 5 min`)
      : inconclusive('panics are not counted here, and not all pods were heard');
  },
  present: true,
  remedies: ['rollBack', 'reportPanic'],
};

/** An end that may have been one: lately by one and well since, or with 2 for a reason that nobody kept or knows. */
function doubtOf(pod: PodView, logs: readonly PodLog[], now: Date): string | undefined {
  const ends = keepsEnding(pod, now);
  if (!ends && !endedLately(pod, now)) return undefined;
  const last = logs.find((log) => log.pod === pod.name)?.last;
  if (last?.crash) return `${pod.name} ended by a panic and is ready since: ${last.crash}`;
  if (last?.loop || last?.config || pod.ended?.reason === 'OOMKilled') return undefined;
  if (pod.ended === undefined) return `nothing says how ${pod.name} ended`;
  if (pod.ended.exitCode !== 2) return undefined;
  return `${pod.name} ended with exit code 2, as by a panic; ${last ? `its last words name none: ${last.lastLine}` : 'nobody kept its last words'}`;
}
