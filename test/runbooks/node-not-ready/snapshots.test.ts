import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { investigate } from '../../../engine/investigate.ts';
import { caseClock, caseSource } from '../../../engine/replay.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook } from '../../../runbooks/node-not-ready/index.ts';
import { denied, prometheusDown, type Reads, readsOf, recording } from './compose.ts';

/**
 * Every recorded moment of a trouble, what was done to the node then (so what is wrong, first), and what it looks like
 * to who asks whether it has recovered. `none`: nothing may be confirmed.
 */
const moments: Readonly<
  Record<string, readonly [cause: string, recovered: 'confirmed' | 'ruled-out' | 'inconclusive']>
> = {
  // 60 s of a hanging runtime look like a slow disk, 20 s of a missing one do not show yet.
  'runtime-stopped-t060': ['none', 'inconclusive'],
  'runtime-stopped-t200': ['runtimeHangs', 'ruled-out'],
  'runtime-stopped': ['runtimeHangs', 'ruled-out'],
  'runtime-stopped-healed': ['none', 'confirmed'],
  'runtime-killed-t020': ['none', 'confirmed'],
  'runtime-killed': ['runtimeGone', 'ruled-out'],
  'runtime-killed-healed': ['none', 'confirmed'],
  'cni-missing': ['networkPlugin', 'ruled-out'],
  // It was made to fall three times and more within half an hour, and has been Ready for less than between two of these: it flaps.
  'cni-missing-healed': ['none', 'ruled-out'],
  'kubelet-killed-t020': ['kubeletStopped', 'inconclusive'],
  'kubelet-killed': ['kubeletStopped', 'ruled-out'],
  'kubelet-killed-healed': ['none', 'confirmed'],
  'cert-expired-t030': ['unauthorized', 'inconclusive'],
  'cert-expired': ['unauthorized', 'ruled-out'],
  'cert-expired-healed': ['none', 'ruled-out'],
  'time-skew': ['clockJumped', 'inconclusive'],
  'time-skew-right-again': ['none', 'confirmed'],
  'time-skew-plus600': ['clockJumped', 'inconclusive'],
  'time-skew-right-after-plus600': ['none', 'ruled-out'],
  'time-skew-healed': ['none', 'ruled-out'],
  'pids-node': ['pressure', 'ruled-out'],
  'pids-node-healed': ['none', 'confirmed'],
  // The limit of a pod is no trouble of its node.
  'pids-pod': ['none', 'confirmed'],
  'pids-pod-full': ['none', 'confirmed'],
  'disk-pressure': ['pressure', 'ruled-out'],
  'disk-pressure-t050': ['pressure', 'ruled-out'],
  'disk-pressure-healed': ['none', 'confirmed'],
  'disk-pressure-running-pods': ['pressure', 'ruled-out'],
  'disk-pressure-running-pods-t050': ['pressure', 'ruled-out'],
  'disk-pressure-running-pods-healed': ['none', 'confirmed'],
  'disk-pressure-filled': ['pressure', 'ruled-out'],
  'disk-pressure-filled-healed': ['none', 'confirmed'],
  // Half of the kubelet is stuck, and nothing tells a slow disk from a way that is blocked.
  'io-stall': ['none', 'inconclusive'],
  'cordon-drain': ['plannedWork', 'confirmed'],
  'cordon-drain-healed': ['none', 'confirmed'],
  // Of another rig, the second without a Prometheus.
  'kubelet-frozen': ['none', 'ruled-out'],
  healthy: ['none', 'inconclusive'],
};
/** Until it was restarted with a good one, half a second before, it answered whoever asked 401 (seen beside Prometheus). */
const ended: Readonly<Record<string, string>> = { 'cert-expired-healed': denied };
/** Read while etcd had no quorum, so judged by the age of the control plane's leases: among the cases. */
const elsewhere = ['etcd-lost'];

async function look(name: string, change: (reads: Reads) => Reads = (reads) => reads) {
  const moment = recording(name);
  const target = { kind: 'Node', name: moment.node.metadata.name } as const;
  const one = { runbook: runbook.id, target, cluster: 'practice', now: moment.now, expect: { causes: {} } };
  const recorded = {
    ...one,
    reads: change(readsOf({ recording: moment, ...(ended[name] ? { ended: ended[name] } : {}) })),
  };
  const options = { source: caseSource(recorded), clock: caseClock(recorded), cluster: 'practice' };
  const report = await investigate(anyRunbook(runbook), target, options);
  const confirmed = report.causes.filter(({ verdict }) => verdict === 'confirmed').map(({ id }) => id);
  return { report, confirmed };
}

describe('every recorded moment', () => {
  it.each(Object.entries(moments))('%s is %j', async (name, [cause, recovered]) => {
    const { report, confirmed } = await look(name);

    expect(confirmed).toEqual(cause === 'none' ? [] : [cause]);
    expect(report.recovered.verdict).toBe(recovered);
  });

  it.each(Object.entries(moments))('%s without Prometheus confirms nothing else', async (name, [cause]) => {
    const { confirmed } = await look(name, prometheusDown);

    expect(confirmed.filter((id) => id !== cause)).toEqual([]);
  });

  it('is in the table', () => {
    const folder = new URL('../../recorded/node-troubles/', import.meta.url);
    const recorded = readdirSync(folder).map((file) => file.replace('.json', ''));

    expect([...Object.keys(moments), ...elsewhere].sort()).toEqual(recorded.sort());
  });

  it('of a node that looks recovered names no trouble: what was is open, and its words are there', async () => {
    for (const [name, [, recovered]] of Object.entries(moments)) {
      if (recovered !== 'confirmed') continue;
      const { confirmed } = await look(name);
      expect(
        confirmed.filter((id) => id !== 'plannedWork'),
        name,
      ).toEqual([]);
    }
    const { report } = await look('disk-pressure-filled-healed');
    expect(report.causes.find(({ id }) => id === 'pressure')?.reason).toMatch(
      /^Attempting to reclaim ephemeral-storage at 08:3\d:\d\d; .*but that is past: DiskPressure=False since 08:34:\d\d$/,
    );
  });
});
