import { confirmed, inconclusive } from '../../../engine/verdict.ts';
import { conditionOf } from '../../evidence/node.ts';
import { lastWord, lifeOf, type NodeCause, trusting } from '../signs.ts';
import { ruledOutUnlessTold } from '../watched.ts';

/** Read the message: the reason KubeletNotReady is the same as for the container runtime. */
const NOT_READY = /NetworkReady=false|network plugin|cni (plugin|config)/i;
/**
 * Its runtime did not answer, or not as one that is up: of the network it last heard before (kubelet, `updateRuntimeUp`, which
 * returns before it looks at the network). What it says of the network beside that is as old as its runtime's last answer.
 */
const UNASKED =
  /container runtime is down|status check may not have completed|network state unknown|RuntimeReady=false/;

/**
 * NetworkUnavailable is the plug-in's own condition. Nobody turns it to Unknown when a node falls silent, and an orderly
 * shutdown leaves it True (Calico: "Calico is shutting down on this node"): so it speaks of a node that lives.
 */
export const networkPlugin: NodeCause = {
  title: 'The network plug-in is not ready',
  present: true,
  judge: trusting((seen, maybe, { now }) => {
    const unavailable = conditionOf(seen.node, 'NetworkUnavailable');
    const word = lastWord(maybe, now);
    if (unavailable?.status === 'True') {
      const words = `NetworkUnavailable=True (${unavailable.reason}: ${unavailable.message})`;
      const life = lifeOf(maybe, now);
      if (word?.stands && life.state !== 'late') return confirmed(words);
      return inconclusive(`${words}, perhaps written before it fell silent: ${word?.words ?? life.words}`);
    }
    if (!word) return inconclusive('the node has no Ready condition');
    if (UNASKED.test(word.message)) return inconclusive(`${word.words}: of the network it could not hear`);
    if (NOT_READY.test(word.message) && word.stands) return confirmed(word.words);
    if (!word.stands) return inconclusive(word.words);
    return ruledOutUnlessTold(`${word.words}; it asks the runtime every 5 s`, 'network', maybe, now);
  }),
  remedies: ['cordon', 'restoreNetworkPlugin'],
};
