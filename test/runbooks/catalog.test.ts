import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultBudget } from '../../engine/budget.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { adviceWithout, caseFiles, readCase, replay } from './case-files.ts';

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

  it.each(caseFiles(runbook))('judges %s as it was judged', async (file) => {
    const one = readCase(runbook, file);
    const { report, strays } = await replay(runbook, one);

    expect(strays.join('\n')).toBe('');
    expect(Object.fromEntries(report.causes.map((cause) => [cause.id, cause.verdict]))).toMatchObject(
      one.expect.causes,
    );
    if (one.expect.recovered) expect(report.recovered.verdict, 'recovered').toBe(one.expect.recovered);
    expect(report.cost.kubernetesCalls).toBeLessThanOrEqual(defaultBudget.kubernetesCalls);
    expect(report.causes.filter(({ reason }) => reason.startsWith('this check failed'))).toEqual([]);
  });

  it('has a case for every cause confirmed, ruled out and inconclusive', async () => {
    expect(caseFiles(runbook).length, adviceWithout(runbook)).toBeGreaterThan(0);
    const seen = new Set<string>();
    for (const file of caseFiles(runbook)) {
      const { report } = await replay(runbook, readCase(runbook, file));
      for (const cause of report.causes) seen.add(`${cause.id} ${cause.verdict}`);
    }
    const wanted = Object.entries(runbook.causes).flatMap(([cause, { sight }]) =>
      [...(sight ? [] : ['confirmed']), 'ruled-out', 'inconclusive'].map((verdict) => `${cause} ${verdict}`),
    );
    const blamed = Object.keys(runbook.causes).filter(
      (cause) => runbook.causes[cause]?.sight && seen.has(`${cause} confirmed`),
    );
    expect(blamed, 'keep causes from being seen, and are no cause themselves').toEqual([]);

    const lacking = wanted.filter((one) => !seen.has(one));
    expect(lacking, `no file in test/cases/${id} shows these`).toEqual([]);
  });
});
