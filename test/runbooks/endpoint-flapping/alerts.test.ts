import { describe, expect, it } from 'vitest';
import { matchRunbook } from '../../../engine/match.ts';
import { resolveTarget } from '../../../engine/resolve.ts';
import { catalog } from '../../../runbooks/catalog.ts';
import { runbook } from '../../../runbooks/endpoint-flapping/index.ts';

async function answered(labels: Readonly<Record<string, string>>) {
  const alert = { fingerprint: '', status: 'firing', annotations: {}, startsAt: '', labels } as const;
  const found = matchRunbook(alert, catalog);
  const { target, confidence } = await resolveTarget(alert, found?.match);
  return { by: found?.runbook.id, target, confidence, accepted: runbook.target.safeParse(target).success };
}

describe('an alert about what comes and goes', () => {
  it.each([
    [
      { alertname: 'NodeEndpointsFlapping', node: 'worker-1', prometheus: 'monitoring/k8s' },
      { kind: 'Node', name: 'worker-1' },
    ],
    [
      { alertname: 'EndpointSliceFlapping', namespace: 'shop', endpointslice: 'web-x1k2p' },
      { kind: 'Object', resource: 'EndpointSlice', namespace: 'shop', name: 'web-x1k2p' },
    ],
    [
      { alertname: 'KubePodNotReady', namespace: 'shop', pod: 'web-1', job: 'kube-state-metrics' },
      { kind: 'Pod', namespace: 'shop', name: 'web-1' },
    ],
  ])('$alertname is about what its labels name', async (labels, target) => {
    expect(await answered(labels)).toMatchObject({ by: 'endpoint-flapping', target, accepted: true });
  });

  it('that names no slice is about nothing that could be looked at', async () => {
    const { target, accepted } = await answered({ alertname: 'EndpointSliceFlapping', namespace: 'shop' });
    expect([target.kind, accepted]).toEqual(['Object', false]);
  });

  it('of a Node alone is left to the runbook for nodes', async () => {
    for (const alertname of ['KubeNodeReadinessFlapping', 'NodeReadinessFlaps', 'NodeLeaseRenewalDelayed'])
      expect((await answered({ alertname, node: 'worker-1' })).by).toBe('node-not-ready');
  });
});
