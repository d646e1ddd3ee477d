import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { conditionOf } from '../../evidence/node.ts';
import { lastWord, type NodeCause, trusting } from '../signs.ts';

/** Read the message: the reason KubeletNotReady is the same as for the container runtime. */
const NOT_READY = /NetworkReady=false|network plugin|cni (plugin|config)/i;

export const networkPlugin: NodeCause = {
  title: 'The network plug-in is not ready',
  judge: trusting((seen, maybe, { now }) => {
    const unavailable = conditionOf(seen.node, 'NetworkUnavailable');
    if (unavailable?.status === 'True') {
      return confirmed(`NetworkUnavailable=True (${unavailable.reason}: ${unavailable.message})`);
    }
    const word = lastWord(maybe, now);
    if (!word) return inconclusive('the node has no Ready condition');
    if (NOT_READY.test(word.message) && word.stands) return confirmed(word.words);
    return word.stands ? ruledOut(`${word.words}; it asks the runtime every 5 s`) : inconclusive(word.words);
  }),
  remedies: ['cordon', 'restoreNetworkPlugin'],
};
