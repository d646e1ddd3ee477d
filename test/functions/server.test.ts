import { once } from 'node:events';
import { request } from 'node:http';
import pino from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MAX_BODY_BYTES, text } from '../../functions/http.ts';
import { listen, type Route } from '../../functions/server.ts';

/** A server with one way in that echoes how many bytes came. */
async function opened(change: Partial<Route> = {}): Promise<string> {
  const route: Route = { method: 'POST', path: '/in', handle: ({ body }) => text(200, `${body.length}`), ...change };
  const { server, url } = await listen({ host: '127.0.0.1', port: 0, routes: [route], log: pino({ enabled: false }) });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `${url}/in`;
}

const guarded: Partial<Route> = {
  refuse: ({ authorization }) => (authorization === 'Bearer right' ? undefined : text(401, 'who are you?')),
};
const right = { authorization: 'Bearer right' };

async function post(url: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { method: 'POST', body, headers });
  return { status: response.status, text: await response.text() };
}

describe('a way in that is guarded', () => {
  it('refuses by the headers alone, however large the body', async () => {
    const url = await opened(guarded);

    expect(await post(url, 'x'.repeat(1_000))).toEqual({ status: 401, text: 'who are you?\n' });
    expect(await post(url, 'x'.repeat(MAX_BODY_BYTES + 1))).toEqual({ status: 401, text: 'who are you?\n' });
    expect(await post(url, 'x'.repeat(1_000), right)).toEqual({ status: 200, text: '1000\n' });
  });

  it('keeps nothing in memory of whoever is refused', async () => {
    const url = await opened(guarded);
    const before = process.memoryUsage().arrayBuffers;
    const open = Array.from({ length: 20 }, () =>
      request(url, { method: 'POST', headers: { 'content-length': MAX_BODY_BYTES } }),
    );
    for (const one of open) one.on('error', () => {});
    const chunk = Buffer.alloc(MAX_BODY_BYTES / 4);
    for (let part = 0; part < 3; part += 1) {
      await Promise.all(open.map(async (one) => one.write(chunk) || (await once(one, 'drain'))));
    }

    // What was sent and not answered yet would be 60 MiB.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 1024 ** 2);
    for (const one of open) one.destroy();
  });
});

it('a way in is the same with a slash behind it: who posts there does not try again after a 404', async () => {
  const url = await opened();

  expect(await post(`${url}/`, 'abc')).toEqual({ status: 200, text: '3\n' });
  expect((await post(`${url}/more`, 'abc')).status).toBe(404);
  expect((await post(`${url}//`, 'abc')).status).toBe(404);
});

describe('a body over the limit', () => {
  it('is answered 413 after somebody was told', async () => {
    let told = 0;
    const url = await opened({
      ...guarded,
      onTooLarge: async () => {
        told += 1;
      },
    });

    expect((await post(url, 'x'.repeat(MAX_BODY_BYTES + 1), right)).status).toBe(413);
    expect((await post(url, 'x'.repeat(MAX_BODY_BYTES + 1))).status).toBe(401);
    expect(told).toBe(1);
    expect((await post(url, 'x'.repeat(MAX_BODY_BYTES), right)).status).toBe(200);
  });
});
