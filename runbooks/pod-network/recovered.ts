import type { Runbook } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { confirmed, inconclusive, ruledOut } from '../../engine/verdict.ts';
import { conditionOf } from '../evidence/node.ts';
import { plural } from '../evidence/node-words.ts';
import { agentWords, nameOf } from './agents.ts';
import type { Seen } from './evidence.ts';
import { lackingIn } from './lacking.ts';
import { endedLately, isLately, isOvertaken, isYoung, pluginAgents, trusting, wordOf } from './signs.ts';

/**
 * The kubelet says that the node has a network, all agents are ready and stay so, and no pod waits for an address. Kubernetes'
 * own objects prove that: an incident closes without Prometheus.
 */
export const recovered: Runbook<NodeTarget, Seen, object, string>['recovered'] = (seen, maybe, context) =>
  maybe.registered === false
    ? confirmed('its Node object is gone')
    : trusting((_seen, _maybe, now) => {
        const word = wordOf(seen, now);
        if (word.says === 'nothing') return inconclusive(word.words);
        if (word.says !== 'ready') return ruledOut(word.words);
        if (conditionOf(seen.node, 'NetworkUnavailable')?.status === 'True') return ruledOut('NetworkUnavailable=True');
        const { agents, waiting } = seen.agents;
        const unready = agents.find(({ ready }) => !ready);
        if (unready) return ruledOut(agentWords(unready));
        const restless = agents.find((agent) => endedLately(agent, now));
        if (restless) return ruledOut(`${agentWords(restless)}: it may do so again`);
        if (pluginAgents(seen).length === 0 && lackingIn(seen).length > 0)
          return inconclusive('an agent of the network that should be here is not');
        const late = waiting.filter(({ createdAt }) => !isYoung(createdAt, now));
        const told = seen.said.said.findLast(
          (one) => isLately(one.at, now) && !isOvertaken(one, seen, now) && late.some((pod) => nameOf(pod) === one.pod),
        );
        if (told) return ruledOut(`${told.pod} waits: ${told.line}`);
        const waits =
          late.length > 0
            ? `; ${plural(late.length, 'pod')} without an address, of which the kubelet says nothing about the network`
            : '';
        if (seen.said.unasked > 0)
          return inconclusive(`${plural(late.length, 'pod')} without an address, not all asked for`);
        return confirmed(
          `Ready=True, ${agents.length === 0 ? 'no agent of a known name' : `${agents.map(nameOf).join(', ')} ready`}${waits}`,
        );
      })(seen, maybe, context);
