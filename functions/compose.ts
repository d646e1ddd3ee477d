import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Writer } from '../engine/action.ts';
import { nodeDirectory } from '../engine/directory.ts';
import { messageOf, Refused } from '../engine/errors.ts';
import type { Clock } from '../engine/ports.ts';
import type { AnyRunbook } from '../engine/runbook.ts';
import type { Cluster } from '../engine/triage.ts';
import { type ClusterOptions, clusterFrom } from '../infra/kubernetes/client.ts';
import { sourceOf } from '../infra/kubernetes/source.ts';
import { type PracticeCluster, startPracticeCluster } from '../infra/local/practice/practice.ts';
import { prometheusFrom } from '../infra/prometheus/client.ts';
import { catalog } from '../runbooks/catalog.ts';
import { type Environment, parseEnvironment } from './config/environment.ts';
import { ConfigError, loadConfig, readSecret } from './config/load.ts';
import { type ClusterConfig, Config, type Secret } from './config/schema.ts';
import { enabledIn } from './enabled.ts';
import { type Reach, watchReach } from './reach.ts';
import { version } from './version.ts';

export const systemClock: Clock = { now: () => new Date() };

/** Everything a process needs to know, read once: environment, configuration file, secrets on demand. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly directory: string;
  readonly logLevel: Environment['NIGHTSHIFT_LOG'];
  /** The configuration file, if there is one. */
  readonly file?: string;
  readonly config: Config;
  /** The catalogue without what the configuration switches off. */
  readonly runbooks: readonly AnyRunbook[];
  secret(reference: Secret, where: string): Promise<string>;
}

/** The only reader of the environment. Throws `ConfigError` with what to do. */
export async function settingsOf(options: { readonly config?: string }): Promise<Settings> {
  const environment = parseEnvironment(process.env);
  const file =
    options.config ?? environment.NIGHTSHIFT_CONFIG ?? (existsSync('nightshift.yaml') ? 'nightshift.yaml' : undefined);
  const { config, directory } = file ? await loadConfig(file) : { config: Config.parse({}), directory: process.cwd() };
  return {
    port: environment.PORT,
    host: environment.HOST,
    directory: resolve(environment.NIGHTSHIFT_DATA),
    logLevel: environment.NIGHTSHIFT_LOG,
    ...(file === undefined ? {} : { file }),
    config: withPathsFrom(config, directory),
    runbooks: enabledIn(config, catalog),
    secret: (reference, where) => readSecret(reference, where, { env: process.env, directory }),
  };
}

function withPathsFrom(config: Config, directory: string): Config {
  const clusters = config.clusters.map((cluster): ClusterConfig => {
    const from = <T extends { readonly kubeconfig: string }>(access: T): T => ({
      ...access,
      kubeconfig: resolve(directory, access.kubeconfig),
    });
    const kubernetes = 'kubeconfig' in cluster.kubernetes ? from(cluster.kubernetes) : cluster.kubernetes;
    return { ...cluster, kubernetes, ...(cluster.fixer ? { fixer: from(cluster.fixer) } : {}) };
  });
  return { ...config, clusters };
}

export interface OpenClusters {
  readonly clusters: readonly Cluster[];
  readonly reach: readonly Reach[];
  /** By cluster name: those that have credentials of their own for changing it. */
  readonly writers: ReadonlyMap<string, Writer>;
  /** Set when nothing is configured. */
  readonly practice?: PracticeCluster;
  close(): Promise<void>;
}

/** Connects what is configured, or starts the practice cluster; `practiceFor` picks the world a runbook is about. */
export async function openClusters(
  settings: Settings,
  options: { readonly practiceFor?: string; readonly drama?: boolean } = {},
): Promise<OpenClusters> {
  if (settings.config.clusters.length === 0) return openPractice(settings, options);
  const opened = await Promise.all(settings.config.clusters.map((cluster) => openCluster(cluster, settings)));
  return {
    clusters: opened.map(({ cluster }) => cluster),
    reach: opened.map(({ reach }) => reach),
    writers: new Map(opened.flatMap(({ cluster, writer }) => (writer ? [[cluster.name, writer] as const] : []))),
    close: async () => {
      await Promise.all(opened.map(({ close }) => close()));
    },
  };
}

async function openCluster({ name, kubernetes, fixer, prometheus, match }: ClusterConfig, settings: Settings) {
  if ('eks' in kubernetes) {
    throw new ConfigError(
      `clusters.${name}: eks is not supported by this version; use a kubeconfig (aws eks update-kubeconfig writes one)`,
    );
  }
  const connect = (options: Omit<ClusterOptions, 'version'>, what: string) =>
    clusterFrom({ ...options, version }).catch((failure: unknown) => {
      if (failure instanceof Refused) throw new ConfigError(`clusters.${name}${what}: ${messageOf(failure)}`);
      throw failure;
    });
  const access = 'inCluster' in kubernetes ? { inCluster: inCluster() } : withoutUndefined(kubernetes);
  const kube = await connect(access, '');
  const fixing = fixer && (await connect(withoutUndefined(fixer), '.fixer'));
  const token = prometheus?.bearerToken;
  const metrics =
    prometheus &&
    prometheusFrom({
      url: prometheus.url,
      version,
      ...(token ? { bearerToken: () => settings.secret(token, `clusters.${name}.prometheus.bearerToken`) } : {}),
    });
  const systems = { kubernetes: kube.source, ...(metrics ? { prometheus: metrics.source } : {}) };
  const reach = watchReach(name, systems, systemClock);
  const source = sourceOf(reach.sources);
  const cluster: Cluster = { name, match, source, nodes: nodeDirectory(source, systemClock) };
  const close = () => Promise.all([kube.close(), fixing?.close(), metrics?.close()]);
  return { cluster, reach, writer: fixing?.writer, close };
}

/** Where Kubernetes tells a pod its API server is. */
function inCluster(): { host: string; port: string } {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = parseEnvironment(process.env);
  if (!host || !port)
    throw new ConfigError('inCluster: true works only inside a pod (KUBERNETES_SERVICE_HOST is not set)');
  return { host, port };
}

async function openPractice(
  settings: Settings,
  { practiceFor, drama = false }: { readonly practiceFor?: string; readonly drama?: boolean },
): Promise<OpenClusters> {
  const practice = await startPracticeCluster({ drama, ...(practiceFor ? { runbook: practiceFor } : {}) });
  const { kubeconfig, fixerKubeconfig, prometheusUrl } = practice;
  const opened = await withFiles([kubeconfig, fixerKubeconfig], ([reader = '', fixer = '']) =>
    openCluster(
      {
        name: 'practice',
        kubernetes: { kubeconfig: reader },
        fixer: { kubeconfig: fixer },
        prometheus: { url: prometheusUrl },
        match: {},
      },
      settings,
    ),
  );
  return {
    clusters: [opened.cluster],
    reach: [opened.reach],
    writers: new Map(opened.writer ? [[opened.cluster.name, opened.writer]] : []),
    practice,
    close: async () => {
      await opened.close();
      await practice.close();
    },
  };
}

/** Files of this process alone, gone as soon as they were read: two processes practise side by side, and leave nothing. */
async function withFiles<T>(texts: readonly string[], use: (files: readonly string[]) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'nightshift-practice-'));
  try {
    const files = texts.map((_text, index) => join(directory, `kubeconfig-${index}`));
    await Promise.all(files.map((file, index) => writeFile(file, texts[index] ?? '', { mode: 0o600 })));
    return await use(files);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
