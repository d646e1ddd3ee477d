import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ReadLimits, ReadRequest } from '../../../engine/readers.ts';
import { type PrometheusOptions, type PrometheusServer, prometheusFrom } from '../../../infra/prometheus/client.ts';
import { failureOf } from '../../contract/source.ts';
import { type Loopback, loopbackTls, tlsFile } from '../kubernetes/loopback.ts';

const up: ReadRequest = { verb: 'query', promql: 'up' };
const limits: ReadLimits = { deadlineMs: 10_000, maxBytes: 100_000 };
const ca = readFileSync(tlsFile('ca.crt'), 'utf8');

let server: Loopback;
let prometheus: PrometheusServer | undefined;
let silent = false;

beforeEach(async () => {
  silent = false;
  server = await loopbackTls((_request, response) => {
    if (!silent) response.end('{"status":"success","data":{"resultType":"vector","result":[]}}');
  });
});
afterEach(async () => {
  await prometheus?.close();
  await server[Symbol.asyncDispose]();
});

function open(options: Partial<PrometheusOptions>): PrometheusServer {
  prometheus = prometheusFrom({ url: server.url, version: '1.2.3', ...options });
  return prometheus;
}

it('fifty queries one after the other use one connection, with an authority of its own', async () => {
  const { source } = open({ ca });
  for (let index = 0; index < 50; index += 1) await source.read(up, limits);
  expect(server.connections()).toBeLessThanOrEqual(2);
});

it('a certificate nobody vouches for is not trusted', async () => {
  const failure = await failureOf(open({}).source.read(up, limits), 'unreachable');
  expect(failure.message).toContain('signed by an authority that is not trusted');
});

it('a Prometheus that never answers is given up at the deadline', async () => {
  silent = true;
  const failure = await failureOf(open({ ca }).source.read(up, { ...limits, deadlineMs: 300 }), 'timed-out');
  expect(failure.message).toMatch(/^gave up waiting for an answer from 127\.0\.0\.1:\d+ after 300 ms$/);
});

it('a token that is never given counts against the deadline, too', async () => {
  const { source } = open({ ca, bearerToken: () => new Promise(() => {}) });
  const failure = await failureOf(source.read(up, { ...limits, deadlineMs: 300 }), 'timed-out');
  expect(failure.message).toBe('gave up waiting for the Prometheus token after 300 ms');
});
