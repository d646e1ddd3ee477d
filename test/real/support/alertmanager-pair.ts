import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { PostedAlert } from '../../harness/alertmanager.ts';
import { freePorts } from '../../harness/ports.ts';
import { answers, type Running, start } from '../../harness/process.ts';
import { pathOf } from '../../harness/programs.ts';
import { tempDir } from '../../harness/temp.ts';
import { until } from '../../harness/until.ts';

export interface AlertmanagerPair extends AsyncDisposable {
  readonly processes: readonly [Running, Running];
  /** Hands alerts to both that run, as Prometheus does. */
  post(alerts: readonly PostedAlert[]): Promise<void>;
}

/**
 * Two Alertmanagers that gossip, as everybody runs them who wants none to be missed: the second sends only what the
 * first has not sent within a second. Each alert is a group of its own; a firing one is sent again every three seconds.
 */
export async function startAlertmanagerPair(webhookUrl: string, bearerToken: string): Promise<AlertmanagerPair> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempDir('alertmanager-pair')).path;
  const token = join(folder, 'token');
  await writeFile(token, bearerToken);
  const http_config = { authorization: { type: 'Bearer', credentials_file: token } };
  const config = {
    route: { receiver: 'webhook', group_by: ['...'], group_wait: '0s', group_interval: '1s', repeat_interval: '3s' },
    receivers: [{ name: 'webhook', webhook_configs: [{ url: webhookUrl, http_config }] }],
  };
  const [firstWeb = 0, firstGossip = 0, secondWeb = 0, secondGossip = 0] = await freePorts(4);
  const one = async (name: string, web: number, gossip: number, peer: number) => {
    const own = join(folder, name);
    await mkdir(own);
    await writeFile(join(own, 'alertmanager.yml'), stringify(config));
    const args = [
      `--config.file=${join(own, 'alertmanager.yml')}`,
      `--storage.path=${join(own, 'data')}`,
      `--web.listen-address=127.0.0.1:${web}`,
      `--cluster.listen-address=127.0.0.1:${gossip}`,
      `--cluster.advertise-address=127.0.0.1:${gossip}`,
      `--cluster.peer=127.0.0.1:${peer}`,
      '--cluster.peer-timeout=1s',
      '--cluster.gossip-interval=50ms',
    ];
    const ready = answers(`http://127.0.0.1:${web}/-/ready`);
    return stack.use(await start(pathOf('prometheus-alertmanager'), args, { folder: own, name, ready }));
  };
  const processes = await Promise.all([
    one('first', firstWeb, firstGossip, secondGossip),
    one('second', secondWeb, secondGossip, firstGossip),
  ]);
  await until('both to have settled', () => processes.every((each) => each.log().includes('gossip settled')));
  const urls = [firstWeb, secondWeb].map((port) => `http://127.0.0.1:${port}/api/v2/alerts`);
  const owned = stack.move();
  return {
    processes,
    post: async (alerts) => {
      const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(alerts) };
      const alive = urls.filter((_, index) => processes[index]?.ended() === undefined);
      await Promise.all(
        alive.map(async (url) => {
          const answer = await fetch(url, request);
          if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
        }),
      );
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
