import { expect, test } from 'vitest';
import { lastReplicas } from '../../../engine/acting/replicas.ts';
import { fakeCluster } from '../changes/fake-cluster.ts';

const agents = { kind: 'DaemonSet', namespace: 'kube-system', name: 'agent' } as const;

function restarted(desired: number, available: number, maxUnavailable: number | string) {
  const { kube } = fakeCluster({
    DaemonSet: [
      {
        metadata: { name: 'agent', namespace: 'kube-system', uid: 'uid-agent', resourceVersion: '1' },
        spec: {
          ...{ selector: {}, template: { spec: { containers: [] } } },
          updateStrategy: { rollingUpdate: { maxUnavailable } },
        },
        status: { desiredNumberScheduled: desired, numberAvailable: available },
      },
    ],
  });
  return lastReplicas(kube, [{ verb: 'restart', workload: agents }]);
}

test.each<[string, number, number, number | string]>([
  ['of all nodes', 6, 6, '100%'],
  ['of all nodes, since a share is rounded up', 6, 6, '90%'],
  ['that serve, beside those that are down', 6, 4, 6],
])('a rollout that ends all agents at once %s needs a broken glass', async (_which, desired, available, most) => {
  expect(await restarted(desired, available, most)).toMatchObject({
    holds: false,
    breakable: true,
    value: 'none would be ready until others have started: DaemonSet kube-system/agent',
  });
});

test.each<[string, number, number, number]>([
  ['some of the agents stay', 6, 6, 5],
  ['only those go that do not serve', 6, 4, 2],
  ['there is one, which does the work of its node alone', 1, 1, 1],
])('it does not where %s', async (_why, desired, available, most) => {
  expect(await restarted(desired, available, most)).toBeUndefined();
});
