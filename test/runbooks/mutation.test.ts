import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '../../runbooks/catalog.ts';
import type { Findings, Reasons } from './mutation/run.ts';

const folder = join(import.meta.dirname, 'mutation');
/** What nothing noticed when it was last written down, each with the reason why nothing can. */
const admitted: Reasons = JSON.parse(readFileSync(join(folder, 'unnoticed.json'), 'utf8'));

describe('a threshold ten times as small or as large', () => {
  let found: Findings = {};
  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'run.ts')], { maxBuffer: 1e8 });
    found = JSON.parse(stdout) as Findings;
  }, 480_000);

  it.each([...catalog.map(({ id }) => id), 'evidence'])('of %s is noticed by some case', (id) => {
    const { unnoticed } = found[id] ?? { unnoticed: ['nobody looked for its thresholds'] };
    const fresh = unnoticed.filter((one) => admitted[id]?.[one] === undefined);
    expect(fresh, `add a case that notices it: test/cases/${id === 'evidence' ? '*' : id}`).toEqual([]);
  });

  it('is found in the source of nearly every runbook: few have none', () => {
    const without = catalog.filter(({ id }) => (found[id]?.mutants ?? 0) === 0).map(({ id }) => id);
    expect(without.length, without.join()).toBeLessThan(catalog.length / 4);
  });

  it('that a case notices by now is not admitted any more: run node test/runbooks/mutation/run.ts --write', () => {
    const stale = Object.entries(admitted).flatMap(([id, those]) =>
      Object.keys(those)
        .filter((one) => found[id] && !found[id].unnoticed.includes(one))
        .map((one) => `${id}: ${one}`),
    );
    expect(stale).toEqual([]);
  });

  it('that is admitted has its reason', () => {
    for (const those of Object.values(admitted)) {
      for (const [change, reason] of Object.entries(those)) expect(reason, change).toMatch(/\w{3,} \w/);
    }
  });
});
