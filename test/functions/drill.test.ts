import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Accounts } from '../../engine/accounts.ts';
import { drillsOf } from '../../functions/drills.ts';
import { stage } from '../infra/local/practice/practice.ts';
import { nightshift, server, until, workplace } from './process.ts';

async function accountsIn(directory: string): Promise<Accounts> {
  const { stdout } = await nightshift(['incidents', '--json'], { NIGHTSHIFT_DATA: directory }, directory);
  return JSON.parse(stdout) as Accounts;
}

describe('the list of drills', () => {
  const neverAsked = { list: () => Promise.reject(new Error('nobody asks')) };
  const answers = /askWhoCordoned|restartKubelet|systemctl|catalogue-builder/;

  it('says in which a fix made by hand counts, and never which fix', async () => {
    await using on = await stage();
    const drills = drillsOf({ practice: on.practice, url: () => '', token: undefined, store: () => neverAsked }).list();
    const byHand = drills.filter(({ description }) => description.includes('A fix made by hand counts'));

    expect(byHand.map(({ id }) => id)).toEqual([
      'kubelet-stopped',
      'cordon-with-reason',
      'noisy-flow',
      'etcd-memory',
      'log-flood',
      'late-heartbeats',
      'thread-leak',
      'scheduler-down',
      'network-agent-killed',
      'dns-loop',
    ]);
    expect(JSON.stringify(drills)).not.toMatch(answers);
  });

  it('says the same in a terminal; who prepares drills for others reads all of it as JSON', async () => {
    using place = workplace();
    const page = await nightshift(['drill'], {}, place.directory);
    const json = await nightshift(['drill', '--json'], {}, place.directory);

    expect(page.stdout.replace(/\s+/g, ' ')).toContain('A fix made by hand counts: say so with Done by Hand');
    expect(page.stdout).not.toMatch(answers);
    expect(JSON.parse(json.stdout)).toContainEqual(
      expect.objectContaining({ id: 'cordon-with-reason', byHandFix: 'askWhoCordoned' }),
    );
  });
});

describe('nightshift drill, while a server uses the data directory', () => {
  it('starts it there, whatever its port, and says so as JSON', async () => {
    using place = workplace();
    const env = { NIGHTSHIFT_DATA: place.directory };
    await using running = await server(env, place.directory);

    const { code, stdout } = await nightshift(['drill', 'etcd-slow-disk', '--json'], env, place.directory);

    expect([code, JSON.parse(stdout)]).toEqual([0, { drill: 'etcd-slow-disk', server: running.url }]);
    await until(
      async () => (await accountsIn(place.directory)).incidents.find(({ runbook }) => runbook === 'etcd-heartbeat'),
      'the incident in the server',
    );
    const wrong = await nightshift(['drill', 'quite'], env, place.directory);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean quiet?') });
  });

  it('ends the one before: its alert is resolved, as Alertmanager would, also after a restart', async () => {
    using place = workplace();
    const env = { NIGHTSHIFT_DATA: place.directory };
    const states = async () =>
      Object.fromEntries((await accountsIn(place.directory)).incidents.map(({ runbook, state }) => [runbook, state]));
    const become = (wanted: Readonly<Record<string, string>>) =>
      until(async () => {
        const now = await states();
        return Object.entries(wanted).every(([runbook, state]) => now[runbook] === state) ? now : undefined;
      }, JSON.stringify(wanted));
    {
      await using _first = await server(env, place.directory);
      await become({ 'node-not-ready': 'diagnosed' });
      await nightshift(['drill', 'dns-loop'], env, place.directory);
      await become({ 'node-not-ready': 'closed', 'cluster-dns': 'diagnosed' });
    }
    await using _second = await server(env, place.directory);
    await become({ 'node-not-ready': 'closed', 'cluster-dns': 'closed' });
  });

  it('runs it here when the server was killed and its address is stale, or belongs to another one now', async () => {
    using place = workplace();
    using other = workplace();
    const env = { NIGHTSHIFT_DATA: place.directory };
    const first = await server(env, place.directory);
    await first.kill('SIGKILL');
    const note = join(place.directory, 'server.json');
    const here = async () => {
      const { code, stdout } = await nightshift(['drill', 'etcd-slow-disk', '--json'], env, place.directory);
      return [code, JSON.parse(stdout).runbook];
    };

    expect(await here()).toEqual([1, 'etcd-heartbeat']);

    await using stranger = await server({ NIGHTSHIFT_DATA: other.directory }, other.directory);
    writeFileSync(note, JSON.stringify({ ...JSON.parse(readFileSync(note, 'utf8')), url: stranger.url }));
    expect(await here()).toEqual([1, 'etcd-heartbeat']);

    const second = await server(env, place.directory);
    await second.kill('SIGINT');
    expect(existsSync(note)).toBe(false);
  });
});
