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
import { ourRulesWithShorterFor } from './rules.ts';

export interface EtcdLabOptions<Name extends string> {
  /** One etcd per name; the name is its label `cluster`, and the name of the cluster in nightshift.yaml. */
  readonly clusters: Readonly<Record<Name, EtcdOptions>>;
  /** Longer `for`s of our own rules are cut to this. */
  readonly longestForSeconds: number;
  readonly alertmanager?: { readonly groupWaitSeconds: number };
  /** More groups of alert rules. */
  readonly rules?: readonly Readonly<Record<string, unknown>>[];
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
 * is no Kubernetes here: the API server of every cluster refuses connections, as when it is down too.
 */
export async function startEtcdLab<Name extends string>(options: EtcdLabOptions<Name>): Promise<EtcdLab<Name>> {
  await using stack = new AsyncDisposableStack();
  using _quiet = quietMachine();
  const folder = stack.use(await tempDir('etcd-lab')).path;
  const names = Object.keys(options.clusters) as Name[];
  const started = await Promise.all(names.map(async (name) => [name, await startEtcd(options.clusters[name])] as const));
  for (const [, etcd] of started) stack.use(etcd);

  // Prometheus tells Alertmanager, which tells the server, which asks Prometheus: two of the three must be known before
  // they run, so the server's port is chosen first and Prometheus starts before the server.
  const port = await freePort();
  const token = `token-${crypto.randomUUID()}`;
  const alertmanager = stack.use(
    await startAlertmanager({
      webhookUrl: `http://127.0.0.1:${port}/alerts`,
      bearerToken: token,
      ...options.alertmanager,
    }),
  );
  const ruleFiles = [...(await ourRulesWithShorterFor(folder, options.longestForSeconds))];
  if (options.rules) {
    ruleFiles.push(join(folder, 'more.yaml'));
    await writeFile(join(folder, 'more.yaml'), stringify({ groups: options.rules }));
  }
  const prometheus = stack.use(
    await startPrometheus({
      scrapeConfigs: started.map(([name, etcd]) => ({
        ...etcd.scrapeConfig(() => ({ cluster: name })),
        job_name: `etcd-${name}`,
      })),
      ruleFiles,
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
  await until('all members to be scraped', async () => {
    const [up] = await prometheus.query('sum(up)');
    return up?.value === names.reduce((sum, name) => sum + options.clusters[name].members, 0);
  });
  const owned = stack.move();
  return {
    etcd: Object.fromEntries(started) as Record<Name, Etcd>,
    ...{ prometheus, alertmanager, nightshift },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
