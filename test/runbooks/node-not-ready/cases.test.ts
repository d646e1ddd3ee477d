import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { investigate } from '../../../engine/investigate.ts';
import { Case, caseClock, caseSource } from '../../../engine/replay.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook } from '../../../runbooks/node-not-ready/index.ts';
import { cases } from './cases.ts';

const folder = new URL('../../cases/node-not-ready/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const recorded = new Map(
  files.map((file) => [
    file.replace(/\.json$/, ''),
    Case.parse(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))),
  ]),
);

async function replay(one: Case) {
  const source = caseSource(one);
  const since = one.since === undefined ? undefined : new Date(one.since);
  const options = {
    source,
    clock: caseClock(one),
    cluster: one.cluster,
    since,
    ...(one.alert && { alert: one.alert }),
  };
  const report = await investigate(anyRunbook(runbook), one.target, options);
  return { report, unused: source.unused() };
}

describe('the recorded cases', () => {
  for (const [name, one] of recorded) {
    it(`${name}: ${one.about}`, async () => {
      const { report, unused } = await replay(one);
      const verdicts = Object.fromEntries(report.causes.map(({ id, verdict }) => [id, verdict]));
      expect(verdicts).toEqual(one.expect.causes);
      if (one.expect.recovered) expect(report.recovered.verdict).toBe(one.expect.recovered);
      expect(unused).toEqual([]);
    });
  }

  it('are as composed from the recordings: if not, run write-cases.ts and look at what changed', () => {
    expect([...recorded.keys()].sort()).toEqual(Object.keys(cases).sort());
    for (const [name, one] of recorded) expect(one, name).toEqual(JSON.parse(JSON.stringify(cases[name])));
  });

  it('hold every cause confirmed, ruled out and inconclusive at least once', () => {
    for (const cause of Object.keys(runbook.causes)) {
      const seen = new Set([...recorded.values()].map(({ expect: { causes } }) => causes[cause]));
      expect([...seen].sort(), cause).toEqual(['confirmed', 'inconclusive', 'ruled-out']);
    }
  });

  it('cost at most 11 Kubernetes calls (three of them of pods that wait, one of a log), 8 queries and a look at the targets each, no evidence more than two reads of its own', async () => {
    for (const one of recorded.values()) {
      const { report } = await replay(one);
      expect(report.cost.kubernetesCalls).toBeLessThanOrEqual(11);
      expect(report.cost.prometheusQueries).toBeLessThanOrEqual(9);
      // A query of several figures goes on over several lines.
      const readsIn = (query: string) => query.split('\n').filter((line) => !line.startsWith('or ')).length;
      const most: Readonly<Record<string, number>> = { starting: 4, kubeletAnswer: 4, kubeletErrors: 6 };
      for (const { id, query } of report.evidence) expect(readsIn(query), id).toBeLessThanOrEqual(most[id] ?? 2);
    }
  });

  it('say with every open cause what it is, and never leave a reason empty', async () => {
    for (const one of recorded.values()) {
      const { report } = await replay(one);
      for (const { id, reason } of report.causes) expect(reason, id).toMatch(/\S{2}/);
      for (const { id, reason } of report.causes) expect(reason, id).not.toMatch(/undefined|NaN|check failed/);
    }
  });
});
