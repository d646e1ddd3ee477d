import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import type { Seen } from '../evidence.ts';
import type { AgentUse } from '../figures.ts';
import { latelyIn, type NetworkCause, named, signsOf, trusting } from '../signs.ts';
import { killedIn } from './agent-memory.ts';
import { fullIn, fullWords, isRefused } from './agent-pids.ts';

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
    const full = fullIn(maybe);
    const [first] = full;
    if (!first) {
      const unseen = unseenOf(seen);
      if (unseen) return inconclusive(unseen);
      return ruledOut(`the kernel ended nothing in ${named(agents)}, and none is near its limit of PIDs`);
    }
    const refused = latelyIn(signsOf(seen, ['fork']), now);
    const going = full.find((one) => !isRefused(one, refused));
    return going
      ? confirmed(fullWords(going))
      : ruledOut(`${fullWords(first)}; it does not go on: its forks are refused`);
  }),
  remedies: ['raiseMemory', 'giveMemory', 'morePids'],
};

/** What of those that run is not counted, and might be at its limit. */
function unseenOf({ agents, use }: Seen): string | undefined {
  for (const { namespace, name, containers } of agents.agents) {
    const own = use.filter((one) => one.namespace === namespace && one.pod === name);
    const running = containers.filter(({ isInit, state }) => !isInit && state === 'running');
    const uncounted = running.find(
      (one) => !own.some(({ container, ooms }) => container === one.name && ooms !== undefined),
    );
    if (uncounted)
      return `whether the kernel ends something in ${uncounted.name} of ${namespace}/${name} is not counted (container_oom_events_total, which kubelets of old do not have)`;
    if (running.length > 0 && !own.some(({ pids, pidsMax }) => pids !== undefined || pidsMax === 0))
      return `how many PIDs ${namespace}/${name} may have is not collected (container_threads_max)`;
  }
  return undefined;
}

function isEnded({ ooms = 0 }: AgentUse): boolean {
  return ooms >= 1;
}

function endWords({ namespace, pod, container, ooms = 0 }: AgentUse): string {
  return `the kernel ended something in ${container} of ${namespace}/${pod} for its memory, ${Math.round(ooms)} times in 10 minutes (container_oom_events_total)`;
}

function keyOf(...names: readonly string[]): string {
  return names.join('/');
}
