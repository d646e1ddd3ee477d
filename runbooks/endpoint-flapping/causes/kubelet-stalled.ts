import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { plural } from '../../evidence/node-words.ts';
import { isCounted } from '../heartbeat.ts';
import { limits } from '../limits.ts';
import type { Kubelet } from '../schema.ts';
import { type FlapCause, onceSilent } from '../signs.ts';
import { span } from '../words.ts';
import { areMany } from './control-plane.ts';

/** H2. All of the kubelet's process stood still: no CPU, or its disk did not answer. Images and pods do not hold up a lease. */
export const kubeletStalled: FlapCause = {
  title: 'The kubelet stands still for seconds',
  judge: onceSilent((silence, { kubelet, fleet }, _maybe, now) => {
    const stalls = stallsOf(kubelet);
    if (stalls === undefined) return inconclusive('its relists of the pods are not scraped');
    const { slow = 0, runtime } = kubelet;
    if (stalls === 0 && !isCounted(silence, now)) {
      return inconclusive(
        `no relist of its pods began over 10 s late, but a stall is counted when it is over: ${silence.words}`,
      );
    }
    if (stalls === 0 && Math.round(slow) === 0) {
      return ruledOut('every relist of its pods began and ended within 10 s, within half an hour: its process ran');
    }
    const runtimeWords = runtime === undefined ? '' : `; its runtime answers within ${span(runtime)} (p99)`;
    if (stalls === 0) {
      return inconclusive(
        `${plural(Math.round(slow), 'relist')} of its pods took over 10 s${runtimeWords}: that does not hold up a lease, but what slows it may`,
      );
    }
    const words = `its process stood still: ${plural(stalls, 'relist')} of its pods began over 10 s late, and relisting is not slow${runtimeWords}`;
    return areMany(fleet)
      ? inconclusive(`${words}; but ${fleet.flapping} other nodes came and went as well`)
      : confirmed(`${silence.words}: ${words}`);
  }),
  measure: ({ kubelet }) => {
    const stalls = stallsOf(kubelet);
    return stalls === undefined
      ? undefined
      : {
          of: 'stalls of the kubelet in half an hour',
          value: stalls,
          unit: 'count',
          worseWhen: 'higher',
          clearlyWorse: 2,
        };
  },
  remedies: ['cordon', 'drain', 'findStall', 'keepGrace'],
};

/** Relists that began late and were not late because the one before took so long. `undefined`: that was not seen. */
export function stallsOf({ late, slow }: Kubelet): number | undefined {
  return late === undefined || slow === undefined ? undefined : Math.max(0, Math.round(late - slow));
}

/** H7. The story of the article: so many pods that the kubelet has no time. By itself that makes no heartbeat late any more. */
export const tooDense: FlapCause = {
  title: 'The node carries more pods than its kubelet can look after',
  judge: onceSilent((_silence, { kubelet, room }) => {
    const { pods, cores } = kubelet;
    if (pods === undefined || cores === undefined) return inconclusive('its pods and its CPU are not scraped');
    const words = `${pods} of at most ${room} pods, and its kubelet takes ${cores.toFixed(2)} cores`;
    if (pods <= limits.fullShare * room && cores <= limits.kubeletCores) return ruledOut(words);
    const stalls = stallsOf(kubelet);
    if (stalls === undefined) return inconclusive(`${words}; whether it stands still was not seen`);
    return stalls > 0
      ? confirmed(`${words}; and it stood still ${plural(stalls, 'time')}`)
      : inconclusive(`${words}; but it never stood still, and a lease waits for no pod and no image`);
  }),
  remedies: ['cordon', 'drain', 'fewerPods', 'keepGrace'],
};
