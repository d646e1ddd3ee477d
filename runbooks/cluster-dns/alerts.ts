import type { AlertMatch } from '../../engine/runbook.ts';

/** Whatever fails, it is one incident about one thing: the DNS of the cluster. */
const about = { family: 'component', component: 'coredns' } as const;
const NAMESPACE = ['kube-system'];

export const alerts: readonly AlertMatch[] = [
  // Our own rules: infra/prometheus/rules/dns.yaml.
  { name: 'ClusterDnsDown', ...about },
  { name: 'ClusterDnsErrorRateHigh', ...about },
  // povilasv/coredns-mixin. Its rules select job="kube-dns", which the Helm chart calls coredns: there they are silent.
  { name: 'CoreDNSDown', ...about },
  { name: 'CoreDNSLatencyHigh', ...about },
  { name: 'CoreDNSErrorsHigh', ...about },
  { name: 'CoreDNSForwardLatencyHigh', ...about },
  { name: 'CoreDNSForwardErrorsHigh', ...about },
  // By metric names before CoreDNS 1.11: with a later one they never fire.
  { name: 'CoreDNSForwardHealthcheckFailureCount', ...about },
  { name: 'CoreDNSForwardHealthcheckBrokenCount', ...about },
  // OpenShift, and awesome-prometheus-alerts.
  { name: 'CoreDNSHealthCheckSlow', ...about },
  { name: 'CoreDNSPanicking', ...about },
  { name: 'CorednsPanicCount', ...about },
  // One name for every job: only the labels say that it is about DNS.
  { name: 'TargetDown', labels: { job: ['coredns', 'kube-dns'] }, ...about },
  { name: 'KubePodCrashLooping', labels: { namespace: NAMESPACE, container: ['coredns'] }, ...about },
  { name: 'KubernetesPodCrashLooping', labels: { namespace: NAMESPACE, container: ['coredns'] }, ...about },
  { name: 'KubeContainerWaiting', labels: { namespace: NAMESPACE, container: ['coredns'] }, ...about },
  { name: 'KubeDeploymentReplicasMismatch', labels: { namespace: NAMESPACE, deployment: ['coredns'] }, ...about },
  { name: 'KubernetesDeploymentReplicasMismatch', labels: { namespace: NAMESPACE, deployment: ['coredns'] }, ...about },
  { name: 'KubeDeploymentRolloutStuck', labels: { namespace: NAMESPACE, deployment: ['coredns'] }, ...about },
];
