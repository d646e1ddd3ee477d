import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../engine/report.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { commandsIn } from '../runbooks/commands.ts';
import { cli, nightshift, workplace } from './process.ts';

const deadCluster = {
  'dead.kubeconfig': `apiVersion: v1
kind: Config
clusters: [{ name: c, cluster: { server: "https://127.0.0.1:1" } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: c, context: { cluster: c, user: u } }]
current-context: c
`,
  'dead.yaml': 'clusters: [{ name: a, kubernetes: { kubeconfig: ./dead.kubeconfig } }]\n',
};

const files: Readonly<Record<string, string>> = {
  ...deadCluster,
  'no-plug-in.kubeconfig': deadCluster['dead.kubeconfig'].replace('token: t', 'exec: { command: no-such-plug-in }'),
  'no-plug-in.yaml': deadCluster['dead.yaml'].replace('dead', 'no-plug-in'),
  'empty.yaml': '',
  'wrong.yaml': 'clusters: [{ name: a, kubernets: { kubeconfig: k } }]\n',
  'no-kubeconfig.yaml': 'clusters: [{ name: a, kubernetes: { kubeconfig: ./nope } }]\nalerts: { token: { env: T } }\n',
  file: '',
};

/** One command line in a directory of its own that holds `files`; `text` is what it says, without line breaks. */
async function typed(line: string, env: Readonly<Record<string, string>> = {}) {
  using place = workplace();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place.directory, name), text);
  const finished = await nightshift(line.split(' ').filter(Boolean), env, place.directory);
  const said = finished.stdout + finished.stderr;
  return { ...finished, lines: said.split('\n'), text: said.replace(/\s+/g, ' '), left: readdirSync(place.directory) };
}

const investigate = 'investigate node-not-ready --target';

describe('the exit code', () => {
  it.concurrent.each([
    [0, 'runbooks', ''],
    [0, 'drill', ''],
    [0, 'drill quiet', ''],
    [0, `${investigate} worker-1`, ''],
    [1, `${investigate} worker-3`, ''],
    [1, `${investigate} 10.20.0.15`, ''],
    [1, `--config dead.yaml ${investigate} worker-3`, ''],
  ])('is %i after `%s`', async (code, line) => {
    expect((await typed(line)).code).toBe(code);
  });

  it.concurrent.each([
    ['', {}, 'Usage: nightshift'],
    ['drll', {}, "unknown command 'drll' (Did you mean drill?)"],
    ['drll --help', {}, "unknown command 'drll' (Did you mean drill?)"],
    ['--config empty.yaml drll -h', {}, "unknown command 'drll' (Did you mean drill?)"],
    [
      'investigate node-not-ready node/a --target node/b',
      {},
      'on which? node/a and --target node/b were both given: leave one out',
    ],
    ['investigate node-not-ready --targt worker-3', {}, "unknown option '--targt' (Did you mean --target?)"],
    ['investigate node-not-ready node/worker-3 node/worker-4', {}, 'too many arguments'],
    ['investigate node-not-ready', {}, 'Add --target node/NAME'],
    ['investigate nodenotready --target worker-3', {}, 'did you mean node-not-ready?'],
    [`${investigate} pod/a/b`, {}, 'node-not-ready cannot look at pod/a/b; give it node/NAME'],
    [`${investigate} worker-33`, {}, 'There is no node worker-33 in this cluster; did you mean worker-3?'],
    [`${investigate} worker-3 --cluster prod`, {}, 'there is no cluster prod (there are: practice)'],
    ['drill nope', {}, 'there is no drill nope (there are: '],
    ['--config nope.yaml serve', {}, 'nope.yaml does not exist'],
    ['--config nope.yaml runbooks', {}, 'nope.yaml does not exist'],
    ['runbooks', { NIGHTSHIFT_CONFIG: 'nope.yaml' }, 'nope.yaml does not exist'],
    [
      '--config wrong.yaml incidents',
      {},
      'wrong.yaml:1: unknown key kubernets in clusters.0; did you mean kubernetes?',
    ],
    [`--config no-kubeconfig.yaml ${investigate} worker-3`, {}, 'clusters.a: kubeconfig'],
    ['--config no-kubeconfig.yaml serve', { T: 't' }, 'clusters.a: kubeconfig'],
    ['--config no-kubeconfig.yaml serve', {}, 'alerts.token: the environment variable T is not set'],
    ['serve', { PORT: 'abc' }, 'the environment variable PORT is "abc": it takes a port number'],
    ['serve', { HOST: '0.0.0.0' }, 'alerts.token is missing'],
    ['serve', { NIGHTSHIFT_DATA: '/proc/nightshift' }, '/proc/nightshift cannot be the data directory'],
    ['serve', { NIGHTSHIFT_DATA: './file' }, 'cannot be the data directory (it is a file)'],
    ['incidents', { NIGHTSHIFT_DATA: './nothing' }, 'There is no data in'],
  ])('is 2 after `%s` with %j, which is told in lines of 80 columns', async (line, env, words) => {
    const { code, text, lines } = await typed(line, { PORT: '0', ...env });

    expect(text).toContain(words);
    expect(code).toBe(2);
    expect(text).not.toMatch(/ at .*\.ts:\d+/);
    expect(lines.filter((one) => one.length > 80)).toEqual([]);
  });

  it('is its own also when whoever reads the output leaves before its end', async () => {
    using place = workplace();
    const child = spawn(process.execPath, [cli, 'runbooks', '--json'], {
      cwd: place.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const [code] = (await once(child, 'close')) as [number];

    expect({ code, said }).toEqual({ code: 0, said: '' });
  });

  it('is 1, with a sentence, when what it prints does not fit on the disk', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [cli, 'runbooks'], { stdio: ['ignore', full, 'pipe'] });
    const [said] = await Promise.all([text(child.stderr as NodeJS.ReadableStream), once(child, 'close')]);
    closeSync(full);

    expect(child.exitCode).toBe(1);
    expect(said).toMatch(/^nightshift: the output could not be written: ENOSPC: .*\n.*\n$/);
  });

  it('is explained by the help of every command', async () => {
    for (const command of ['', 'serve ', 'investigate ', 'drill ', 'runbooks ', 'incidents ']) {
      const { text, lines } = await typed(`${command}--help`);
      expect(text).toMatch(/Exit codes: 0 done.* 1 the run found trouble, or failed 2 the command line/);
      expect(lines.filter((one) => one.length > 80)).toEqual([]);
    }
  });
});

describe('a page on the terminal', () => {
  it.concurrent.each([
    `${investigate} worker-3`,
    'investigate etcd-heartbeat --target component/etcd',
    `--config dead.yaml ${investigate} worker-3`,
  ])('of `%s` has 80 columns, but for what is there to be copied', async (line) => {
    const report = JSON.parse((await typed(`${line} --json`)).stdout) as Report;
    const commands = report.manualSteps.flatMap(({ steps }) => steps.flatMap(commandsIn)).join('\n');
    const { stdout } = await typed(line);

    const long = stdout.split('\n').filter((one) => one.length > 80);
    for (const one of long) expect(/\s/.test(one.trim()) && !commands.includes(one.trim()) ? one : '').toBe('');
  });

  it('of runbooks and of drills has 80 columns', async () => {
    for (const line of ['runbooks', 'drill'])
      expect((await typed(line)).lines.filter((one) => one.length > 80)).toEqual([]);
  });

  it('of runbooks names each fix by the id that a policy and `nightshift plan` take', async () => {
    const { stdout } = await typed('runbooks');

    const shown = stdout.replace(/\s+/g, ' ');
    for (const { remedies } of catalog)
      for (const [id, { risk }] of Object.entries(remedies)) expect(shown).toContain(`(${id}, risk: ${risk})`);
  });

  it('of a cluster that is down names the reason once', async () => {
    const { stdout } = await typed(`--config dead.yaml ${investigate} worker-3`);

    expect(stdout).toMatch(/Could not be seen\n {2}10 reads: nothing listens on 127\.0\.0\.1:1 /);
    expect(stdout.split('ECONNREFUSED')).toHaveLength(2);
  });
});

it('a command ends with its answer, also where the credential plug-in of a cluster is not installed', async () => {
  const startedAt = performance.now();
  const { stdout, code } = await typed(`--config no-plug-in.yaml ${investigate} worker-3`);

  expect(code).toBe(1);
  expect(stdout).toContain('"no-such-plug-in" is not installed');
  expect(performance.now() - startedAt).toBeLessThan(20_000); // a plug-in that hangs has 30 s
});

describe('a start', () => {
  it('keeps what it compiled for the next one, in the project', async () => {
    const compiled = join(cli, '../../node_modules/.cache/nightshift');
    rmSync(compiled, { recursive: true, force: true });

    await typed('runbooks');

    expect(readdirSync(compiled)).not.toEqual([]);
  });
});

describe('the practice cluster of a command', () => {
  it('leaves no file behind, here or in the directory for temporary files', async () => {
    using place = workplace();
    const [here, temporary] = [join(place.directory, 'here'), join(place.directory, 'tmp')];
    for (const directory of [here, temporary]) mkdirSync(directory);

    expect(await nightshift(['drill', 'quiet'], { TMPDIR: temporary }, here)).toMatchObject({ code: 0 });

    expect(readdirSync(here)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('is not taken for a real one when a configuration names no cluster', async () => {
    const { stderr } = await typed(`--config empty.yaml ${investigate} worker-1`);

    expect(stderr).toBe('nightshift: empty.yaml names no cluster: using the practice cluster\n');
    expect((await typed(`${investigate} worker-1`)).stderr).toBe('');
  });
});
