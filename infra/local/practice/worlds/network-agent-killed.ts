import type { Facts } from '../facts.ts';
import { podsEverOf } from '../placement.ts';
import { stateMetricsLabels } from '../prometheus/state-metrics.ts';
import type { Workload } from '../workloads.ts';
import type { World, WorldAlert } from '../world.ts';

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
  alerts: (facts) => [crashLooping(facts)],
  slow: [
    { asks: new RegExp(`/pods\\?.*${NODE}\\b`), delayMs: 700 },
    { asks: /container_memory_working_set_bytes/, delayMs: 1_400 },
    { asks: /daemonsets/, delayMs: 1_000 },
  ],
};

function withMultus(facts: Facts, workload: Workload): Facts {
  return { ...facts, guests: [{ workload, on: facts.nodes.map(({ name }) => name) }] };
}

/** KubePodCrashLooping as the Helm chart labels it: of kube-state-metrics, but for the pod and its container. */
const crashLooping = (facts: Facts): WorldAlert => {
  const [{ workload } = { workload: multus }] = facts.guests ?? [];
  const { namespace, container } = workload;
  const pod = podsEverOf(facts, workload).find(({ node }) => node.name === NODE)?.name ?? '';
  return {
    labels: {
      ...stateMetricsLabels(facts),
      alertname: 'KubePodCrashLooping',
      ...{ namespace, pod, container },
      reason: 'CrashLoopBackOff',
      prometheus: 'monitoring/kube-prometheus-stack-prometheus',
      severity: 'warning',
    },
    annotations: {
      description: `Pod ${namespace}/${pod} (${container}) is in waiting state (reason: "CrashLoopBackOff").`,
      runbook_url: 'https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubepodcrashlooping',
      summary: 'Pod is crash looping.',
    },
    expr: 'max_over_time(kube_pod_container_status_waiting_reason{job="kube-state-metrics",namespace="kube-system",reason="CrashLoopBackOff"}[5m]) >= 1',
    afterSeconds: 960,
  };
};
