import * as z from 'zod';
import type { ManualRemedy, Remedy } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { cordon } from '../evidence/cordon.ts';
import { nameOf } from './agents.ts';
import { killedIn } from './causes/agent-memory.ts';
import type { Seen } from './evidence.ts';
import { hasNoImage } from './logs.ts';
import * as agent from './manual/agent.ts';
import * as iptables from './manual/iptables.ts';
import * as plugin from './manual/plugin.ts';
import { keepNetwork } from './manual/refusals.ts';
import { bytesOf, mebibytes } from './quantity.ts';
import { latelyIn, pluginAgents, signsOf, unwellOf } from './signs.ts';

type Fix<Params, Verb extends 'delete-pod' | 'restart' | 'set-resources'> = Remedy<Params, Seen, NodeTarget, Verb>;

const Limit = z.object({
  namespace: z.string(),
  daemonSet: z.string(),
  container: z.string(),
  memory: z.string(),
  was: z.string(),
});

/** So much more each time: enough for what has grown, and not so much that a leak goes unseen (judgement). */
const TIMES_THE_LIMIT = 2;
/** Agents of big clusters are given some hundred MiB. Who outgrows this leaks, or holds too much (judgement). */
const HIGHEST_LIMIT_BYTES = 2 ** 30;

/** On every node, at the pace of the DaemonSet's strategy: the limit stands in the DaemonSet. */
const raiseMemory: Fix<z.infer<typeof Limit>, 'set-resources'> = {
  title: 'Double the memory limit of the network agent, in its DaemonSet',
  // The agents of all nodes are replaced.
  risk: 'medium',
  verbs: ['set-resources'],
  workloads: ['DaemonSet'],
  params: Limit,
  propose: (seen) => {
    const killed = outgrown(seen);
    if (!killed) return { unavailable: 'no container of an agent is being ended for its memory' };
    const { agent: pod, container } = killed;
    const { daemonSet, namespace } = pod;
    if (daemonSet === undefined) return { unavailable: `${nameOf(pod)} belongs to no DaemonSet` };
    if (container.isInit) return { unavailable: `${container.name} is an init container: its limit is set by hand` };
    if (container.memoryLimit === undefined)
      return { unavailable: `${container.name} has no limit: the machine itself ran out of memory` };
    const bytes = bytesOf(container.memoryLimit);
    if (bytes === undefined) return { unavailable: `its limit ${container.memoryLimit} is no plain quantity` };
    const memory = mebibytes(bytes * TIMES_THE_LIMIT);
    if (bytes * TIMES_THE_LIMIT > HIGHEST_LIMIT_BYTES)
      return { unavailable: `${memory} would be much for ${container.name}: look first at what it holds` };
    return { namespace, daemonSet, container: container.name, memory, was: container.memoryLimit };
  },
  changes: ({ namespace, daemonSet: name, container, memory, was }) => [
    {
      ...{ verb: 'set-resources', workload: { kind: 'DaemonSet', namespace, name }, container },
      ...{ limits: { memory }, from: { memory: was } },
    },
  ],
};

/** Of the containers that are ended for their memory, or of what runs in them. */
function outgrown(seen: Seen) {
  const [killed] = killedIn(seen, new Date(seen.agents.readAt));
  if (killed) return killed;
  const inside = seen.use.find(({ ooms = 0 }) => ooms >= 1);
  const agent = seen.agents.agents.find(
    ({ namespace, name }) => namespace === inside?.namespace && name === inside.pod,
  );
  const container = agent?.containers.find(({ name }) => name === inside?.container);
  return agent && container && { agent, container };
}

const PodName = z.object({ namespace: z.string(), pod: z.string() });

/** Its DaemonSet makes it again on this node: it writes configuration and subnet anew, and asks the API server anew. */
const remakeAgent: Fix<z.infer<typeof PodName>, 'delete-pod'> = {
  title: 'Delete the agent of this node: its DaemonSet makes it anew',
  // Pods go on; for some seconds none gets an address or new rules here.
  risk: 'medium',
  verbs: ['delete-pod'],
  workloads: ['DaemonSet'],
  params: PodName,
  propose: (seen) => {
    const now = new Date(seen.agents.readAt);
    const why = whyInVain(seen, now);
    if (why) return { unavailable: why };
    const pod = unwellOf(seen, now)[0] ?? pluginAgents(seen)[0];
    if (!pod) return { unavailable: 'no agent of a plug-in is on this node' };
    if (pod.daemonSet === undefined)
      return { unavailable: `${nameOf(pod)} belongs to no DaemonSet: nothing would make it again` };
    if (pod.isEnding) return { unavailable: `${nameOf(pod)} is being ended already` };
    return { namespace: pod.namespace, pod: pod.name };
  },
  changes: ({ namespace, pod }) => [{ verb: 'delete-pod', namespace, pod }],
};

/** Where another pod of it would find the same. */
function whyInVain(seen: Seen, now: Date): string | undefined {
  const lately = (...kinds: Parameters<typeof signsOf>[1]) => latelyIn(signsOf(seen, kinds), now);
  if (seen.placing.podCidrs.length === 0 && lately('noSubnet').length > 0)
    return 'the node has no podCIDR: a new agent would find none either';
  if (lately('otherSubnet').length > 0)
    return 'what is in its way is the bridge on the machine, which outlives the agent';
  if (unwellOf(seen, now).some((pod) => pod.containers.some(hasNoImage)))
    return 'its image cannot be had: a new pod of it would find none either';
  const lines = lately('noApi').map(({ line }) => line);
  if (lines.some((line) => /is forbidden: /i.test(line)))
    return 'its rights are gone: a new agent would have none either';
  const cutOff = lines.some((line) => !/unauthorized|provide credentials|x509/i.test(line));
  return cutOff ? 'the way to the API server is missing, not the agent' : undefined;
}

const SetName = z.object({ namespace: z.string(), name: z.string() });
/** From so many on it is no matter of one node (judgement). */
const SOME_NODES = 2;

/** Where it fails on several nodes at once. At the pace of the DaemonSet's strategy, which the plan says. */
const restartAgents: Fix<z.infer<typeof SetName>, 'restart'> = {
  title: 'Restart the agents of all nodes',
  risk: 'high',
  verbs: ['restart'],
  workloads: ['DaemonSet'],
  params: SetName,
  propose: (seen) => {
    const [pod] = unwellOf(seen, new Date(seen.agents.readAt));
    const set = seen.daemonSets.find(({ namespace, name }) => namespace === pod?.namespace && name === pod.daemonSet);
    if (!set) return { unavailable: 'no agent that fails belongs to a DaemonSet' };
    const { namespace, name, desired, ready } = set;
    if (desired - ready < SOME_NODES)
      return { unavailable: `${ready} of ${desired} of ${namespace}/${name} are ready: it is this node's alone` };
    return { namespace, name };
  },
  changes: ({ namespace, name }) => [{ verb: 'restart', workload: { kind: 'DaemonSet', namespace, name } }],
};

export const remedies = { raiseMemory, remakeAgent, restartAgents, cordon };

export const manual = { ...agent, ...plugin, ...iptables, keepNetwork } satisfies Record<
  string,
  ManualRemedy<Seen, NodeTarget>
>;

export type RemedyName = keyof typeof remedies | keyof typeof manual;
