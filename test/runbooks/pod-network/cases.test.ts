import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cases } from './cases.ts';
import { reported } from './looking.ts';
import { caseFile, textOf } from './write-cases.ts';

it('the case files are as composed: if not, run write-cases.ts and look at what changed', () => {
  const files = readdirSync(dirname(caseFile('any'))).map((file) => file.replace(/\.json$/, ''));
  expect(files.sort()).toEqual(Object.keys(cases).sort());
  for (const [name, one] of Object.entries(cases)) expect(readFileSync(caseFile(name), 'utf8'), name).toBe(textOf(one));
});

describe.each(Object.entries(cases))('the case %s', (_, one) => {
  it('is judged as expected, within the budget, with a reason in words for every verdict', async () => {
    const report = await reported(one);
    expect(Object.fromEntries(report.causes.map(({ id, verdict }) => [id, verdict]))).toEqual(one.expect.causes);
    if (one.expect.recovered) expect(report.recovered.verdict).toBe(one.expect.recovered);
    for (const { id, reason } of [...report.causes, { id: 'recovered', reason: report.recovered.reason }]) {
      expect(reason, id).toMatch(/\S{2}/);
      expect(reason, id).not.toMatch(/undefined|NaN|Infinity|check failed|\.\./);
    }
    expect(report.cost.kubernetesCalls).toBeLessThanOrEqual(17);
    expect(report.cost.prometheusQueries).toBeLessThanOrEqual(4);
  });
});
