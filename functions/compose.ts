import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { nodeDirectory } from '../engine/directory.ts';
import type { Clock } from '../engine/ports.ts';
import type { Cluster } from '../engine/triage.ts';
import { clusterFrom } from '../infra/kubernetes/client.ts';
import { sourceOf } from '../infra/kubernetes/source.ts';
import { type PracticeCluster, startPracticeCluster } from '../infra/local/practice/practice.ts';
import { prometheusFrom } from '../infra/prometheus/client.ts';
import { ConfigError, loadConfig, readSecret } from './config/load.ts';
import { type ClusterConfig, Config, type Secret } from './config/schema.ts';
import { version } from './version.ts';

export const systemClock: Clock = { now: () => new Date() };

const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  NIGHTSHIFT_DATA: z.string().min(1).default('./.nightshift'),
  NIGHTSHIFT_CONFIG: z.string().optional(),
  NIGHTSHIFT_LOG: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('warn'),
});

/** Everything a process needs to know, read once: environment, configuration file, secrets on demand. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly directory: string;
  readonly logLevel: z.infer<typeof Environment>['NIGHTSHIFT_LOG'];
  readonly config: Config;
  secret(reference: Secret, where: string): Promise<string>;
}

/** The only reader of the environment. Throws `ConfigError` with what to do. */
export async function settingsOf(options: { readonly config?: string }): Promise<Settings> {
  const parsed = Environment.safeParse(process.env);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigError(`environment variable ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const environment = parsed.data;
  const file =
    options.config ?? environment.NIGHTSHIFT_CONFIG ?? (existsSync('nightshift.yaml') ? 'nightshift.yaml' : undefined);
  const { config, directory } = file ? await loadConfig(file) : { config: Config.parse({}), directory: process.cwd() };
  return {
    port: environment.PORT,
    host: environment.HOST,
    directory: resolve(environment.NIGHTSHIFT_DATA),
    logLevel: environment.NIGHTSHIFT_LOG,
    config: withPathsFrom(config, directory),
    secret: (reference, where) => readSecret(reference, where, { env: process.env, directory }),
  };
}

function withPathsFrom(config: Config, directory: string): Config {
  const clusters = config.clusters.map((cluster): ClusterConfig => {
    const { kubernetes } = cluster;
    if (!('kubeconfig' in kubernetes)) return cluster;
    return { ...cluster, kubernetes: { ...kubernetes, kubeconfig: resolve(directory, kubernetes.kubeconfig) } };
  });
  return { ...config, clusters };
}

export interface OpenClusters {
  readonly clusters: readonly Cluster[];
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
    close: async () => {
      await Promise.all(opened.map(({ close }) => close()));
    },
  };
}

async function openCluster({ name, kubernetes, prometheus, match }: ClusterConfig, settings: Settings) {
  if ('eks' in kubernetes) {
    throw new ConfigError(
      `clusters.${name}: eks is not supported by this version; use a kubeconfig (aws eks update-kubeconfig writes one)`,
    );
  }
  const kube = await clusterFrom(
    'inCluster' in kubernetes ? { inCluster: inCluster(), version } : { ...withoutUndefined(kubernetes), version },
  );
  const token = prometheus?.bearerToken;
  const metrics =
    prometheus &&
    prometheusFrom({
      url: prometheus.url,
      version,
      ...(token ? { bearerToken: () => settings.secret(token, `clusters.${name}.prometheus.bearerToken`) } : {}),
    });
  const source = sourceOf({ kubernetes: kube.source, ...(metrics ? { prometheus: metrics.source } : {}) });
  const cluster: Cluster = { name, match, source, nodes: nodeDirectory(source, systemClock) };
  return { cluster, close: () => Promise.all([kube.close(), metrics?.close()]) };
}

/** Where Kubernetes tells a pod its API server is. */
function inCluster(): { host: string; port: string } {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  if (!host || !port)
    throw new ConfigError('inCluster: true works only inside a pod (KUBERNETES_SERVICE_HOST is not set)');
  return { host, port };
}

async function openPractice(
  settings: Settings,
  { practiceFor, drama = false }: { readonly practiceFor?: string; readonly drama?: boolean },
): Promise<OpenClusters> {
  const practice = await startPracticeCluster({ drama, ...(practiceFor ? { runbook: practiceFor } : {}) });
  const kubeconfig = join(settings.directory, 'practice.kubeconfig');
  await mkdir(settings.directory, { recursive: true });
  await writeFile(kubeconfig, practice.kubeconfig, { mode: 0o600 });
  const opened = await openCluster(
    { name: 'practice', kubernetes: { kubeconfig }, prometheus: { url: practice.prometheusUrl }, match: {} },
    settings,
  );
  return {
    clusters: [opened.cluster],
    practice,
    close: async () => {
      await opened.close();
      await practice.close();
    },
  };
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
