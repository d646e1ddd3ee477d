import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import * as z from 'zod';
import { freePort } from './ports.ts';
import { answers, type Running, start } from './process.ts';
import { pathOf } from './programs.ts';
import { tempDir } from './temp.ts';

export interface PrometheusOptions {
  /** As under `scrape_configs` of prometheus.yml. */
  readonly scrapeConfigs: readonly Readonly<Record<string, unknown>>[];
  /** Absolute paths. */
  readonly ruleFiles?: readonly string[];
  readonly alertmanagerUrl?: string;
  readonly externalLabels?: Readonly<Record<string, string>>;
  /** Scrapes and rule evaluations; default 1. A scrape may take as long as the interval. */
  readonly scrapeIntervalSeconds?: number;
  /** What it took in before it started: samples in OpenMetrics text, with their times. */
  readonly before?: string;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Prometheus extends AsyncDisposable {
  readonly url: string;
  /** To stop or freeze it in the middle. */
  readonly process: Running;
  /** An instant query. */
  query(promql: string): Promise<readonly Sample[]>;
}

const vectorSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.coerce.number()]) }),
    ),
  }),
});

/** A real Prometheus on 127.0.0.1; ready in about a second, its first scrapes and alerts come some five seconds later. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempDir('prometheus')).path;
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const interval = `${options.scrapeIntervalSeconds ?? 1}s`;
  const configFile = join(folder, 'prometheus.yml');
  const alertmanager = options.alertmanagerUrl === undefined ? [] : [new URL(options.alertmanagerUrl).host];
  const config = {
    global: {
      scrape_interval: interval,
      scrape_timeout: interval,
      evaluation_interval: interval,
      external_labels: options.externalLabels ?? {},
    },
    rule_files: options.ruleFiles ?? [],
    alerting: { alertmanagers: [{ static_configs: [{ targets: alertmanager }] }] },
    scrape_configs: options.scrapeConfigs,
  };
  await writeFile(configFile, stringify(config));
  if (options.before !== undefined) {
    const file = join(folder, 'before.om');
    await writeFile(file, options.before);
    await promisify(execFile)(pathOf('promtool'), [
      'tsdb',
      'create-blocks-from',
      'openmetrics',
      file,
      join(folder, 'data'),
    ]);
  }
  const args = [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
    // It knows its Alertmanager five seconds after the start; an alert that fires before is lost until sent again.
    '--rules.alert.resend-delay=5s',
  ];
  const running = stack.use(await start(pathOf('prometheus'), args, { folder, ready: answers(`${url}/-/ready`) }));
  const owned = stack.move();
  return {
    url,
    process: running,
    query: async (promql) => {
      const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: promql })}`);
      if (!answer.ok) throw new Error(`${promql}: ${answer.status} ${await answer.text()}`);
      const { data } = vectorSchema.parse(await answer.json());
      return data.result.map(({ metric, value }) => ({ labels: metric, value: value[1] }));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
