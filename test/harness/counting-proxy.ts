import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface CountingProxy extends AsyncDisposable {
  readonly url: string;
  /** Method, path and body of every request that changes something, in the order they arrived. */
  readonly writes: readonly string[];
  /** Those that the API server has done, by which of them they were: 1 for the first. */
  readonly performed: readonly number[];
}

export interface Moments {
  /** A write has arrived here and goes no further until this resolves; `drop`: it never will. */
  readonly arrived?: (nth: number) => 'drop' | undefined;
  /** The API server has done the write, and its answer has not left; `drop`: it never will. */
  readonly done?: (nth: number) => 'drop' | undefined;
  /** What is made of an answer on its way. */
  readonly retell?: (answer: string) => string;
}

/** What one asks of oneself is posted, and nothing of it is stored. */
const asksOfItself = (url: string) => /\/selfsubject(access)?reviews$/.test(url);

/** Stands before an API server and counts what really changes it: everything but reads and dry runs. */
export async function countingProxy(target: string, { arrived, done, retell }: Moments = {}): Promise<CountingProxy> {
  const writes: string[] = [];
  const performed: number[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const asked = await buffer(incoming);
    const isRehearsal = url.includes('dryRun=All') || asked.includes('"dryRun":["All"]');
    const isWrite = method !== 'GET' && !isRehearsal && !asksOfItself(url);
    const nth = isWrite ? writes.push(`${method} ${url} ${asked}`) : 0;
    if (isWrite && arrived?.(nth) === 'drop') return incoming.destroy();
    const onward = forward(new URL(url, target), { method, headers }, async (answer) => {
      const content = await buffer(answer);
      const { statusCode = 502 } = answer;
      if (isWrite && statusCode < 300) performed.push(nth);
      if (isWrite && done?.(nth) === 'drop') return incoming.destroy();
      const body = retell && answer.headers['content-encoding'] === undefined ? retell(content.toString()) : content;
      const { 'content-length': _length, ...kept } = answer.headers;
      outgoing.writeHead(statusCode, { ...kept, 'content-length': Buffer.byteLength(body) }).end(body);
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(asked);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    writes,
    performed,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
