import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import type { AgentUse } from '../figures.ts';
import { latelyIn, type NetworkCause, named, signsOf, trusting } from '../signs.ts';
import { killedIn } from './agent-memory.ts';
import { fullWords } from './agent-pids.ts';

/**
 * A child of it (iptables-restore of kube-proxy) is ended and the container goes on; or its pod has no PIDs left and has not
 * yet said so. Only counters tell: where containers themselves end, or forks are refused, others of these causes say it.
 */
export const agentLimits: NetworkCause = {
  title: 'A network agent reaches a limit of its own, and goes on',
  present: true,
  judge: trusting((seen, maybe, now) => {
    const { agents } = seen.agents;
    if (agents.length === 0) return inconclusive('no pod of the network of a known name is here');
    const ended = killedIn(seen, now).map(({ agent, container }) => keyOf(agent.namespace, agent.name, container.name));
    const child = seen.use.find((one) => isEnded(one) && !ended.includes(keyOf(one.namespace, one.pod, one.container)));
    if (child) return confirmed(`${endWords(child)}; the container itself went on`);
    const full = fullWords(maybe);
    if (!full) return ruledOut(`the kernel ended nothing in ${named(agents)}, and none is near its limit of PIDs`);
    return latelyIn(signsOf(seen, ['fork']), now).length > 0
      ? ruledOut(`${full}; it does not go on: its forks are refused`)
      : confirmed(full);
  }),
  remedies: ['raiseMemory', 'giveMemory', 'morePids'],
};

function isEnded({ ooms = 0 }: AgentUse): boolean {
  return ooms >= 1;
}

function endWords({ namespace, pod, container, ooms = 0 }: AgentUse): string {
  return `the kernel ended something in ${container} of ${namespace}/${pod} for its memory, ${Math.round(ooms)} times in 10 minutes (container_oom_events_total)`;
}

function keyOf(...names: readonly string[]): string {
  return names.join('/');
}
