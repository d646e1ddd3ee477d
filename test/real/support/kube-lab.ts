import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Alertmanager, startAlertmanager } from '../../harness/alertmanager.ts';
import { type ControlPlane, startControlPlane } from '../../harness/control-plane.ts';
import { type Etcd, startEtcd } from '../../harness/etcd.ts';
import type { Kubelets } from '../../harness/kubelets.ts';
import type { FakeNode } from '../../harness/node-objects.ts';
import { freePort } from '../../harness/ports.ts';
import { type Prometheus, startPrometheus } from '../../harness/prometheus.ts';
import { tempDir } from '../../harness/temp.ts';
import { until } from '../../harness/until.ts';
import { quietMachine } from './machine.ts';
import { type Nightshift, startNightshift } from './nightshift.ts';

export interface KubeLabOptions {
  readonly nodes: number;
  readonly pods: number;
  /** The kubelets of the first so many nodes open their port, and Prometheus scrapes them. The others have none. */
  readonly scraped: number;
  readonly etcdMembers: 1 | 3;
  /**
   * Names under which nightshift.yaml knows this one API server, by the alert label `cluster`: four incidents in a
   * minute are a storm in one cluster, and not in two. The alerts of Prometheus carry the first name.
   */
  readonly clusters: readonly [string, ...string[]];
  readonly rules: readonly Readonly<Record<string, unknown>>[];
}

export interface KubeLab extends AsyncDisposable {
  readonly plane: ControlPlane;
  readonly nodes: readonly FakeNode[];
  readonly kubelets: { readonly scraped: Kubelets; readonly others: Kubelets };
  readonly etcd: Etcd;
  readonly prometheus: Prometheus;
  readonly alertmanager: Alertmanager;
  readonly nightshift: Nightshift;
}

/** A control plane with nodes, Prometheus scraping it, Alertmanager, and a running server that looks after it. */
export async function startKubeLab(options: KubeLabOptions): Promise<KubeLab> {
  await using stack = new AsyncDisposableStack();
  stack.use(quietMachine());
  const folder = stack.use(await tempDir('kube-lab')).path;
  const etcd = stack.use(await startEtcd({ members: options.etcdMembers }));
  const plane = stack.use(await startControlPlane({ etcd }));
  const nodes = await plane.createNodes(options.nodes, options.pods);
  const kubelets = {
    scraped: await plane.runKubelets(nodes.slice(0, options.scraped), { ports: true }),
    others: await plane.runKubelets(nodes.slice(options.scraped)),
  };

  const port = await freePort();
  const token = `token-${crypto.randomUUID()}`;
  const webhookUrl = `http://127.0.0.1:${port}/alerts`;
  const alertmanager = stack.use(await startAlertmanager({ webhookUrl, bearerToken: token }));
  const rules = join(folder, 'rules.yaml');
  await writeFile(rules, stringify({ groups: [{ name: 'lab', rules: options.rules }] }));
  const prometheus = stack.use(
    await startPrometheus({
      scrapeConfigs: [
        ...plane.scrapeConfigs(),
        kubelets.scraped.scrapeConfig(),
        etcd.scrapeConfig(({ name }) => ({ pod: `etcd-${name}` })),
      ],
      ruleFiles: [rules],
      alertmanagerUrl: alertmanager.url,
      externalLabels: { cluster: options.clusters[0] },
    }),
  );
  const cluster = { kubeconfig: plane.kubeconfig, prometheusUrl: prometheus.url };
  const clusters = options.clusters.map((name) => ({ name, match: { cluster: name }, ...cluster }));
  const nightshift = stack.use(await startNightshift({ clusters, port, token }));
  const targets = 2 + options.scraped + options.etcdMembers; // API server, controller manager, kubelets, etcd
  await until('all targets to be scraped', async () => (await prometheus.query('up')).length === targets);
  const owned = stack.move();
  return {
    ...{ plane, nodes, kubelets, etcd, prometheus, alertmanager, nightshift },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
