import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { investigate } from '../../../engine/investigate.ts';
import { Case, caseClock, caseSource } from '../../../engine/replay.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook } from '../../../runbooks/etcd-heartbeat/index.ts';
import { written } from './cases.ts';
import { caseOfWritten } from './write-cases.ts';

const folder = join(import.meta.dirname, '../../cases/etcd-heartbeat');
const load = (file: string) => Case.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
const cases = readdirSync(folder).map((file) => ({ file, recorded: load(file) }));

describe('the cases of the runbook', () => {
  it.each(cases)('$file: $recorded.about', async ({ recorded }) => {
    const source = caseSource(recorded);

    const report = await investigate(anyRunbook(runbook), recorded.target, {
      source,
      clock: caseClock(recorded),
      cluster: recorded.cluster,
    });

    expect(Object.fromEntries(report.causes.map(({ id, verdict }) => [id, verdict]))).toEqual(recorded.expect.causes);
    expect(report.recovered.verdict).toBe(recorded.expect.recovered);
    expect(report.evidence.filter(({ failure }) => failure === 'not-recorded')).toEqual([]);
    expect(source.unused()).toEqual([]);
  });

  it('are the ones their descriptions write: after a change, node test/runbooks/etcd-heartbeat/write-cases.ts', () => {
    const files = Object.fromEntries(cases.map(({ file, recorded }) => [file, recorded]));

    for (const name of Object.keys(written)) expect(files[`${name}.json`]).toEqual(caseOfWritten(name));
  });

  it('show every cause confirmed, ruled out and left open', () => {
    const shown = new Set(
      cases.flatMap(({ recorded }) => Object.entries(recorded.expect.causes).map((said) => said.join(' '))),
    );
    const wanted = Object.keys(runbook.causes).flatMap((id) =>
      [...(id === 'notObservable' ? [] : ['confirmed']), 'ruled-out', 'inconclusive'].map((said) => `${id} ${said}`),
    );

    expect(wanted.filter((said) => !shown.has(said))).toEqual([]);
  });
});
