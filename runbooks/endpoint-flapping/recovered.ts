import { confirmed, inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import { conditionOf } from '../evidence/node.ts';
import { clockTime, plural, secondsSince } from '../evidence/node-words.ts';
import { flapsIn, named } from './flaps.ts';
import { silenceOf } from './heartbeat.ts';
import { limits } from './limits.ts';
import { nameOf } from './pods.ts';
import { trusting } from './signs.ts';
import { few, span } from './words.ts';

/** Everything is ready and has been for as long as the alerts look back; the node was heard of all that time. */
export const recovered = trusting((seen, _maybe, { now }): Verdict => {
  const { pods, gone, more } = seen.pods;
  if (gone) return inconclusive('the pod does not exist any more');
  const ready = conditionOf(seen.node, 'Ready');
  if (ready?.status !== 'True') return ruledOut(`${seen.node.name}: Ready=${ready?.status ?? 'not set'}`);
  const flaps = flapsIn(seen, now);
  const unready = flaps.filter(({ pod }) => !pod.isReady && !pod.isEnding);
  if (unready.length > 0) return ruledOut(`${named(unready)} not ready`);
  const stuck = flaps.filter(({ signs }) => signs.has('stuck'));
  if (stuck.length > 0) return ruledOut(`${named(stuck)} being ended, and not gone`);
  const lately = (at: string) => secondsSince(at, now) < limits.steadySeconds;
  const silence = silenceOf(seen, now);
  if (silence && lately(silence.at)) return ruledOut(`${silence.words}, less than ${span(limits.steadySeconds)} ago`);
  const changed = flaps.filter(({ pod, signs }) => !signs.has('moving') && pod.changedAt && lately(pod.changedAt));
  const [first] = changed;
  if (first) return ruledOut(`${named(changed)} ready again since ${clockTime(first.pod.changedAt ?? '')} only`);
  if (more) return inconclusive('the pods that were looked at are ready; there are others');
  if (pods.length === 0) return inconclusive('there are no pods to look at');
  const staying = pods.filter(({ isEnding }) => !isEnding);
  if (staying.length === 0) return confirmed(`${few(pods.map(nameOf))} being ended: nobody waits for it any more`);
  return confirmed(`${plural(staying.length, 'pod')} ready, and none came or went for ${span(limits.steadySeconds)}`);
});
