import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook as typed } from '../../../runbooks/any-alert/index.ts';
import { readCase, replay } from '../case-files.ts';
import { cases } from './cases.ts';

const runbook = anyRunbook(typed);
const folder = new URL('../../cases/any-alert/', import.meta.url);
const shownIn = async (file: string) => {
  const { report } = await replay(runbook, readCase(runbook, file));
  return Object.fromEntries(report.evidence.map(({ id, shown }) => [id, shown]));
};

describe('the cases of any alert', () => {
  it('are as composed: if not, run write-cases.ts and look at what changed', () => {
    expect(readdirSync(folder).sort()).toEqual(
      Object.keys(cases)
        .map((name) => `${name}.json`)
        .sort(),
    );
    for (const [name, one] of Object.entries(cases))
      expect(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')), name).toEqual(
        JSON.parse(JSON.stringify(one)),
      );
  });

  it('cost at most 10 Kubernetes calls each', async () => {
    for (const name of Object.keys(cases)) {
      const { report } = await replay(runbook, readCase(runbook, `${name}.json`));
      expect(report.cost.kubernetesCalls, name).toBeLessThanOrEqual(10);
    }
  });

  it('name no cause in words that a defect has left holes in', async () => {
    for (const name of Object.keys(cases)) {
      const { report } = await replay(runbook, readCase(runbook, `${name}.json`));
      for (const { id, reason } of report.causes)
        expect(reason, `${name} ${id}`).not.toMatch(/undefined|NaN|check failed/);
      for (const { id, shown } of report.evidence) expect(shown, `${name} ${id}`).not.toMatch(/undefined|NaN|\[object/);
    }
  });
});

describe('what is shown to the person', () => {
  it('of a crash loop: the pod, its end, its last words, who changed its workload', async () => {
    expect(await shownIn('new-version-fails.json')).toMatchObject({
      pods: '1 pod, 1 not ready: web-1 (Running, not ready on worker-3; web: 4 restarts, CrashLoopBackOff, ended 02:45:00 with exit code 1)',
      workload: 'Deployment web: 3 of 4 ready; last changed 2026-11-21T02:26:00.000Z by helm',
      versions:
        'version 13 of 2026-11-21T02:00:00.000Z: 0 of 1 ready; version 12 of 2026-08-20T12:16:40.000Z: 3 of 3 ready',
      logs: 'web-1 web: starting | panic: no such table: orders',
      machine: 'worker-3: ready, no pressure',
      neighbours: 'no other incident near it',
    });
  });

  it('of a container that was ended for memory: whose, and what its node said', async () => {
    const told = async (name: string, cause: string) => {
      const { report } = await replay(runbook, readCase(runbook, `${name}.json`));
      return report.causes.find(({ id }) => id === cause)?.reason;
    };
    expect(await told('out-of-memory-and-its-machine-as-well', 'memoryLimit')).toBe(
      'web of web-1 was ended by the kernel (OOMKilled): beside its limit of 1Gi worker-3 as a whole ran out of memory at 02:45:00 (System OOM encountered, victim process: postgres, pid: 4711)',
    );
    expect(await told('limit-larger-than-its-machine', 'nodeMemory')).toContain(
      'whose limit of 64Gi is more than worker-3 has (16Gi)',
    );
    expect((await shownIn('out-of-memory-and-its-machine-as-well.json')).memories).toBe(
      'worker-3 has 16Gi, no memory pressure, out of memory as a whole at 02:45:00: System OOM encountered, victim process: postgres, pid: 4711',
    );
  });

  it('of pods that failed before: how many, beside those that are there', async () => {
    expect((await shownIn('deployment-and-a-pod-evicted-last-week.json')).pods).toMatch(
      /^2 pods, 0 not ready, 1 that failed before: /,
    );
    expect((await shownIn('evicted.json')).pods).toMatch(/^1 pod, 1 not ready: web-1 \(Failed, not ready/);
  });

  it('of the expression: a graph of the last hour, its range, and the PromQL', async () => {
    const { expression } = await shownIn('well-and-still-firing.json');
    expect(expression).toBe(
      '··············▁▁▂▂▃▃▄▄▅▅▆▆▇▇██ (last hour; 0.3 to 0.6, now 0.6): rate(container_cpu_cfs_throttled_periods_total[5m]) > 0.25',
    );
    expect((await shownIn('asked-by-a-person.json')).expression).toBe('no alert tells its expression');
    expect((await shownIn('deployment.json')).expression).toMatch(/^nothing in the last hour: rate\(/);
  });

  it('of what is near: the same node, and how much is open elsewhere', async () => {
    expect((await shownIn('node.json')).neighbours).toBe(
      'node/worker-3 (NodeDiskIOSaturation); 1 elsewhere in the cluster',
    );
  });

  it('of a log: no secret', async () => {
    const one = readCase(runbook, 'crash-loop.json');
    const key = Object.keys(one.reads).find((read) => read.startsWith('logs ')) ?? '';
    const telling = { ...one, reads: { ...one.reads, [key]: { body: 'connecting with password=hunter2\n' } } };
    const { report } = await replay(runbook, telling);

    expect(JSON.stringify(report)).not.toContain('hunter2');
    expect(report.evidence.find(({ id }) => id === 'logs')?.shown).toBe(
      'web-1 web: connecting with password=[redacted]',
    );
  });
});
