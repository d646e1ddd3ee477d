import type { AlertMatch } from '../../engine/runbook.ts';

/** The containers of network agents, and those that write their configuration, as their manifests call them. */
const containers = [
  'kube-proxy',
  'kube-flannel',
  'install-cni',
  'install-cni-plugin',
  'calico-node',
  'cilium-agent',
  'aws-node',
  'weave',
  'kube-router',
  'antrea-agent',
  'kindnet-cni',
  'kube-multus',
];

/**
 * Alerts that name a node, or a pod of the network on it. What says only that a Node is without a network
 * (KubernetesNodeNetworkUnavailable, KubeNodeNotReady) is answered by node-not-ready, and what names no node at all
 * (KubeProxyDown, TargetDown of kube-proxy) by any-alert: there is no node to look at.
 */
export const alerts: readonly AlertMatch[] = [
  { name: 'KubeProxyInstanceUnreachable', family: 'static-pod' },
  { name: 'NodeWithoutOVNKubeNodePodRunning', family: 'node-object' },
  { name: 'KubePodCrashLooping', family: 'static-pod', labels: { container: containers } },
  { name: 'KubernetesPodCrashLooping', family: 'static-pod', labels: { container: containers } },
  // Our own rules: infra/prometheus/rules/pod-network.yaml.
  { name: 'PodSandboxesFail', family: 'kubelet' },
  { name: 'NetworkAgentNotReady', family: 'node-object' },
  { name: 'IptablesRestoreFails', family: 'static-pod' },
];
