import { describe, it } from 'vitest';
import { expectAsJudged, expectFilesAsComposed } from '../judged.ts';
import { cases } from './cases.ts';
import { reported } from './looking.ts';
import { caseFile, textOf } from './write-cases.ts';

const AT_MOST = { kubernetesCalls: 18, prometheusQueries: 4 };

it('the case files are as composed: if not, run write-cases.ts and look at what changed', async () => {
  await expectFilesAsComposed(cases, { caseFile, textOf }, (one) => one);
});

describe.each(Object.entries(cases))('the case %s', (_, one) => {
  it('is judged as expected, within the budget, with a reason in words for every verdict', async () => {
    expectAsJudged(await reported(one), one, AT_MOST);
  });
});
