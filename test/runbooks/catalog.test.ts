import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultBudget } from '../../engine/budget.ts';
import { investigate } from '../../engine/investigate.ts';
import { Case, caseClock, caseSource } from '../../engine/replay.ts';
import type { AnyRunbook } from '../../engine/runbook.ts';
import { catalog } from '../../runbooks/catalog.ts';

const root = join(import.meta.dirname, '../..');
const text = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');
const published: readonly string[] = JSON.parse(text('test/recorded/prometheus/alert-names.json'));
const ours = readdirSync(join(root, 'infra/prometheus/rules'))
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) =>
    [...text('infra/prometheus/rules', file).matchAll(/alert: (\w+)/g)].flatMap(([, name]) => name ?? []),
  );
/** Rules of the project's plan that are not written yet, but whose names are settled. */
const planned = ['NodeReadinessFlaps', 'NodeLeaseRenewalDelayed', 'NodePidPressure', 'NodeNotReadyIoSaturated'];

function casesOf({ id }: AnyRunbook): { readonly file: string; readonly one: Case }[] {
  const folder = join(root, 'test/cases', id);
  return readdirSync(folder).map((file) => ({
    file,
    one: Case.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))),
  }));
}

async function replay(runbook: AnyRunbook, one: Case) {
  const source = caseSource(one);
  const since = one.since === undefined ? undefined : new Date(one.since);
  const report = await investigate(runbook, one.target, { source, clock: caseClock(one), cluster: one.cluster, since });
  const verdicts = Object.fromEntries(report.causes.map(({ id, verdict }) => [id, verdict]));
  return { report, verdicts, unused: source.unused() };
}

it('lists every runbook folder, under its id', () => {
  const folders = readdirSync(join(root, 'runbooks'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'evidence')
    .map(({ name }) => name);

  expect(catalog.map(({ id }) => id).sort()).toEqual(folders.sort());
});

it('has one runbook for each alert', () => {
  const claims = catalog.flatMap(({ id, alerts }) =>
    alerts.map(({ name, labels }) => ({ id, key: JSON.stringify([name, labels ?? {}]) })),
  );
  const doubled = claims.filter(({ id, key }) => claims.some((other) => other.key === key && other.id !== id));

  expect(doubled).toEqual([]);
});

describe.each(catalog.map((runbook) => ({ id: runbook.id, runbook })))('$id', ({ id, runbook }) => {
  it('has a README with the four headings on-call people know', () => {
    const headings = [...text('runbooks', id, 'README.md').matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);

    expect(headings).toEqual(expect.arrayContaining(['Meaning', 'Impact', 'Diagnosis', 'Mitigation']));
  });

  it('answers only alerts that exist, letter for letter', () => {
    const known = new Set([...published, ...ours, ...planned]);

    expect(runbook.alerts.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
  });

  it.each(casesOf(runbook))('judges $file as it was judged', async ({ one }) => {
    const { verdicts, report, unused } = await replay(runbook, one);

    expect(verdicts).toMatchObject(one.expect.causes);
    if (one.expect.recovered) expect(report.recovered.verdict).toBe(one.expect.recovered);
    expect(unused).toEqual([]);
    expect(report.cost.kubernetesCalls).toBeLessThanOrEqual(defaultBudget.kubernetesCalls);
    expect(report.causes.filter(({ reason }) => reason.startsWith('this check failed'))).toEqual([]);
  });

  it('has a case for every cause confirmed, ruled out and inconclusive', async () => {
    const seen = new Set<string>();
    for (const { one } of casesOf(runbook)) {
      for (const [cause, verdict] of Object.entries((await replay(runbook, one)).verdicts))
        seen.add(`${cause} ${verdict}`);
    }
    const wanted = Object.keys(runbook.causes).flatMap((cause) =>
      ['confirmed', 'ruled-out', 'inconclusive'].map((verdict) => `${cause} ${verdict}`),
    );

    expect(wanted.filter((one) => !seen.has(one))).toEqual([]);
  });
});
