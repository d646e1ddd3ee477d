import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiServerArgs, controllerManagerArgs } from './control-plane-args.ts';
import { type Etcd, startEtcd } from './etcd.ts';
import { type KubeClient, kubeClient } from './kube-client.ts';
import { type Kubelets, runKubelets } from './kubelets.ts';
import { parseMetrics } from './metrics.ts';
import type { FakeNode } from './node-objects.ts';
import { createNodes, leases } from './nodes.ts';
import { type Credentials, makePki, type Pki, writeKubeconfig } from './pki.ts';
import { freePorts } from './ports.ts';
import { type Running, start } from './process.ts';
import { pathOf } from './programs.ts';
import { createServiceAccount, type PolicyRule, type ServiceAccount } from './service-account.ts';
import { tempDir } from './temp.ts';
import { until } from './until.ts';

export interface ControlPlaneOptions {
  /** Default: one member of its own. An etcd handed in stays the caller's to dispose of. */
  readonly etcd?: Etcd;
}

/**
 * A real kube-apiserver and kube-controller-manager 1.20.2, and nodes played by `runKubelets`. As with kubeadm, the API
 * server speaks to one member of etcd, its own: the first.
 */
export interface ControlPlane extends AsyncDisposable {
  /** https://127.0.0.1:PORT */
  readonly url: string;
  /** PEM file of the authority that signed the API server's certificate. */
  readonly caFile: string;
  /** For servers on 127.0.0.1, signed by that authority. */
  readonly serving: Credentials;
  /** Of an administrator (system:masters). */
  readonly kubeconfig: string;
  readonly kube: KubeClient;
  readonly etcd: Etcd;
  readonly apiServer: Running;
  readonly controllerManager: Running;
  /** worker-1 … worker-N, with `pods` Running Pods spread over them. Once per control plane. */
  createNodes(count: number, pods: number): Promise<readonly FakeNode[]>;
  /**
   * They end with the control plane, if not before. `ports`: also open port 10250 of every node, so that Prometheus can
   * scrape it and the API server's proxy can reach it.
   */
  runKubelets(nodes: readonly FakeNode[], options?: { readonly ports?: boolean }): Promise<Kubelets>;
  /** A ServiceAccount that may do what these rules say and nothing else, its token and its kubeconfig. */
  serviceAccount(name: string, rules: readonly PolicyRule[]): Promise<ServiceAccount>;
  /** For Prometheus: jobs "apiserver" and "kube-controller-manager". */
  scrapeConfigs(): readonly Record<string, unknown>[];
  /**
   * Takes etcd's quorum away: writes and quorum reads hang, /readyz turns 500, the controller manager exits within 15 s.
   * `silent` (default): the API server's own member is frozen too. Reads with resourceVersion=0 go on answering 200, from
   * memory, for ever. `leaderless` (three members): only the others are frozen. The API server's member sees that there is
   * no leader, ends its watches after some seconds, and from then on those reads hang as well.
   * Disposing thaws etcd and starts the controller manager again, as a kubelet would.
   */
  stopEtcdQuorum(picture?: 'silent' | 'leaderless'): Promise<AsyncDisposable>;
  /**
   * `crashed`: SIGKILL, its port refuses connections. `frozen`: the kernel takes connections and requests, and nobody
   * answers. Disposing starts or thaws it, and starts the controller manager again, which may have given up.
   */
  stopApiServer(how: 'crashed' | 'frozen'): Promise<AsyncDisposable>;
}

/** About five seconds on two cores. Node timers are the defaults: Unknown 40 s after the last sign of life. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempDir('kubernetes')).path;
  const etcd = options.etcd ?? stack.use(await startEtcd({ members: 1 }));
  const pki = await makePki(folder);
  const [apiPort = 0, managerPort = 0] = await freePorts(2);
  const url = `https://127.0.0.1:${apiPort}`;
  const api = { url, caFile: pki.ca.cert };
  const kubeconfig = await writeKubeconfig(join(folder, 'admin.kubeconfig'), api, pki.admin);
  const managerKubeconfig = await writeKubeconfig(join(folder, 'manager.kubeconfig'), api, pki.controllerManager);

  const kube = stack.use(await kubeClient(url, pki.ca.cert, pki.admin));
  // Connections of their own: renewals that hang while etcd has no quorum must not queue in front of a test's looks.
  const kubeletsClient = stack.use(await kubeClient(url, pki.ca.cert, pki.admin));
  const component = { folder, env: { GOMAXPROCS: '2' }, deadlineMs: 60_000 };
  const startApiServer = () =>
    start(pathOf('kube-apiserver'), apiServerArgs(pki, apiPort, etcd), {
      ...component,
      ready: () => isOk(kube, '/readyz'),
    });
  let apiServer = await startApiServer();
  stack.defer(() => apiServer.stop());
  const manager = stack.use(await kubeClient(`https://127.0.0.1:${managerPort}`, pki.ca.cert, pki.admin));
  const managerArgs = controllerManagerArgs(pki, managerPort, managerKubeconfig);
  const startManager = async () => {
    // The lease of one that has ended would keep a new one waiting for 15 s.
    await kube.call('DELETE', '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-controller-manager');
    const ready = () => leads(manager);
    return start(pathOf('kube-controller-manager'), managerArgs, { ...component, ready });
  };
  let controllerManager = await startManager();
  stack.defer(() => controllerManager.stop());

  const owned = stack.move();
  return {
    ...{ ...api, serving: pki.serving, kubeconfig, kube, etcd },
    get apiServer() {
      return apiServer;
    },
    get controllerManager() {
      return controllerManager;
    },
    createNodes: (count, pods) => createNodes(kube, count, pods),
    runKubelets: async (nodes, { ports = false } = {}) =>
      owned.use(await runKubelets(kubeletsClient, nodes, ports ? { serving: pki.serving } : {})),
    serviceAccount: (name, rules) => createServiceAccount(kube, api, folder, name, rules),
    scrapeConfigs: () => [
      scrapeConfig('apiserver', apiPort, pki),
      scrapeConfig('kube-controller-manager', managerPort, pki),
    ],
    stopEtcdQuorum: async (picture = 'silent') => {
      const { members } = etcd;
      if (picture === 'leaderless' && members.length === 1) throw new Error('leaderless needs an etcd of three');
      const lost = picture === 'leaderless' ? members.slice(1) : members.slice(0, 2);
      for (const member of lost) member.freeze();
      return {
        [Symbol.asyncDispose]: async () => {
          for (const member of lost) member.thaw();
          await until('the API server to have caught up', () => hasCaughtUp(kube), { deadlineMs: 60_000 });
          await controllerManager.stop();
          controllerManager = await startManager();
        },
      };
    },
    stopApiServer: async (how) => {
      await (how === 'frozen' ? freeze(apiServer) : apiServer.kill());
      return {
        [Symbol.asyncDispose]: async () => {
          if (how === 'frozen') apiServer.thaw();
          else apiServer = await startApiServer();
          await until('the API server to have caught up', () => hasCaughtUp(kube), { deadlineMs: 60_000 });
          await controllerManager.stop();
          controllerManager = await startManager();
        },
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Signals take a moment: when this resolves every thread stands still. */
async function freeze(running: Running): Promise<void> {
  running.freeze();
  await until(`${running.name} to stand still`, async () => {
    const folder = `/proc/${running.pid}/task`;
    const threads = await readdir(folder);
    const states = await Promise.all(threads.map((thread) => readFile(join(folder, thread, 'status'), 'utf8')));
    return states.every((status) => /^State:\s+T/m.test(status));
  });
}

async function isOk(client: KubeClient, path: string): Promise<boolean> {
  return (await client.call('GET', path, undefined, { deadlineMs: 2_000 })).status === 200;
}

/** Without its lease it runs and does nothing. */
async function leads(manager: KubeClient): Promise<boolean> {
  const metrics = parseMetrics(String((await manager.call('GET', '/metrics')).body));
  return metrics.sum('leader_election_master_status') === 1;
}

/** Each kind has a watch cache of its own, which begins again at a time of its own. A missing object is a quick look. */
async function hasCaughtUp(kube: KubeClient): Promise<boolean> {
  const kinds = ['/api/v1/nodes', '/api/v1/namespaces/default/pods', leases];
  const look = (kind: string) => kube.call('GET', `${kind}/none?resourceVersion=0`, undefined, { deadlineMs: 2_000 });
  const answers = await Promise.all(kinds.map(look));
  return answers.every(({ status }) => status === 404) && isOk(kube, '/readyz');
}

function scrapeConfig(job: string, port: number, { ca, admin }: Pki): Record<string, unknown> {
  return {
    job_name: job,
    scrape_interval: '5s', // an API server's metrics are two megabytes
    scrape_timeout: '5s',
    scheme: 'https',
    tls_config: { ca_file: ca.cert, cert_file: admin.cert, key_file: admin.key },
    static_configs: [{ targets: [`127.0.0.1:${port}`] }],
  };
}
