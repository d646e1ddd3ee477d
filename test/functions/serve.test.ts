import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Accounts } from '../../engine/accounts.ts';
import { nightshift, server, until, workplace } from './process.ts';

interface Recorded {
  readonly body: string;
}
const [firing] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../recorded/alertmanager/webhooks-0.25.json'), 'utf8'),
) as [Recorded];

async function accountsIn(directory: string): Promise<Accounts> {
  const { stdout } = await nightshift(['incidents', '--json'], { NIGHTSHIFT_DATA: directory }, directory);
  return JSON.parse(stdout) as Accounts;
}

/** Keys of bot messages that stand in the console's channel more than once. */
function twiceIn(directory: string): string[] {
  const file = new DatabaseSync(join(directory, 'console.db'), { readOnly: true });
  const keys = file
    .prepare('SELECT document FROM message')
    .all()
    .flatMap(({ document }) => {
      const key = JSON.parse(String(document)).content?.metadata?.event_payload?.key;
      return typeof key === 'string' ? [key] : [];
    });
  file.close();
  expect(keys.length).toBeGreaterThan(0);
  return keys.filter((key, at) => keys.indexOf(key) !== at);
}

/** A request target that `fetch` would not send as it is. */
async function rawStatus(url: string, target: string): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(`GET ${target} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`);
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return Number(answer.split(' ')[1]);
}

const { alerts: sent, ...about } = JSON.parse(firing.body) as { readonly alerts: readonly object[] };
const watchdog = JSON.stringify({
  ...about,
  alerts: [{ ...sent[0], labels: { alertname: 'Watchdog' }, fingerprint: 'watchdog' }],
});

const post = (url: string, body: string) => fetch(`${url}/alerts`, { method: 'POST', body });

describe('nightshift serve, on every address of the machine, without Slack', () => {
  it('prints an address at which its console can be seen, and says whom it does not answer', async () => {
    using place = workplace();
    writeFileSync(join(place.directory, 'nightshift.yaml'), 'alerts: { token: { env: TOKEN } }');
    const env = { NIGHTSHIFT_DATA: join(place.directory, 'data'), HOST: '0.0.0.0', TOKEN: 't' };
    await using running = await server(env, place.directory);

    expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect((await fetch(running.url)).status).toBe(200);
    expect(running.output()).toContain('the console has no login and answers on this machine alone');
    const foreign = await fetch(running.url.replace('127.0.0.1', '0.0.0.0'));
    expect(foreign.status).toBe(403);
    expect(await foreign.text()).toContain(`open ${running.url} there`);
  });
});

describe('nightshift serve, with nothing configured', () => {
  it('shows a whole practice incident by itself on the first start', async () => {
    using place = workplace();
    await using running = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);

    const incident = await until(
      async () => (await accountsIn(place.directory)).incidents.find(({ state }) => state === 'diagnosed'),
      'a diagnosis',
      running.output,
    );

    expect(incident).toMatchObject({ runbook: 'node-not-ready', target: 'node/worker-3', posted: true });
    for (const file of readdirSync(place.directory)) {
      expect(statSync(join(place.directory, file)).mode & 0o077, `${file} is its owner's alone`).toBe(0);
    }
    expect(incident.report?.causes.filter(({ verdict }) => verdict === 'confirmed').map(({ id }) => id)).toEqual([
      'kubeletStopped',
    ]);
  });

  it('makes a card of every alert in a real Alertmanager request, and accounts for it', async () => {
    using place = workplace();
    await using running = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);

    expect((await post(running.url, firing.body)).status).toBe(200);

    expect((await post(running.url, firing.body)).status).toBe(200);
    expect((await post(running.url, watchdog)).status).toBe(200);

    const { totals } = await until(async () => {
      const found = await accountsIn(place.directory);
      return found.totals.alerts.pending === undefined && found.webhooks.length === 4 ? found : undefined;
    }, 'all webhooks to be worked off');
    expect(totals).toMatchObject({
      webhooks: { received: 4, rejected: 0 },
      alerts: { posted: 3, joined: 2, suppressed: 1 },
    });
    // The metric uses the same words, and comes to the same.
    await until(async () => {
      const exposition = await (await fetch(`${running.url}/metrics`)).text();
      const counted = [...exposition.matchAll(/^nightshift_alerts_total\{outcome="(.+)"\} (\d+)$/gm)];
      const found = Object.fromEntries(counted.map(([, outcome, count]) => [outcome, Number(count)]));
      return isDeepStrictEqual(found, totals.alerts) ? true : undefined;
    }, 'the metric to say the same');
  });

  it('starts a drill on request, and names the nearest when there is none of that name', async () => {
    using place = workplace();
    await using running = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);
    const drill = (world: string) => fetch(`${running.url}/drills/${world}`, { method: 'POST' });

    expect((await drill('etcd-slow-disk')).status).toBe(200);
    const wrong = await drill('etcd-slow');
    expect([wrong.status, await wrong.text()]).toEqual([404, expect.stringContaining('did you mean etcd-slow-disk?')]);

    const incident = await until(
      async () =>
        (await accountsIn(place.directory)).incidents.find(
          ({ runbook, state }) => runbook === 'etcd-heartbeat' && state === 'diagnosed',
        ),
      'the diagnosis of etcd',
    );
    expect(incident.report?.causes.filter(({ verdict }) => verdict === 'confirmed').map(({ id }) => id)).toEqual([
      'slowDisk',
    ]);
  });

  it('answers health, readiness and metrics, also to HEAD, and refuses other methods and other origins', async () => {
    using place = workplace();
    await using running = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);
    const get = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`${running.url}${path}`, init);
      return { status: response.status, text: await response.text() };
    };

    expect(await get('/healthz')).toMatchObject({ status: 200 });
    expect(await get('/readyz')).toMatchObject({
      status: 200,
      text: expect.stringMatching(
        /^\[\+\]store ok\n\[\+\]queue ok\n\[\+\]running ok\n\[i\]console: .*\n\[i\]cluster practice, Kubernetes: .*\n\[i\]cluster practice, Prometheus: .*\nready\n$/,
      ),
    });
    await until(
      async () => ((await get('/metrics')).text.includes('nightshift_verdicts_total{') ? true : undefined),
      'verdicts',
    );
    const { text } = await get('/metrics');
    for (const name of [
      'nightshift_alerts_total',
      'nightshift_investigation_duration_seconds_bucket',
      'nightshift_queue_messages{queue="investigate"}',
      'nightshift_queue_oldest_message_age_seconds{queue="announce"}',
      'process_resident_memory_bytes',
    ]) {
      expect(text).toContain(name);
    }
    for (const path of ['/', '/console/events', '/healthz', '/readyz', '/metrics', '/drills'])
      expect(await get(path, { method: 'HEAD' }), path).toEqual({ status: 200, text: '' });
    expect(await rawStatus(running.url, '//')).toBe(400);
    expect(await get('/alerts')).toMatchObject({ status: 405 });
    expect(await get('/nowhere')).toMatchObject({ status: 404 });
    expect(
      await get('/alerts', { method: 'POST', body: firing.body, headers: { origin: 'https://evil.example' } }),
    ).toMatchObject({ status: 403 });
  });

  it('refuses a huge body', async () => {
    using place = workplace();
    await using running = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);

    expect((await post(running.url, 'x'.repeat(5 * 1024 * 1024))).status).toBe(413);
    const { webhooks } = await accountsIn(place.directory);
    expect(webhooks.map(({ rejected }) => rejected)).toContainEqual(
      expect.stringMatching(/^the body was too large: split its groups by more labels/),
    );
  });

  it.each(['SIGINT', 'SIGHUP'] as const)('ends on %s with exit code 0, and goes on where it was', async (signal) => {
    using place = workplace();
    const first = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);
    await until(
      async () => (await accountsIn(place.directory)).incidents.find(({ state }) => state === 'diagnosed'),
      'a diagnosis',
    );

    expect(await first.kill(signal)).toMatchObject({ code: 0 });

    await using _second = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);
    expect((await accountsIn(place.directory)).incidents).toHaveLength(1);
  });

  it('refuses a second process on the same data directory with what to do', async () => {
    using place = workplace();
    await using _running = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);

    const second = await nightshift(['serve'], { PORT: '0', NIGHTSHIFT_DATA: place.directory }, place.directory);

    expect(second.code).toBe(2);
    expect(second.stderr).toContain(place.directory);
    expect(second.stderr).not.toContain('at ');
  });

  it('refuses a port that is taken', async () => {
    using place = workplace();
    using other = workplace();
    await using running = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);

    const second = await nightshift(
      ['serve'],
      { PORT: new URL(running.url).port, NIGHTSHIFT_DATA: other.directory },
      other.directory,
    );

    expect(second).toMatchObject({ code: 2, stderr: expect.stringMatching(/set\s+PORT\s+to\s+another\s+one/) });
  });
});

describe('nightshift serve, exposed or with something real', () => {
  it('does not start without a token for alerts, and says how to give it one', async () => {
    using place = workplace();

    const { code, stderr } = await nightshift(
      ['serve'],
      { PORT: '0', HOST: '0.0.0.0', NIGHTSHIFT_DATA: place.directory },
      place.directory,
    );

    expect(code).toBe(2);
    expect(stderr).toContain('alerts.token is missing, and the server listens on 0.0.0.0');
    expect(stderr).toContain('token: { env: NIGHTSHIFT_ALERTS_TOKEN }');
  });
});

describe('killed in the middle', () => {
  it('delivers after a restart all it had answered 200, and nothing twice', async () => {
    using place = workplace();
    const first = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);
    const body = (n: number) =>
      firing.body
        .replaceAll('api-1', `api-${n}`)
        .replaceAll('web-7d9f', `web-${n}`)
        .replaceAll('5fc8dad536f5c359', `a${n}`)
        .replaceAll('9332486abd522e74', `b${n}`);

    const accepted = await Promise.all(
      Array.from({ length: 10 }, async (_, n) => (await post(first.url, body(n))).status),
    );
    await first.kill('SIGKILL');
    await using _second = await server({ NIGHTSHIFT_DATA: place.directory }, place.directory);

    expect(accepted).toEqual(Array.from({ length: 10 }, () => 200));
    const { webhooks } = await until(async () => {
      const found = await accountsIn(place.directory);
      return found.totals.alerts.pending === undefined && found.webhooks.length >= 11 ? found : undefined;
    }, 'everything to be worked off');
    const fired = webhooks.flatMap(({ alerts }) => alerts).filter(({ status }) => status === 'firing');
    expect(fired.filter(({ outcome }) => outcome === 'posted' || outcome === 'joined')).toHaveLength(21);
    expect(twiceIn(place.directory)).toEqual([]);
  });
});
