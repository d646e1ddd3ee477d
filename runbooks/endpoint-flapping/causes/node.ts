import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { conditionOf } from '../../evidence/node.ts';
import { clockTime } from '../../evidence/node-words.ts';
import { flapsIn, named } from '../flaps.ts';
import { ownReport, silenceOf } from '../heartbeat.ts';
import type { Seen } from '../schema.ts';
import { type FlapCause, ofPods, otherNode, toldOf, trusting } from '../signs.ts';

/** The seed of it all: the pods are well, and are called not ready because nobody heard of their node. */
export const nodeHeartbeat: FlapCause = {
  title: 'The node falls silent: its pods only look not ready',
  judge: trusting((seen, maybe, context) => {
    const silence = silenceOf(seen, context.now);
    if (silence === undefined) return fromPods(seen, maybe, context);
    if (seen.pods.gone) return inconclusive(`${silence.words}; the pod is gone`);
    const flaps = flapsIn(seen, context.now).filter(({ signs }) => signs.has('node'));
    return flaps.length > 0
      ? confirmed(`${silence.words}: ${named(flaps)} went with it; ${containersWords(seen.node)}`)
      : inconclusive(`${silence.words}; no pod was seen to go with it`);
  }),
  remedies: ['watchLease', 'lookAtNode', 'keepEndpoints', 'keepGrace'],
};

/** What stands there of a silent node is what its kubelet said last: its machine may be off. */
function containersWords(node: Seen['node']): string {
  const isHeard = conditionOf(node, 'Ready')?.status !== 'Unknown';
  return isHeard ? 'their containers run on' : 'their containers ran when their kubelet last spoke';
}

const fromPods = ofPods('node', (showing) => toldOf(showing));

/** A kubelet that complains of itself: then its pods stay as they are, unless they go as well. */
export const kubeletReport: FlapCause = {
  title: 'The kubelet itself calls its node NotReady',
  judge: trusting((seen, _maybe, { now, target }) => {
    const report = ownReport(seen, now);
    if (report !== undefined) return confirmed(`${report}. The runbook node-not-ready tells why`);
    const ready = conditionOf(seen.node, 'Ready');
    const since = ready?.lastTransitionTime ? ` since ${clockTime(ready.lastTransitionTime)}` : '';
    const words = `the kubelet of ${seen.node.name} did not within half an hour (Ready=${ready?.status ?? 'not set'}${since})`;
    const other = otherNode(seen, target, now);
    return other ? inconclusive(`${words}; ${other}`) : ruledOut(words);
  }),
  remedies: ['lookAtNode'],
};
