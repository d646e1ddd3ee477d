import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Case } from '../../../engine/replay.ts';
import { runbook } from '../../../runbooks/api-429/index.ts';
import { cases } from './cases.ts';
import { replayOf } from './world.ts';

const folder = new URL('../../cases/api-429/', import.meta.url);
const files = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
const load = (name: string) => Case.parse(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')));

describe('the cases of the runbook', () => {
  it.each(files.map((name) => ({ name, recorded: load(name) })))('$name: $recorded.about', async ({ recorded }) => {
    const report = await replayOf(recorded);

    expect(Object.fromEntries(report.causes.map(({ id, verdict }) => [id, verdict]))).toEqual(recorded.expect.causes);
    expect(report.recovered.verdict).toBe(recorded.expect.recovered);
    expect(report.evidence.filter(({ failure }) => failure === 'not-recorded' || failure === 'unparsable')).toEqual([]);
    for (const { reason } of report.causes) expect(reason).not.toMatch(/undefined|NaN|Infinity|check failed/);
  });

  it('are the ones their descriptions write: after a change, node test/runbooks/api-429/write-cases.ts', () => {
    expect(files.sort()).toEqual(Object.keys(cases).sort());
    for (const name of files) expect(load(name), name).toEqual(JSON.parse(JSON.stringify(cases[name])));
  });

  it('cost the API server five calls at most, two at once: it has enough to do', async () => {
    expect(runbook.budget).toMatchObject({ kubernetesCalls: 6, kubernetesAtOnce: 2 });
    for (const name of files) {
      const { cost } = await replayOf(load(name));
      expect(cost.kubernetesCalls, name).toBeLessThanOrEqual(5);
      expect(cost.prometheusQueries, name).toBeLessThanOrEqual(13);
    }
  });
});
