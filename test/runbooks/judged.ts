import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'vitest';
import type { Case } from '../../engine/replay.ts';
import type { Report } from '../../engine/report.ts';

interface Written {
  readonly caseFile: (name: string) => string;
  readonly textOf: (one: Case) => string;
}

/** That the folder holds these cases and no others, each as it is composed now. */
export async function expectFilesAsComposed<Composed>(
  cases: Readonly<Record<string, Composed>>,
  { caseFile, textOf }: Written,
  caseOf: (composed: Composed) => Case | Promise<Case>,
): Promise<void> {
  const files = readdirSync(dirname(caseFile('any'))).map((file) => file.replace(/\.json$/, ''));
  expect(files.sort()).toEqual(Object.keys(cases).sort());
  for (const [name, composed] of Object.entries(cases))
    expect(readFileSync(caseFile(name), 'utf8'), name).toBe(textOf(await caseOf(composed)));
}

type AtMost = Pick<Report['cost'], 'kubernetesCalls' | 'prometheusQueries'>;

/** That every cause and the recovery have the verdict the case expects, with a reason in words, within this cost. */
export function expectAsJudged(report: Report, { expect: wanted }: Case, atMost: AtMost): void {
  expect(Object.fromEntries(report.causes.map(({ id, verdict }) => [id, verdict]))).toEqual(wanted.causes);
  if (wanted.recovered) expect(report.recovered.verdict).toBe(wanted.recovered);
  for (const { id, reason } of [...report.causes, { id: 'recovered', reason: report.recovered.reason }]) {
    expect(reason, id).toMatch(/\S{2}/);
    expect(reason, id).not.toMatch(/undefined|NaN|Infinity|check failed|\.\./);
  }
  for (const { id, shown } of report.evidence) expect(shown ?? '', id).not.toMatch(/undefined|NaN|\[object/);
  expect(report.cost.kubernetesCalls).toBeLessThanOrEqual(atMost.kubernetesCalls);
  expect(report.cost.prometheusQueries).toBeLessThanOrEqual(atMost.prometheusQueries);
}
