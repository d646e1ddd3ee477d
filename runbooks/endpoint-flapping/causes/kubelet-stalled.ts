import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { plural } from '../../evidence/node-words.ts';
import { allCounted, type Counted, countedOf } from '../counted.ts';
import { isCounted, type Silence } from '../heartbeat.ts';
import { limits } from '../limits.ts';
import { type FlapCause, onceSilent } from '../signs.ts';
import { span } from '../words.ts';
import { sharedWords } from './control-plane.ts';

/** H2. All of the kubelet's process stood still: no CPU, or its disk did not answer. Images and pods do not hold up a lease. */
export const kubeletStalled: FlapCause = {
  title: 'The kubelet stands still for seconds',
  judge: onceSilent((silence, { kubelet, counts, fleet }, { heartbeats }, now) => {
    const stalls = stallsOf({ counts, heartbeats }, silence, now);
    if (stalls === undefined) return inconclusive('its relists of the pods are not scraped');
    const { runtime } = kubelet;
    const slow = allCounted(counts, 'slow') ?? 0;
    if (stalls.inSilence === 0 && stalls.otherwise > 0) {
      return inconclusive(
        `its process stood still at another time within half an hour (${plural(stalls.otherwise, 'relist')} of its pods began over 10 s late): ${silence.words}`,
      );
    }
    if (stalls.inSilence === 0 && !(isCounted(silence, now) && stalls.isWhole)) {
      return inconclusive(
        `no relist of its pods began over 10 s late, but a stall is counted when it is over: ${silence.words}`,
      );
    }
    if (stalls.inSilence === 0 && slow === 0) {
      return ruledOut('every relist of its pods began and ended within 10 s, within half an hour: its process ran');
    }
    const runtimeWords = runtime === undefined ? '' : `; its runtime answers within ${span(runtime)} (p99)`;
    if (stalls.inSilence === 0) {
      return inconclusive(
        `${plural(slow, 'relist')} of its pods took over 10 s${runtimeWords}: that does not hold up a lease, but what slows it may`,
      );
    }
    const words = `its process stood still: ${plural(stalls.inSilence, 'relist')} of its pods began over 10 s late, and relisting is not slow${runtimeWords}`;
    const shared = sharedWords(fleet);
    return shared ? inconclusive(`${words}; ${shared}`) : confirmed(`${silence.words}: ${words}`);
  }),
  measure: ({ counts }) => {
    const [late, slow] = [allCounted(counts, 'late'), allCounted(counts, 'slow')];
    return late === undefined || slow === undefined
      ? undefined
      : {
          of: 'stalls of the kubelet in half an hour',
          value: Math.max(0, late - slow),
          unit: 'count',
          worseWhen: 'higher',
          clearlyWorse: 2,
        };
  },
  remedies: ['cordon', 'drain', 'drainWithData', 'findStall', 'keepGrace'],
};

/** Relists that began late and were not late because the one before took so long. `undefined`: that was not seen. */
export function stallsOf(seen: Parameters<typeof countedOf>[0], silence: Silence, now: Date): Counted | undefined {
  const [late, slow] = [countedOf(seen, 'late', silence, now), countedOf(seen, 'slow', silence, now)];
  if (late === undefined || slow === undefined) return undefined;
  return {
    inSilence: Math.max(0, late.inSilence - slow.inSilence),
    otherwise: Math.max(0, late.otherwise - slow.otherwise),
    isWhole: late.isWhole && slow.isWhole,
  };
}

/** H7. The story of the article: so many pods that the kubelet has no time. By itself that makes no heartbeat late any more. */
export const tooDense: FlapCause = {
  title: 'The node carries more pods than its kubelet can look after',
  judge: onceSilent((silence, { kubelet, counts, room }, { heartbeats }, now) => {
    const { pods, cores } = kubelet;
    if (pods === undefined || cores === undefined) return inconclusive('its pods and its CPU are not scraped');
    const words = `${pods} of at most ${room} pods, and its kubelet takes ${cores.toFixed(2)} cores`;
    if (pods <= limits.fullShare * room && cores <= limits.kubeletCores) return ruledOut(words);
    const stalls = stallsOf({ counts, heartbeats }, silence, now);
    if (stalls === undefined) return inconclusive(`${words}; whether it stands still was not seen`);
    return stalls.inSilence > 0
      ? confirmed(`${words}; and it stood still ${plural(stalls.inSilence, 'time')}`)
      : inconclusive(`${words}; but it did not stand still then, and a lease waits for no pod and no image`);
  }),
  remedies: ['cordon', 'drain', 'drainWithData', 'fewerPods', 'keepGrace'],
};
