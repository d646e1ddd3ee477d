import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Writer } from '../engine/action.ts';
import type { AnyRunbook } from '../engine/runbook.ts';
import type { Cluster } from '../engine/triage.ts';
import { type Proxies, proxiesOf } from '../infra/kubernetes/proxies.ts';
import { type PracticeCluster, startPracticeCluster } from '../infra/local/practice/practice.ts';
import { catalog } from '../runbooks/catalog.ts';
import { withFiles } from './brief-files.ts';
import { systemClock } from './clock.ts';
import { type OpenCluster, openCluster, type Surroundings } from './clusters.ts';
import { type Environment, parseEnvironment } from './config/environment.ts';
import { ConfigError } from './config/error.ts';
import { loadConfig, readSecret } from './config/load.ts';
import { type ClusterConfig, Config } from './config/schema.ts';
import type { Secret } from './config/secret.ts';
import { enabledIn } from './enabled.ts';
import type { Reach } from './reach.ts';
import { checkDisabled } from './rules.ts';

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

/** The only reader of the environment, but for functions in AWS Lambda. Throws `ConfigError` with what to do. */
export function environmentHere(): Environment {
  return parseEnvironment(process.env);
}

/** Throws `ConfigError` with what to do. */
export async function settingsOf(options: { readonly config?: string }): Promise<Settings> {
  const environment = environmentHere();
  const file =
    options.config ?? environment.NIGHTSHIFT_CONFIG ?? (existsSync('nightshift.yaml') ? 'nightshift.yaml' : undefined);
  const { config, directory } = file ? await loadConfig(file) : { config: Config.parse({}), directory: process.cwd() };
  checkDisabled(config, catalog);
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
    const from = <T extends ClusterConfig['kubernetes']>(access: T): T =>
      'kubeconfig' in access && typeof access.kubeconfig === 'string'
        ? { ...access, kubeconfig: pathFrom(directory, access.kubeconfig) }
        : access;
    const { kubelet } = cluster;
    return {
      ...cluster,
      kubernetes: from(cluster.kubernetes),
      ...(kubelet && 'caFile' in kubelet ? { kubelet: { caFile: pathFrom(directory, kubelet.caFile) } } : {}),
      ...(cluster.fixer ? { fixer: from(cluster.fixer) } : {}),
    };
  });
  return { ...config, clusters };
}

function pathFrom(directory: string, path: string): string {
  return resolve(directory, path.replace(/^~(?=\/)/, homedir()));
}

export interface OpenClusters {
  readonly clusters: readonly Cluster[];
  readonly reach: readonly Reach[];
  /** The same, each with all that was opened for it. */
  readonly opened: readonly OpenCluster[];
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
  const opened = await Promise.all(settings.config.clusters.map((cluster) => openCluster(cluster, around(settings))));
  return {
    clusters: opened.map(({ cluster }) => cluster),
    reach: opened.map(({ reach }) => reach),
    opened,
    writers: new Map(opened.flatMap(({ cluster, writer }) => (writer ? [[cluster.name, writer] as const] : []))),
    close: async () => {
      await Promise.all(opened.map(({ close }) => close()));
    },
  };
}

function around({ secret }: Settings): Surroundings {
  return { clock: systemClock, secret, pod, proxies: proxiesHere() };
}

function proxiesHere(): Proxies {
  const { HTTPS_PROXY: https, HTTP_PROXY: http, NO_PROXY: except } = environmentHere();
  return proxiesOf({ https, http, except });
}

/** Where Kubernetes tells a pod its API server is. */
function pod(): { host: string; port: string } {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environmentHere();
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
      around(settings),
    ),
  );
  return {
    clusters: [opened.cluster],
    reach: [opened.reach],
    opened: [opened],
    writers: new Map(opened.writer ? [[opened.cluster.name, opened.writer]] : []),
    practice,
    close: async () => {
      await opened.close();
      await practice.close();
    },
  };
}
