import { confirmed, inconclusive } from '../../../engine/verdict.ts';
import { conditionOf } from '../../evidence/node.ts';
import { agentWords } from '../agents.ts';
import { sandboxesFailed } from '../sandboxes.ts';
import {
  isOvertaken,
  latelyIn,
  type NetworkCause,
  named,
  pluginAgents,
  signsOf,
  signWords,
  trusting,
  withoutSign,
  wordOf,
} from '../signs.ts';

/**
 * Existing pods run on, are Ready and answer; only new ones find no network (measured). An agent writes the configuration when
 * it starts, so that where it does not run a missing file follows from that, and is no cause.
 */
export const pluginMissing: NetworkCause = {
  title: 'The configuration or the program of the network plug-in is missing, or cannot be run',
  present: true,
  judge: trusting((seen, _maybe, now) => {
    const word = wordOf(seen, now);
    const signs = signsOf(seen, ['noConfig', 'noBinary']).filter((sign) => !isOvertaken(sign, seen, now));
    const sign = latelyIn(signs, now).at(-1);
    if (word.says !== 'no network' && !sign) {
      if (word.says !== 'ready') return inconclusive(word.words);
      const unavailable = conditionOf(seen.node, 'NetworkUnavailable');
      return unavailable?.status === 'True'
        ? inconclusive(`NetworkUnavailable=True (${unavailable.reason}: ${unavailable.message}), which names no file`)
        : withoutSign(seen, signs, now, word.words);
    }
    const words = [...(word.says === 'no network' ? [word.words] : []), ...(sign ? [signWords(sign)] : [])].join('; ');
    if (word.says === 'ready' && sign?.kind === 'noConfig') return inconclusive(`${words}, while ${word.words}`);
    const agents = pluginAgents(seen);
    const failing = agents.find(({ ready }) => !ready);
    if (failing) return inconclusive(`${words}. That follows from its agent, which writes it. ${agentWords(failing)}`);
    const sets = seen.daemonSets.filter(({ app }) => app !== 'kube-proxy');
    if (agents.length > 0)
      return confirmed(`${words}, although ${named(agents)} ${agents.length === 1 ? 'is' : 'are'} ready`);
    if (sets.length > 0) return inconclusive(`${words}. That follows from its agent, of which no pod is here`);
    return confirmed(`${words}. No agent of a known plug-in is in this cluster, which would write it`);
  }),
  measure: sandboxesFailed,
  remedies: ['remakeAgent', 'cordon', 'restorePlugin', 'keepNetwork'],
};
