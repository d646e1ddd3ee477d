import { describe, expect, it } from 'vitest';
import { defaultBudget } from '../../../engine/budget.ts';
import { expectAsJudged, expectFilesAsComposed } from '../judged.ts';
import { causeIn } from '../reported.ts';
import { cases } from './cases.ts';
import { reported, reportOf } from './looking.ts';
import { caseFile, textOf } from './write-cases.ts';

const AT_MOST = { kubernetesCalls: 9, prometheusQueries: 13 };

it('the case files are as composed: if not, run write-cases.ts and look at what changed', async () => {
  await expectFilesAsComposed(cases, { caseFile, textOf }, (one) => one);
});

describe.each(Object.entries(cases))('the case %s', (_, one) => {
  it('is judged as expected, within the budget, with a reason in words for every verdict', async () => {
    expectAsJudged(await reported(one), one, AT_MOST);
    expect(defaultBudget.kubernetesCalls).toBeGreaterThan(AT_MOST.kubernetesCalls);
  });
});

describe("the figures of the article's node", () => {
  it('name the log, the disk, the lateness and the slow scrapes, and clear the API server', async () => {
    const report = await reportOf('article');
    const { reason } = causeIn(report, 'logFlood');

    expect(reason).toContain('the log of shop/export-7d9f-abcde (container app) grew by');
    expect(reason).toContain('vda is saturated');
    expect(reason).toContain('busy 100 %, up to 126 waiting');
    expect(reason).toMatch(/Meanwhile the node was called NotReady at \d\d:\d\d:\d\d$/);
    const shown = (evidence: string) => report.evidence.find(({ id }) => id === evidence)?.shown;
    expect(shown('heartbeats')).toContain('the lease was at most 2 min 6 s old'); // 125.7 s
    expect(shown('scrapes')).toBe('at most 22 s');
    expect(causeIn(report, 'controlPlane')).toMatchObject({ verdict: 'ruled-out' }); // 5 to 6 ms
    expect(report.evidence.find(({ id }) => id === 'logs')?.shown).toContain('up to 12 GB');
  });

  it('hold a disk that finishes nothing for saturated, though it has no latency', async () => {
    const { evidence, causes } = await reportOf('disk-stands-still');
    expect(evidence.find(({ id }) => id === 'disks')?.shown).toContain('vda saturated in 13 minutes');
    expect(causes.find(({ id }) => id === 'slowDevice')?.reason).toContain('finished nothing in 13 minutes');
  });

  it('hold the healthy node for calm', async () => {
    expect(causeIn(await reportOf('healthy'), 'logFlood').reason).toContain('no disk held the node up');
  });
});
