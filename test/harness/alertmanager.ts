import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from './ports.ts';
import { answers, type Running, start } from './process.ts';
import { pathOf } from './programs.ts';
import { tempDir } from './temp.ts';

export interface AlertmanagerOptions {
  readonly webhookUrl: string;
  /** Sent as `Authorization: Bearer …`; without it no credentials are sent. */
  readonly bearerToken?: string;
  /** Default: each alert is a group of its own. */
  readonly groupBy?: readonly string[];
  /** Default 0. */
  readonly groupWaitSeconds?: number;
  /** Default 2. */
  readonly groupIntervalSeconds?: number;
}

export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  /** In the past: the alert is resolved. */
  readonly endsAt?: string;
  readonly generatorURL?: string;
}

export interface Alertmanager extends AsyncDisposable {
  readonly url: string;
  readonly process: Running;
  /** Hands alerts in as Prometheus does. */
  post(alerts: readonly PostedAlert[]): Promise<void>;
}

/** A real Alertmanager on 127.0.0.1 with one receiver, a webhook. */
export async function startAlertmanager(options: AlertmanagerOptions): Promise<Alertmanager> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempDir('alertmanager')).path;
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const configFile = join(folder, 'alertmanager.yml');
  const authorization = { type: 'Bearer', credentials_file: join(folder, 'token') };
  if (options.bearerToken !== undefined) await writeFile(authorization.credentials_file, options.bearerToken);
  const httpConfig = options.bearerToken === undefined ? {} : { http_config: { authorization } };
  const config = {
    route: {
      receiver: 'webhook',
      group_by: options.groupBy ?? ['...'],
      group_wait: `${options.groupWaitSeconds ?? 0}s`,
      group_interval: `${options.groupIntervalSeconds ?? 2}s`,
      repeat_interval: '4h',
    },
    receivers: [{ name: 'webhook', webhook_configs: [{ url: options.webhookUrl, ...httpConfig }] }],
  };
  await writeFile(configFile, stringify(config));
  const args = [
    `--config.file=${configFile}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=', // alone: no gossip, no peers
  ];
  const running = stack.use(
    await start(pathOf('prometheus-alertmanager'), args, { folder, ready: answers(`${url}/-/ready`) }),
  );
  const owned = stack.move();
  return {
    url,
    process: running,
    post: async (alerts) => {
      const answer = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
      });
      if (!answer.ok) throw new Error(`Alertmanager refused the alerts: ${answer.status} ${await answer.text()}`);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
