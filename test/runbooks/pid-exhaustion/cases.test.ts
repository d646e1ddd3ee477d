import { describe, expect, it } from 'vitest';
import { expectAsJudged, expectFilesAsComposed } from '../judged.ts';
import { causeIn } from '../reported.ts';
import { cases } from './cases.ts';
import { reported, reportOf } from './looking.ts';
import { caseFile, textOf } from './write-cases.ts';

const AT_MOST = { kubernetesCalls: 11, prometheusQueries: 4 };

it('the case files are as composed: if not, run write-cases.ts and look at what changed', async () => {
  await expectFilesAsComposed(cases, { caseFile, textOf }, (one) => one);
});

describe.each(Object.entries(cases))('the case %s', (_, one) => {
  it('is judged as expected, within the budget, with a reason in words for every verdict', async () => {
    expectAsJudged(await reported(one), one, AT_MOST);
  });
});

it('what fills up again is told with what it comes to, and when', async () => {
  expect((await reportOf('healed-and-filling-again')).recovered.reason).toBe(
    'the machine uses at most 16 % of its PIDs, and it grows: at this pace to 70 % in 40 minutes',
  );
});

describe('what was recorded on a real node', () => {
  it('names the pod at 99 of 100, whose container_processes is 0 and of which the API says nothing', async () => {
    const { causes, evidence } = await reportOf('recorded-pod-limit');
    const { reason } = causes.find(({ id }) => id === 'podLimit') ?? { reason: '' };

    expect(reason).toContain('shop/pids-live is at its limit since 03:00: 99 % of its 100 PIDs, 99 threads');
    expect(reason).not.toContain('process');
    expect(evidence.find(({ id }) => id === 'node')?.shown).toContain('Ready=True');
    expect(evidence.find(({ id }) => id === 'pods')?.shown).toBe('6 pods');
  });

  it('counts 2 victims and 24 that were turned away, and blames none of them', async () => {
    const report = await reportOf('recorded-node');

    expect(report.evidence.find(({ id }) => id === 'pods')?.shown).toBe(
      '28 pods, 2 evicted to free PIDs, 24 turned away by PIDPressure',
    );
    expect(report.causes.filter(({ verdict }) => verdict === 'confirmed')).toEqual([]);
    expect(JSON.stringify(report.causes)).not.toMatch(/crasher|many-procs/);
  });

  it('finds the threshold that was set too high, with 729 of 32,768 PIDs in use', async () => {
    expect(causeIn(await reportOf('recorded-node-counted'), 'threshold').reason).toContain(
      "at most 2.2 % of the machine's 32,768 PIDs were used",
    );
  });
});
