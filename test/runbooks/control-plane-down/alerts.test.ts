import { describe, expect, it } from 'vitest';
import { matchRunbook } from '../../../engine/match.ts';
import { resolveTarget } from '../../../engine/resolve.ts';
import { targetName } from '../../../engine/target.ts';
import { catalog } from '../../../runbooks/catalog.ts';

async function answered(labels: Readonly<Record<string, string>>) {
  const alert = { fingerprint: '', status: 'firing', annotations: {}, startsAt: '', labels } as const;
  const found = matchRunbook(alert, catalog);
  const { target } = await resolveTarget(alert, found?.match);
  // Nothing scrapes the component under the job of whoever tells of its container.
  expect(target).not.toHaveProperty('job', 'kube-state-metrics');
  return `${found?.runbook.id}: ${targetName(target)}`;
}
const waits = (alertname: string, container: string, namespace = 'kube-system') =>
  answered({ alertname, namespace, container, pod: `${container}-cp-1`, job: 'kube-state-metrics' });

describe.each(['KubePodCrashLooping', 'KubernetesPodCrashLooping', 'KubeContainerWaiting'])('%s', (alertname) => {
  it.each(['kube-scheduler', 'kube-controller-manager', 'kube-apiserver'])(
    'of %s is about that component, whatever exporter tells it',
    async (container) => {
      expect(await waits(alertname, container)).toBe(`control-plane-down: component/${container}`);
    },
  );

  it('of etcd is about etcd', async () => {
    expect(await waits(alertname, 'etcd')).toBe('etcd-heartbeat: component/etcd');
  });

  it.each([
    ['kube-proxy', 'kube-system'],
    ['kube-scheduler', 'shop'],
    ['etcd', 'vault'],
  ])('of %s in %s is about neither', async (container, namespace) => {
    expect(await waits(alertname, container, namespace)).not.toMatch(/^(control-plane-down|etcd-heartbeat):/);
  });
});
