import type { Facts } from '../facts.ts';
import { podsEverOf } from '../placement.ts';
import type { Workload } from '../workloads.ts';
import type { World, WorldAlert } from '../world.ts';
import { crashLooping } from './crash-looping-alert.ts';

const NODE = 'worker-4';
const BEGAN_SECONDS_AGO = 1_500;

/** The daemon of Multus with the 50Mi of its manifest. What it holds grows with the pods of its node. */
const multus: Workload = {
  kind: 'DaemonSet',
  namespace: 'kube-system',
  name: 'kube-multus-ds',
  labels: { app: 'multus', name: 'multus' },
  container: 'kube-multus',
  image: 'ghcr.io/k8snetworkplumbingwg/multus-cni:v4.2.1-thick',
  cpu: '100m',
  memory: '50Mi',
  hostNetwork: true,
  rolledOutSecondsAgo: BEGAN_SECONDS_AGO,
  livesSeconds: 20,
  livesOn: [NODE],
  log: ['multus-daemon started', 'API readiness check done!'],
};

/**
 * The agent that every new pod of a node waits for is ended for its memory again and again. The node is Ready, the pods that
 * are there go on. Made anew or restarted it ends the same way; only a higher limit ends that.
 */
export const networkAgentKilled: World = {
  id: 'network-agent-killed',
  title: 'No pod gets a network',
  description: `On ${NODE} an agent of the network ends again and again, and the node is Ready`,
  runbook: 'pod-network',
  target: `node/${NODE}`,
  expect: ['agentMemory'],
  beganSecondsAgo: BEGAN_SECONDS_AGO,
  trouble: (facts) => withMultus(facts, multus),
  react: (facts) =>
    facts.mendedAt === undefined ? facts : withMultus(facts, { ...multus, livesUntil: facts.mendedAt }),
  byHand: 'give kube-system/kube-multus-ds more memory in the chart it comes from',
  byHandFix: 'giveMemory',
  alerts: (facts) => [agentLooping(facts)],
  slow: [
    { asks: new RegExp(`/pods\\?.*${NODE}\\b`), delayMs: 700 },
    { asks: /container_memory_working_set_bytes/, delayMs: 1_400 },
    { asks: /daemonsets/, delayMs: 1_000 },
  ],
};

function withMultus(facts: Facts, workload: Workload): Facts {
  return { ...facts, guests: [{ workload, on: facts.nodes.map(({ name }) => name) }] };
}

const agentLooping = (facts: Facts): WorldAlert => {
  const [{ workload } = { workload: multus }] = facts.guests ?? [];
  const pod = podsEverOf(facts, workload).find(({ node }) => node.name === NODE)?.name ?? '';
  return crashLooping(facts, { ...workload, pod });
};
