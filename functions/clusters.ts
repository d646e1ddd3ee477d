import { WriteFailure, type WriteLimits, type Writer } from '../engine/action.ts';
import { nodeDirectory } from '../engine/directory.ts';
import { messageOf, ReadFailure, Refused } from '../engine/errors.ts';
import type { Clock } from '../engine/ports.ts';
import type { Cluster } from '../engine/triage.ts';
import { type ClusterOptions, clusterFrom, type KubernetesCluster } from '../infra/kubernetes/client.ts';
import type { Proxies } from '../infra/kubernetes/proxies.ts';
import { leadToOneCluster, onlyWhereLooked } from '../infra/kubernetes/same-cluster.ts';
import type { Self } from '../infra/kubernetes/self.ts';
import { sourceOf } from '../infra/kubernetes/source.ts';
import { type PrometheusOptions, type PrometheusServer, prometheusFrom } from '../infra/prometheus/client.ts';
import { unlessStale } from '../infra/prometheus/freshness.ts';
import { withFiles } from './brief-files.ts';
import { ConfigError } from './config/error.ts';
import type { PrometheusConfig } from './config/prometheus.ts';
import type { ClusterConfig } from './config/schema.ts';
import type { Secret } from './config/secret.ts';
import { type Reach, watchReach } from './reach.ts';
import { version } from './version.ts';

/** What opening a cluster asks of the place it is opened from. */
export interface Surroundings {
  readonly clock: Clock;
  secret(reference: Secret, where: string): Promise<string>;
  /** Where Kubernetes tells a pod its API server is. Throws `ConfigError` where there is no pod. */
  pod(): { readonly host: string; readonly port: string };
  /** The proxies of that place, for what names none itself. */
  readonly proxies?: Proxies;
}

export interface OpenCluster {
  readonly cluster: Cluster;
  readonly reach: Reach;
  /** Its figures can be asked for. */
  readonly hasPrometheus: boolean;
  /** With credentials of its own; absent: nothing can be changed. */
  readonly writer?: Writer;
  /** Who looks, and who changes, in the eyes of the API server. */
  readonly reader?: Self;
  readonly fixer?: Self;
  /** Throws `WriteFailure` where what looks and what changes lead to two clusters, or one of them cannot tell. */
  readonly compare?: (limits: WriteLimits) => Promise<void>;
  /** Why it cannot be looked at, or changed, for now: what asks it fails with these words. */
  readonly unusable?: string;
  close(): Promise<unknown>;
}

/** Connects one configured cluster. Throws `ConfigError` with what to do; asks the cluster nothing yet. */
export async function openCluster(config: ClusterConfig, place: Surroundings): Promise<OpenCluster> {
  const { name, kubernetes, kubelet, fixer, prometheus, match } = config;
  // It opens nothing yet: where the rest cannot be opened, there is nothing of it to close.
  const metrics = prometheus && metricsOf(prometheus, `clusters.${name}.prometheus`, place);
  const kube = await connect(kubernetes, `clusters.${name}`, place, kubelet && { kubelet });
  const fixing =
    fixer && (await connect(fixer, `clusters.${name}.fixer`, place).catch((failure) => over(kube, failure)));
  const systems = {
    kubernetes: kube.source,
    ...(metrics ? { prometheus: unlessStale(metrics.source, place.clock) } : {}),
  };
  const reach = watchReach(name, systems, place.clock);
  const source = sourceOf(reach.sources);
  const cluster: Cluster = { name, match, source, nodes: nodeDirectory(source, place.clock) };
  const close = () => Promise.all([kube.close(), fixing?.close(), metrics?.close()]);
  const opened = { cluster, reach, hasPrometheus: metrics !== undefined, reader: kube.self, close };
  if (!fixing) return opened;
  return {
    ...opened,
    fixer: fixing.self,
    writer: onlyWhereLooked(fixing.writer, kube.source, fixing.source),
    compare: (limits) => leadToOneCluster(kube.source, fixing.source, limits),
  };
}

/**
 * As far as a cluster can be opened: without its fixer if that is what cannot be used, or as one that nobody reaches. What
 * is asked of the rest fails, and says why.
 */
export async function openCrippled(config: ClusterConfig, place: Surroundings, because: string): Promise<OpenCluster> {
  const { name, match, fixer, ...rest } = config;
  const refuse = () => Promise.reject(new WriteFailure('unauthorized', because, false));
  const lacking = { unusable: because, ...(fixer ? { writer: { rehearse: refuse, apply: refuse } } : {}) };
  try {
    return { ...(await openCluster({ name, match, ...rest }, place)), ...lacking };
  } catch (failure) {
    const source = { read: () => Promise.reject(new ReadFailure('unauthorized', messageOf(failure))) };
    const reach = watchReach(name, { kubernetes: source }, place.clock);
    const cluster = { name, match, source: sourceOf(reach.sources), nodes: nodeDirectory(source, place.clock) };
    return { cluster, reach, hasPrometheus: false, ...lacking, close: async () => {} };
  }
}

function metricsOf(config: PrometheusConfig, where: string, place: Surroundings): PrometheusServer {
  try {
    return prometheusFrom(accessTo(config, where, place));
  } catch (failure) {
    throw failure instanceof Refused ? new ConfigError(`${where}: ${failure.message}`) : failure;
  }
}

function accessTo(config: PrometheusConfig, where: string, { secret, proxies }: Surroundings): PrometheusOptions {
  const { url, bearerToken, basicAuth, headers = {}, certificateAuthority } = config;
  return {
    url,
    version,
    headers,
    ...(proxies ? { proxies } : {}),
    ...(bearerToken ? { bearerToken: () => secret(bearerToken, `${where}.bearerToken`) } : {}),
    ...(basicAuth
      ? { basicAuth: { ...basicAuth, password: () => secret(basicAuth.password, `${where}.basicAuth.password`) } }
      : {}),
    ...(certificateAuthority === undefined ? {} : { ca: Buffer.from(certificateAuthority, 'base64').toString() }),
  };
}

async function over(opened: Connected, failure: unknown): Promise<never> {
  await opened.close();
  throw failure;
}

type Connected = Omit<KubernetesCluster, 'server'>;

/** The AWS SDK is loaded only where EKS is configured. */
async function connect(
  access: ClusterConfig['kubernetes'],
  where: string,
  { clock, secret, pod, proxies }: Surroundings,
  more: Pick<ClusterOptions, 'kubelet'> = {},
): Promise<Connected> {
  const besides = { ...more, ...(proxies ? { proxies } : {}) };
  if ('eks' in access) {
    const { eksCluster } = await import('../infra/aws/eks/cluster.ts');
    return eksCluster({ ...withoutUndefined(access.eks), ...besides, version, clock });
  }
  if ('inCluster' in access) return usable(where, clusterFrom({ inCluster: pod(), version, ...besides }));
  const setting = where.endsWith('.fixer') ? where : `${where}.kubernetes`;
  if ('serviceAccount' in access) {
    const { server, certificateAuthority, token } = access.serviceAccount;
    const text = kubeconfigWith(server, certificateAuthority, await secret(token, `${setting}.serviceAccount.token`));
    return withFiles([text], ([file = '']) =>
      usable(where, clusterFrom({ version, kubeconfig: file, alone: true, ...besides }), (words) =>
        words.replaceAll(file, 'made of serviceAccount'),
      ),
    );
  }
  const { kubeconfig, context } = access;
  const chosen = { version, ...besides, ...(context === undefined ? {} : { context }) };
  if (typeof kubeconfig === 'string') return usable(where, clusterFrom({ ...chosen, kubeconfig }));
  return withFiles([await secret(kubeconfig, `${setting}.kubeconfig`)], ([file = '']) =>
    // The file is gone when somebody reads that.
    usable(where, clusterFrom({ ...chosen, kubeconfig: file, alone: true }), (words) =>
      words.replaceAll(file, 'in its secret'),
    ),
  );
}

/** JSON is YAML. */
function kubeconfigWith(server: string, certificateAuthority: string | undefined, token: string): string {
  const name = 'service-account';
  const authority = certificateAuthority === undefined ? {} : { 'certificate-authority-data': certificateAuthority };
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': name },
    clusters: [{ name, cluster: { server, ...authority } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
}

async function usable(
  where: string,
  opening: Promise<KubernetesCluster>,
  inWords = (words: string) => words,
): Promise<Connected> {
  return opening.catch((failure: unknown) => {
    if (failure instanceof Refused) throw new ConfigError(`${where}: ${inWords(messageOf(failure))}`);
    throw failure;
  });
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
