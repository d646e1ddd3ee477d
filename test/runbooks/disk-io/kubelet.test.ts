import { describe, expect, it } from 'vitest';
import { answering, without } from '../expectation.ts';
import { causeIn, shownIn } from '../reported.ts';
import { ofTheDisk } from './case.ts';
import { prometheusDown, small, stall, telling, twice } from './cases-kubelet.ts';
import { look, reportOf } from './looking.ts';
import type { Reads } from './world.ts';
import { calm, flooded, last, saturated } from './worlds.ts';

const MB = 1e6;
const EXPORT = 'export-7d9f-abcde';
const flood = twice({ stalled: stall, logs: { ...small, [EXPORT]: 300 * MB } }, { [EXPORT]: 390 * MB });

describe('a kubelet that is asked itself', () => {
  it('names the pod whose log floods the disk, though the kernel charges the container runtime for it', async () => {
    const report = await reportOf('kubelet-alone-flood');
    expect(causeIn(report, 'logFlood').reason).toBe(
      'the log of shop/export-7d9f-abcde (container app) grew by 13 MB/s at least between two looks of its kubelet, to 390 MB; meanwhile by its kubelet all tasks were stalled on I/O 62 % of the last 10 s, 45 % of the last minute, 31 % of 5, and no pod waited itself. Which disk, and what else it writes, was not seen',
    );
    expect(shownIn(report, 'kubelet')).toContain('shop/export-7d9f-abcde (container app) grew by 13 MB/s at least');
  });

  it('blames no pod by that alone: what else the disk writes was not seen, and the advice is how to see it', async () => {
    const { causes, remedies, manualSteps } = await reportOf('kubelet-alone-flood');
    expect(causes.filter(({ verdict }) => verdict === 'confirmed')).toEqual([]);
    const unavailable = 'its cause is not confirmed: A pod floods its log';
    expect(remedies.filter(({ cause }) => cause === 'logFlood')).toMatchObject([
      { id: 'rollBack', unavailable },
      { id: 'evictPod', unavailable },
    ]);
    expect(manualSteps.map(({ id }) => id)).toContain('findWriter');
  });

  it('is asked again only where a log is large enough to look at its growth', async () => {
    expect((await reportOf('kubelet-alone-small-logs')).cost.kubernetesCalls).toBe(7);
    expect((await reportOf('kubelet-alone-flood')).cost.kubernetesCalls).toBe(9);
  });

  it('blames no log while an image is pulled, which the container runtime writes as well', async () => {
    const report = await look(
      {
        ...saturated,
        pods: [...saturated.pods, { name: 'new-1', phase: 'Pending' }],
        starting: { 'new-1': [{ reason: 'Pulling', minutesAgo: 2 }] },
        kubelet: flood,
      },
      prometheusDown,
    );
    expect(causeIn(report, 'logFlood')).toMatchObject({ verdict: 'inconclusive' });
    expect(causeIn(report, 'logFlood').reason).toContain('shop/new-1 pulls an image, which the runtime writes as well');
    expect(report.cost.kubernetesCalls).toBeLessThanOrEqual(13);
  });

  it('counts as no gap where nobody has configured that, and as one where it does not answer', async () => {
    const notAsked = await reportOf('prometheus-down');
    expect(notAsked.evidence.find(({ id }) => id === 'kubelet')).toMatchObject({
      failure: 'not-configured',
      witness: true,
    });
    expect(causeIn(notAsked, 'logFlood').missing).not.toContain('kubelet');
    expect(causeIn(await reportOf('kubelet-forbidden'), 'logFlood').missing).toContain('kubelet');
  });

  it('that contradicts a calm half hour leaves open what that would settle', async () => {
    const pressed = [telling({ stalled: [40, 42, 38], logs: small })] as const;
    const report = await look({ ...calm, kubelet: pressed });
    const words = 'by its kubelet all tasks were stalled on I/O 40 % of the last 10 s';
    for (const id of ofTheDisk) expect(causeIn(report, id)).toMatchObject({ verdict: 'inconclusive' });
    expect(causeIn(report, 'logFlood').reason).toMatch(/^vda was at most 3 % busy.*: figures contradict each other$/);
    expect(causeIn(report, 'failingDisk').reason).toContain(words);
    expect(report.recovered).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining(words) });

    const busy = { machine: { ...calm.machine, cpuBusy: last(12, 0.97, 0.3) }, heartbeats: saturated.heartbeats };
    const exhausted = { ...calm, ...busy, events: saturated.events };
    expect(causeIn(await look(exhausted), 'cpuStarved')).toMatchObject({ verdict: 'confirmed' });
    const doubted = causeIn(await look({ ...exhausted, kubelet: pressed }), 'cpuStarved');
    expect(doubted).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining(words) });
  });

  it('that tells of a large log where Prometheus shows none leaves open whether a log floods the disk', async () => {
    const large = { ...small, [EXPORT]: 900 * MB };
    const world = { ...saturated, kubelet: twice({ stalled: stall, logs: large }, { [EXPORT]: 910 * MB }) };
    expect(causeIn(await look(saturated), 'logFlood')).toMatchObject({ verdict: 'ruled-out' });
    expect(causeIn(await look(world), 'logFlood')).toMatchObject({
      verdict: 'inconclusive',
      reason:
        'Prometheus shows no log that grew, but its kubelet tells now that the log of shop/export-7d9f-abcde (container app) has 910 MB',
    });
  });

  it('that counts small logs now rules out no log that Prometheus saw grow, as of a pod that is gone', async () => {
    const kubelet = [telling({ stalled: stall, logs: { 'db-0': 4_096 } })] as const;
    const withoutExporter = (reads: Reads) =>
      answering(without(reads, ['10.20.0.15:9100']), ['.*node.exporter.*'], { body: [] });
    const { verdict, reason } = causeIn(await look({ ...flooded, kubelet }, withoutExporter), 'logFlood');
    expect(verdict).toBe('inconclusive');
    expect(reason).toMatch(
      /^the log of shop\/export-7d9f-abcde grew by 35 GB .*; no log on the node is larger than 8 MB/,
    );
  });

  it('that tells of no pressure, or nothing at all, proves nothing', async () => {
    const world = { ...saturated, kubelet: [telling({ logs: {} })] as const };
    expect(causeIn(await look(world, prometheusDown), 'logFlood')).toMatchObject({ verdict: 'inconclusive' });
  });
});
