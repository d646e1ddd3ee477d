import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Alertmanager, startAlertmanager } from '../../harness/alertmanager.ts';
import { type Etcd, type EtcdOptions, startEtcd } from '../../harness/etcd.ts';
import { freePort } from '../../harness/ports.ts';
import { type Prometheus, startPrometheus } from '../../harness/prometheus.ts';
import { tempDir } from '../../harness/temp.ts';
import { until } from '../../harness/until.ts';
import { writeKubeconfigOfNobody } from './kubeconfig.ts';
import { quietMachine } from './machine.ts';
import { type Nightshift, startNightshift } from './nightshift.ts';

/** Our own alert rules, as they are shipped. */
export const ourRules = join(import.meta.dirname, '../../../infra/prometheus/rules/etcd.yaml');

export interface EtcdLabOptions<Name extends string> {
  /** One etcd per name; the name is its label `cluster`, and the name of the cluster in nightshift.yaml. */
  readonly clusters: Readonly<Record<Name, EtcdOptions>>;
  /** More alert rules. */
  readonly rules?: readonly Readonly<Record<string, unknown>>[];
  readonly groupWaitSeconds?: number;
}

export interface EtcdLab<Name extends string> extends AsyncDisposable {
  readonly etcd: Readonly<Record<Name, Etcd>>;
  readonly prometheus: Prometheus;
  readonly alertmanager: Alertmanager;
  readonly nightshift: Nightshift;
}

/**
 * Several etcd clusters side by side, so that their faults can be made at the same time: one Prometheus scrapes all of
 * them every second and evaluates our rules, one Alertmanager delivers to one running server with a bearer token. There
 * is no Kubernetes here: the API server of every cluster refuses connections, as when it is down too. Who scrapes port 2379
 * sees by a closed port that etcd has ended.
 */
export async function startEtcdLab<Name extends string>(options: EtcdLabOptions<Name>): Promise<EtcdLab<Name>> {
  await using stack = new AsyncDisposableStack();
  stack.use(quietMachine());
  const folder = stack.use(await tempDir('etcd-lab')).path;
  const names = Object.keys(options.clusters) as Name[];
  const started = await Promise.all(
    names.map(async (name) => [name, await startEtcd({ ownPort: true, ...options.clusters[name] })] as const),
  );
  for (const [, etcd] of started) stack.use(etcd);

  // Prometheus tells Alertmanager, which tells the server, which asks Prometheus: the server's port is chosen first.
  const port = await freePort();
  const token = `token-${crypto.randomUUID()}`;
  const webhookUrl = `http://127.0.0.1:${port}/alerts`;
  const { groupWaitSeconds = 0 } = options;
  const alertmanager = stack.use(await startAlertmanager({ webhookUrl, bearerToken: token, groupWaitSeconds }));
  const moreRules = join(folder, 'more.yaml');
  await writeFile(moreRules, stringify({ groups: [{ name: 'more', rules: options.rules ?? [] }] }));
  const targetsFile = (name: Name) => join(folder, `${name}.targets.json`);
  const prometheus = stack.use(
    await startPrometheus({
      scrapeConfigs: names.map((name) => ({
        job_name: `etcd-${name}`,
        file_sd_configs: [{ files: [targetsFile(name)], refresh_interval: '1s' }],
        metric_relabel_configs: [{ source_labels: ['__name__'], regex: 'grpc_.*|go_.*', action: 'drop' }],
      })),
      ruleFiles: [ourRules, moreRules],
      alertmanagerUrl: alertmanager.url,
    }),
  );
  const kubeconfig = await writeKubeconfigOfNobody(folder);
  const nightshift = stack.use(
    await startNightshift({
      clusters: names.map((name) => ({ name, kubeconfig, prometheusUrl: prometheus.url, match: { cluster: name } })),
      port,
      token,
    }),
  );
  // Slow scrapes are evidence, also the first ones: they begin when everything else has started, with members that have
  // been asked before, and without the metrics of gRPC and Go, which are two thirds of all series.
  for (const [, etcd] of started) await Promise.all(etcd.members.map((member) => member.metrics()));
  for (const [name, etcd] of started) {
    const { static_configs: targets } = etcd.scrapeConfig(() => ({ cluster: name }));
    await writeFile(targetsFile(name), JSON.stringify(targets));
  }
  await until('all members to be scraped for five seconds', async () => {
    const long = await prometheus.query('count_over_time(up[1m]) >= 5');
    return long.length === names.reduce((sum, name) => sum + options.clusters[name].members, 0);
  });
  const owned = stack.move();
  return {
    etcd: Object.fromEntries(started) as Record<Name, Etcd>,
    ...{ prometheus, alertmanager, nightshift },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
