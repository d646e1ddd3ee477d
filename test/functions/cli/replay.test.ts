import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nightshift, workplace } from '../process.ts';

const place = workplace();
afterAll(() => place[Symbol.dispose]());
const here = (...path: string[]) => join(place.directory, ...path);
const typed = (...args: string[]) => nightshift(args, {}, place.directory);

const recorded = readFileSync(join(import.meta.dirname, '../../cases/node-not-ready/kubelet-killed.json'), 'utf8');
function saved(name: string, change: (one: Record<string, unknown>) => unknown = (one) => one): string {
  mkdirSync(here('cases'), { recursive: true });
  writeFileSync(here('cases', name), JSON.stringify(change(JSON.parse(recorded))));
  return join('cases', name);
}

describe('nightshift replay', () => {
  it('says that every case came out as recorded', async () => {
    saved('kept.json');
    expect(await typed('replay', 'cases')).toEqual({
      code: 0,
      stdout: '1 case of 1 runbook, all as recorded\n',
      stderr: '',
    });
  });

  it('names the verdict that differs, by file and cause, with what was found instead', async () => {
    const file = saved('other.json', (one) => ({ ...one, expect: { causes: { cutOff: 'confirmed' } } }));
    const { code, stdout } = await typed('replay', file);

    expect(code).toBe(1);
    expect(stdout).toMatch(/^cases\/other\.json: cutOff: expected confirmed, got [a-z-]+: \S.*\n1 case of 1 runbook/);
    expect(stdout).toContain(', 1 with verdicts that differ\n');
  });

  it('says of a verdict that differs which read it would have needed', async () => {
    const file = saved('without.json', ({ reads, ...one }) => ({
      ...one,
      reads: Object.fromEntries(Object.entries(reads as object).filter(([key]) => !key.startsWith('get Node '))),
    }));
    const { code, stdout } = await typed('replay', file);

    expect(code).toBe(1);
    expect(stdout).toMatch(/^cases\/without\.json: asked for, and not in reads: get Node /m);
  });

  it('runs the others all the same when one is no case, and says by file and field what is wrong with it', async () => {
    mkdirSync(here('mixed', 'below'), { recursive: true });
    writeFileSync(here('mixed', 'good.json'), recorded);
    writeFileSync(here('mixed', 'broken.json'), '{"runbook":');
    writeFileSync(here('mixed', 'below', 'nobody.json'), recorded.replace('"node-not-ready"', '"node-not-redy"'));
    writeFileSync(here('mixed', 'below', 'misspelt.json'), recorded.replace('"reads"', '"reeds"'));
    const { code, stdout, stderr } = await typed('replay', 'mixed');

    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^mixed\/below\/misspelt\.json: reads: Invalid input/),
      'mixed/below/nobody.json: runbook: there is no runbook node-not-redy; did you mean node-not-ready?',
      expect.stringMatching(/^mixed\/broken\.json: not JSON: /),
      '4 cases of 1 runbook, none differs, 3 that cannot be read',
    ]);
  });

  it('prints the same as JSON', async () => {
    const file = saved('as-json.json', (one) => ({ ...one, expect: { causes: {}, recovered: 'confirmed' } }));
    const { stdout } = await typed('replay', file, '--json');

    expect(JSON.parse(stdout)).toMatchObject([
      {
        file,
        runbook: 'node-not-ready',
        differences: [{ cause: 'recovered', expected: 'confirmed', got: 'ruled-out', reason: expect.any(String) }],
        strays: [],
      },
    ]);
  });

  it.each([
    ['nothing-here', 'nothing-here cannot be read: '],
    ['.', 'no case (*.json) in .'],
  ])('of %s is a slip of the fingers', async (path, words) => {
    using empty = workplace();
    const { code, stderr } = await nightshift(['replay', path], {}, empty.directory);

    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) });
  });
});

describe('nightshift investigate --record', () => {
  it('writes a run that can be replayed, for the eyes of its owner', async () => {
    const target = ['investigate', 'node-not-ready', '--target', 'worker-3'];
    const first = await typed(...target, '--json', '--record', 'tonight.json');
    const { causes } = JSON.parse(first.stdout) as { causes: { id: string; verdict: string }[] };

    expect(JSON.parse(readFileSync(here('tonight.json'), 'utf8'))).toMatchObject({
      about: expect.stringMatching(/^recorded \d{4}-\d\d-\d\d \d\d:\d\d UTC$/),
      target: { kind: 'Node', name: 'worker-3' },
      expect: { causes: Object.fromEntries(causes.map(({ id, verdict }) => [id, verdict])), recovered: 'ruled-out' },
    });
    expect(statSync(here('tonight.json')).mode & 0o777).toBe(0o600);
    expect(await typed('replay', 'tonight.json')).toMatchObject({ code: 0, stdout: expect.stringContaining('all as') });

    const again = await typed(...target, '--record', 'tonight.json');
    expect(again).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('tonight.json exists already'),
    });
  });

  it('says before it looks that there is nowhere to write to', async () => {
    const target = ['investigate', 'node-not-ready', '--target', 'worker-3'];

    expect(await typed(...target, '--record', 'nowhere/tonight.json')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/there is no folder \S+nowhere; name\s+another\s+file/),
    });
  });
});
