import { describe, expect, it } from 'vitest';
import { machineFigures } from '../../../runbooks/disk-io/queries.ts';
import { needs } from '../../harness/programs.ts';
import { asker } from '../../harness/promtool.ts';
import { causeIn } from '../reported.ts';
import { look, reportOf } from './looking.ts';
import { always, calm, disk, flooded, last } from './worlds.ts';

/**
 * The figures of the article as it printed them: iostat, top, pidstat, curl. None of these programs is run or read here;
 * what they told is what the exporters tell, and has to be judged alike.
 */
describe('the figures of the article', () => {
  it.each([
    ['vda: 125.88 waiting, 100 % busy', { busy: 1, queue: 125.88 }, 'vda is saturated'],
    [
      'vdb: 128 waiting, nothing written, so that there is no latency',
      { busy: 1, queue: 128, requests: 0 },
      'vda is saturated',
    ],
    ['a healthy node: 0.12 % busy', { busy: 0.0012, queue: 0.01 }, 'vda was at most 0.1 % busy'],
  ])('iostat, %s', async (_, figures, words) => {
    const calmDisk = figures.busy < 1;
    const world = calmDisk ? calm : { ...flooded, logs: {} };
    const report = await look({ ...world, disks: { vda: disk(calmDisk ? 30 : 12, figures) } });
    expect(causeIn(report, 'failingDisk').reason).toContain(words);
  });

  it.skipIf(needs('promtool'))(
    'top, 18.1 wa, over the 15 % of the article: time that waits is no work of the CPU',
    async () => {
      const { ask } = asker();
      const cpu = (mode: string) =>
        `node_cpu_seconds_total{job="node-exporter",instance="10.0.0.3:9100",mode="${mode}"}`;
      // Samples are 30 s apart: seconds of 30.
      const spent = { [cpu('iowait')]: '0+5.43x80', [cpu('idle')]: '0+18.57x80', [cpu('user')]: '0+6x80' };
      const promql = machineFigures({ job: 'node-exporter', instance: '10.0.0.3:9100' });
      await ask(spent, [
        { promql, at: '20m', answer: { '{figure="cpuBusy",instance="10.0.0.3:9100"}': 0.2 }, to: 0.001 },
      ]);
    },
  );

  it('top, 18.1 wa, beside a disk that has time to spare, saturates nothing: the queue and the pressure decide', async () => {
    const waiting = { vda: disk(30, { busy: 0.181, queue: 0.6 }) };
    const report = await look({ ...calm, disks: waiting, stalled: always(0.03) });
    expect(report.causes.filter(({ verdict }) => verdict !== 'ruled-out')).toEqual([]);
  });

  it('pidstat, java 59,776 kB/s and dockerd 29,128 kB/s: the pod is named, and the runtime is the way of its log', async () => {
    const report = await reportOf('article-by-process');
    expect(causeIn(report, 'otherWriter')).toMatchObject({ verdict: 'confirmed' });
    expect(causeIn(report, 'otherWriter').reason).toContain('shop/export-7d9f-abcde wrote 60 MB/s');
    expect(causeIn(report, 'logFlood')).toMatchObject({ verdict: 'inconclusive' });
    expect(causeIn(report, 'logFlood').reason).toContain('the log of shop/export-7d9f-abcde');
  });

  it.each([
    ['877 kB at 78,414 B/s', (877 * 1024) / 78_414, 'up to 11.5 s'],
    ['877 kB at 39,923 B/s', (877 * 1024) / 39_923, 'up to 22 s'],
    ['637 kB at 5,796 kB/s, of a healthy node', 637 / 5_796, undefined],
  ])('curl of cAdvisor, %s', async (_, seconds, words) => {
    // Of a node that was not called NotReady: else that is said first.
    const { heartbeats } = calm;
    const scrapes = { seconds: last(12, seconds, 0.03), up: () => 1 };
    const report = await look({ ...flooded, events: [], heartbeats, scrapes });
    const { reason } = causeIn(report, 'logFlood');
    if (words) expect(reason).toContain(`its kubelet took ${words} to answer Prometheus`);
    else expect(reason).not.toContain('to answer Prometheus');
  });
});
