import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCase } from '../engine/replay.ts';
import { type AnyRunbook, anyRunbook } from '../engine/runbook.ts';
import { replay } from './runbooks/case-files.ts';
import { seenIn } from './runbooks/collected.ts';
import { aged } from './runbooks/properties/perturb.ts';
import { AGED_SECONDS, turnsOf } from './runbooks/properties/turns.ts';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, block]) => block ?? '');

/** As deep as a runbook, so that its imports lead where they lead there; git ignores it. */
const folder = join(root, '.nightshift', `contributing-${process.pid}`);

describe('the runbook that CONTRIBUTING has one write', () => {
  let runbook: AnyRunbook;
  beforeAll(async () => {
    const [source = ''] = blocks('ts');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'index.ts'), source);
    runbook = anyRunbook((await import(pathToFileURL(join(folder, 'index.ts')).href)).runbook);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const [confirmed = '', anotherReason = '', mayNotRead = ''] = blocks('json');
  const container = /^ *\{ "name": "reports".*$/m;
  const answer = /^ *"get Pod shop\/reports-0": \{[\s\S]*?^ {4}\}$/m;
  const open = confirmed.replace('"confirmed"', '"inconclusive"').replace('"ruled-out"', '"inconclusive"');

  it.each([
    ['out-of-memory.json', confirmed],
    [
      'another-reason.json',
      confirmed.replace(container, anotherReason.trimEnd()).replace('"confirmed"', '"ruled-out"'),
    ],
    ['may-not-read.json', open.replace(answer, mayNotRead.trimEnd())],
  ])('judges its case %s as the page says', async (file, text) => {
    const one = parseCase(file, text, runbook);
    const { report, strays } = await replay(runbook, one);

    expect(strays).toEqual([]);
    expect(Object.fromEntries(report.causes.map(({ id, verdict }) => [id, verdict]))).toEqual(one.expect.causes);
    expect(report.recovered.verdict).toBe(one.expect.recovered);
    expect(await turnsOf(runbook, one)).toEqual([]);
  });

  it('reads when things happened, as every runbook has to', async () => {
    const one = parseCase('out-of-memory.json', confirmed, runbook);
    const [now, older] = await Promise.all([one, aged(one, AGED_SECONDS)].map((each) => seenIn(runbook, each)));
    expect([...(older?.collected ?? [])]).not.toEqual([...(now?.collected ?? [])]);
  });

  it('has cases that differ in their verdict, as the page asks for', () => {
    expect([confirmed, anotherReason, mayNotRead].every((text) => text.includes('reports'))).toBe(true);
    expect(open).not.toBe(confirmed);
    expect(open).toMatch(answer);
    expect(confirmed).toMatch(container);
  });
});
