import { describe, expect, it } from 'vitest';
import { matchRunbook } from '../../../engine/match.ts';
import { resolveTarget } from '../../../engine/resolve.ts';
import { targetName } from '../../../engine/target.ts';
import { catalog } from '../../../runbooks/catalog.ts';
import { runbook } from '../../../runbooks/cluster-dns/index.ts';

async function answered(labels: Readonly<Record<string, string>>) {
  const alert = { fingerprint: '', status: 'firing', annotations: {}, startsAt: '', labels } as const;
  const found = matchRunbook(alert, catalog);
  const { target, confidence } = await resolveTarget(alert, found?.match);
  return {
    by: found?.runbook.id,
    about: targetName(target),
    confidence,
    accepted: runbook.target.safeParse(target).success,
  };
}
const dns = { by: 'cluster-dns', about: 'component/coredns', confidence: 'exact', accepted: true };

describe('an alert about DNS', () => {
  it.each([
    { alertname: 'ClusterDnsDown', severity: 'critical' },
    { alertname: 'ClusterDnsErrorRateHigh', job: 'kube-dns' },
    {
      alertname: 'CoreDNSErrorsHigh',
      job: 'coredns',
      namespace: 'kube-system',
      service: 'kube-prometheus-stack-coredns',
    },
    { alertname: 'CoreDNSForwardLatencyHigh', job: 'kube-dns', to: '10.0.0.2:53' },
    { alertname: 'CoreDNSPanicking', namespace: 'kube-system', pod: 'coredns-a', instance: '10.244.1.7:9153' },
    { alertname: 'TargetDown', job: 'coredns', namespace: 'kube-system', service: 'kube-prometheus-stack-coredns' },
    { alertname: 'TargetDown', job: 'kube-dns' },
    {
      alertname: 'KubePodCrashLooping',
      namespace: 'kube-system',
      pod: 'coredns-a',
      container: 'coredns',
      job: 'kube-state-metrics',
    },
    { alertname: 'KubeDeploymentReplicasMismatch', namespace: 'kube-system', deployment: 'coredns' },
  ])('is about the one DNS of the cluster, whatever else its labels name: $alertname', async (labels) => {
    expect(await answered(labels)).toEqual(dns);
  });

  it.each([
    { alertname: 'TargetDown', job: 'kubelet' },
    { alertname: 'KubePodCrashLooping', namespace: 'shop', pod: 'coredns-a', container: 'coredns' },
    { alertname: 'KubePodCrashLooping', namespace: 'kube-system', pod: 'kube-proxy-x', container: 'kube-proxy' },
    { alertname: 'KubeDeploymentReplicasMismatch', namespace: 'kube-system', deployment: 'metrics-server' },
    { alertname: 'corednsdown' },
  ])('is not one of the same name about something else: $alertname', async (labels) => {
    expect((await answered(labels)).by).not.toBe('cluster-dns');
  });
});
