import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { channel, openConsole, you } from './harness.ts';

/** A request with any headers at all, which `fetch` would not send. */
function raw(url: string, options: { method?: string; headers?: Record<string, string>; body?: string }) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const { body: sent, ...rest } = options;
    const outgoing = request(url, rest, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    outgoing.on('error', reject);
    outgoing.end(sent);
  });
}

/** Asks for a path exactly as written, even one that is no URL. */
function rawPath(origin: string, path: string) {
  const { hostname, port } = new URL(origin);
  return new Promise<number>((resolve, reject) => {
    const outgoing = request({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

const json = { 'content-type': 'application/json' };

describe('the page', () => {
  test('is served under a policy that runs no inline script and loads nothing from elsewhere', async () => {
    const { origin } = await openConsole();
    const response = await fetch(origin);
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    const html = await response.text();
    expect(html).not.toMatch(/<script(?![^>]*src=)|\son\w+=|style=|https?:\/\//);
    expect(html).toContain('Practice console: no Slack workspace is configured');
  });

  test('serves the files of its own folder and nothing else', async () => {
    const { origin } = await openConsole();
    expect((await fetch(`${origin}/console/page/app.js`)).headers.get('content-type')).toContain('text/javascript');
    const missing = [
      '/console/page/..%2fconsole.ts',
      '/console/page/tsconfig.json',
      '/console/page/nope.js',
      '/console/nope',
    ];
    for (const path of missing) expect((await raw(`${origin}${path}`, {})).status, path).toBe(404);
    expect((await raw(`${origin}/console/page/../console.ts`, {})).status).toBe(404);
  });

  test('leaves every other path to the server it is mounted on', async () => {
    const { origin, received } = await openConsole({});
    for (const path of ['/consoles', '/alerts', '//']) await rawPath(origin, path);
    expect(received).toHaveLength(3);
  });

  test('type-checks as a browser program', async () => {
    const run = promisify(execFile);
    const root = fileURLToPath(new URL('../../../../', import.meta.url));
    const arguments_ = ['--noEmit', '-p', 'infra/local/console/page/tsconfig.json'];
    await expect(run(`${root}node_modules/.bin/tsc`, arguments_, { cwd: root })).resolves.toMatchObject({ stdout: '' });
  });
});

describe('foreign callers', () => {
  test('another host name (a rebound DNS name) is refused, for reading too', async () => {
    const { origin } = await openConsole();
    for (const host of ['evil.example', 'localhost.evil.example:80', '127.0.0.1.evil.example'])
      expect((await raw(`${origin}/console/events`, { headers: { host } })).status, host).toBe(403);
    expect((await raw(`${origin}/`, { headers: { host: 'localhost:9' } })).status).toBe(200);
  });

  test('a host name that was allowed is served', async () => {
    const { origin } = await openConsole({ allowedHosts: ['console.internal'] });
    expect((await raw(`${origin}/`, { headers: { host: 'console.internal:8080' } })).status).toBe(200);
    expect((await raw(`${origin}/`, { headers: { host: 'other.internal' } })).status).toBe(403);
  });

  test('another site’s script cannot act, nor can a form or a caller without an origin', async () => {
    const { origin, slack } = await openConsole();
    const body = JSON.stringify({ text: 'planted' });
    const send = (headers: Record<string, string>) =>
      raw(`${origin}/console/message`, { method: 'POST', headers: { ...json, ...headers }, body });
    expect((await send({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await send({ origin: 'null' })).status).toBe(403);
    expect((await send({})).status).toBe(403);
    expect((await send({ origin, 'content-type': 'text/plain' })).status).toBe(415);
    expect((await slack.conversations.history({ channel })).messages).toEqual([]);
    expect((await send({ origin })).status).toBe(200);
  });

  test('a body that is too large or makes no sense is refused', async () => {
    const { origin } = await openConsole();
    const send = (path: string, body: string) =>
      raw(`${origin}/console/${path}`, { method: 'POST', headers: { ...json, origin }, body });
    expect((await send('message', JSON.stringify({ text: 'x'.repeat(70_000) }))).status).toBe(413);
    expect((await send('message', '{')).status).toBe(400);
    expect((await send('click', '{}')).status).toBe(400);
    expect((await send('toString', '{}')).status).toBe(404);
  });
});

describe('what a person does', () => {
  test('text becomes a message of theirs, with control characters escaped', async () => {
    const { act, slack } = await openConsole();
    await act('message', { text: '<!channel> a & b' });
    const { messages } = await slack.conversations.history({ channel });
    expect(messages).toMatchObject([{ user: you, text: '&lt;!channel&gt; a &amp; b' }]);
    expect(messages?.[0]).not.toHaveProperty('bot_id');
  });

  test('a drill is started by its id; one that fails or does not exist is told', async () => {
    const started: string[] = [];
    const { act } = await openConsole({
      drills: () => [
        { id: 'kubelet', title: 'A kubelet stopped', description: '' },
        { id: 'broken', title: 'Broken', description: '' },
      ],
      startDrill: async (id) => {
        if (id === 'broken') throw new Error('the practice cluster is down');
        started.push(id);
      },
    });
    expect(await act('drill', { id: 'kubelet' })).toEqual({ ok: true });
    expect(started).toEqual(['kubelet']);
    expect(await act('drill', { id: 'nope' })).toMatchObject({ ok: false, error: 'unknown_drill' });
    expect(await act('drill', { id: 'broken' })).toMatchObject({ ok: false, error: 'the practice cluster is down' });
  });
});
