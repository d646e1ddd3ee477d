import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { PracticeSeries } from '../../../../../infra/local/practice/promql/series.ts';
import { freePort } from '../../../../harness/ports.ts';
import { answers, start } from '../../../../harness/process.ts';
import { pathOf } from '../../../../harness/programs.ts';
import { tempDir } from '../../../../harness/temp.ts';
import { writeRequest } from './remote-write.ts';

const metric = z.record(z.string(), z.string());
const value = z.tuple([z.number(), z.string()]);
const answerSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.discriminatedUnion('resultType', [
      z.object({ resultType: z.literal('vector'), result: z.array(z.object({ metric, value })) }),
      z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ metric, values: z.array(value) })) }),
      z.object({ resultType: z.literal('scalar'), result: value }),
      z.object({ resultType: z.literal('string'), result: value }),
    ]),
  }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);
export type RealAnswer = z.infer<typeof answerSchema>;

export interface RealEngine extends AsyncDisposable {
  readonly instant: (promql: string, at: number) => Promise<RealAnswer>;
  readonly range: (promql: string, start: number, end: number, step: number) => Promise<RealAnswer>;
}

/** Prometheus with these series in its database, over the given stretches of Unix seconds, the oldest first. */
export async function startRealEngine(
  series: readonly PracticeSeries[],
  stretches: readonly { readonly from: number; readonly to: number }[],
): Promise<RealEngine> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempDir('promql')).path;
  const configFile = join(folder, 'prometheus.yml');
  await writeFile(configFile, 'scrape_configs: []\n');
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const args = [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
    '--web.enable-remote-write-receiver',
  ];
  stack.use(await start(pathOf('prometheus'), args, { folder, ready: answers(`${url}/-/ready`) }));

  // Its database refuses samples much older than the newest one, so that time must pass for all series at once.
  const atOnceSeconds = 900;
  for (const { from, to } of stretches)
    for (let at = from; at < to; at += atOnceSeconds) {
      const body = writeRequest(series, at, Math.min(to, at + atOnceSeconds));
      const headers = { 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '0.1.0' };
      const answer = await fetch(`${url}/api/v1/write`, { method: 'POST', headers, body });
      if (!answer.ok) throw new Error(`Prometheus refuses the samples: ${answer.status} ${await answer.text()}`);
    }

  const owned = stack.move();
  const ask = async (path: string, parameters: Readonly<Record<string, string>>) => {
    const answer = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(parameters) });
    return answerSchema.parse(await answer.json());
  };
  return {
    instant: (query, at) => ask('query', { query, time: String(at) }),
    range: (query, from, end, step) =>
      ask('query_range', { query, start: String(from), end: String(end), step: String(step) }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
