import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../engine/alert.ts';
import { matchRunbook } from '../../../engine/match.ts';
import { resolveTarget } from '../../../engine/resolve.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { alerts } from '../../../runbooks/node-not-ready/alerts.ts';
import { runbook } from '../../../runbooks/node-not-ready/index.ts';

function alert(labels: Record<string, string>): Alert {
  return {
    status: 'firing',
    labels,
    annotations: {},
    startsAt: '2026-11-21T07:12:27.831Z',
    fingerprint: '6519216f7b9ef55d',
  } as Alert;
}

async function targetOf(labels: Record<string, string>) {
  const matched = matchRunbook(alert(labels), [anyRunbook(runbook)]);
  return matched && (await resolveTarget(alert(labels), matched.match)).target;
}

describe('an alert leads to its node', () => {
  const worker = { kind: 'Node', name: 'worker-3' };
  it('by node alone when kube-state-metrics says it, whatever pod and instance stand beside', async () => {
    const labels = {
      alertname: 'KubeNodeNotReady',
      node: 'worker-3',
      job: 'kube-state-metrics',
      namespace: 'monitoring',
      pod: 'kube-state-metrics-7d9',
      instance: '10.1.0.9:8080',
    };
    expect(await targetOf(labels)).toEqual(worker);
  });

  it('by node when the kubelet says it, as recorded from a real Alertmanager', async () => {
    const labels = {
      alertname: 'KubeletDown',
      instance: '10.123.0.1:10250',
      job: 'kubelet',
      node: 'rig-node-1',
      severity: 'critical',
    };
    expect(await targetOf(labels)).toEqual({ kind: 'Node', name: 'rig-node-1' });
  });

  it('or is said to lead nowhere when no label names one, as KubeletDown and TargetDown of the mixin', async () => {
    for (const labels of [{ alertname: 'KubeletDown' }, { alertname: 'TargetDown', job: 'kubelet' }]) {
      expect(await targetOf({ ...labels, severity: 'critical' })).toMatchObject({
        kind: 'Unresolved',
        why: expect.stringMatching(/none of the labels node/),
      });
    }
  });

  it('and TargetDown of other jobs is none of ours', async () => {
    expect(await targetOf({ alertname: 'TargetDown', job: 'apiserver' })).toBeUndefined();
    expect(await targetOf({ alertname: 'kubenodenotready', node: 'worker-3' })).toBeUndefined();
  });
});

it('no alert is listed twice', () => {
  const keys = alerts.map(({ name, labels }) => JSON.stringify([name, labels]));
  expect(new Set(keys).size).toBe(keys.length);
});
