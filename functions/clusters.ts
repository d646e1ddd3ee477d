import type { Writer } from '../engine/action.ts';
import { nodeDirectory } from '../engine/directory.ts';
import { messageOf, Refused } from '../engine/errors.ts';
import type { Clock } from '../engine/ports.ts';
import type { Cluster } from '../engine/triage.ts';
import { clusterFrom, type KubernetesCluster } from '../infra/kubernetes/client.ts';
import { onlyWhereLooked } from '../infra/kubernetes/same-cluster.ts';
import { sourceOf } from '../infra/kubernetes/source.ts';
import { prometheusFrom } from '../infra/prometheus/client.ts';
import { withFiles } from './brief-files.ts';
import { ConfigError } from './config/error.ts';
import type { ClusterConfig, Secret } from './config/schema.ts';
import { type Reach, watchReach } from './reach.ts';
import { version } from './version.ts';

/** What opening a cluster asks of the place it is opened from. */
export interface Surroundings {
  readonly clock: Clock;
  secret(reference: Secret, where: string): Promise<string>;
  /** Where Kubernetes tells a pod its API server is. Throws `ConfigError` where there is no pod. */
  pod(): { readonly host: string; readonly port: string };
}

export interface OpenCluster {
  readonly cluster: Cluster;
  readonly reach: Reach;
  /** With credentials of its own; absent: nothing can be changed. */
  readonly writer?: Writer;
  close(): Promise<unknown>;
}

/** Connects one configured cluster. Throws `ConfigError` with what to do; asks the cluster nothing yet. */
export async function openCluster(config: ClusterConfig, place: Surroundings): Promise<OpenCluster> {
  const { name, kubernetes, fixer, prometheus, match } = config;
  const kube = await connect(kubernetes, `clusters.${name}`, place);
  const fixing = fixer && (await connect(fixer, `clusters.${name}.fixer`, place));
  const token = prometheus?.bearerToken;
  const metrics =
    prometheus &&
    prometheusFrom({
      url: prometheus.url,
      version,
      ...(token ? { bearerToken: () => place.secret(token, `clusters.${name}.prometheus.bearerToken`) } : {}),
    });
  const systems = { kubernetes: kube.source, ...(metrics ? { prometheus: metrics.source } : {}) };
  const reach = watchReach(name, systems, place.clock);
  const source = sourceOf(reach.sources);
  const cluster: Cluster = { name, match, source, nodes: nodeDirectory(source, place.clock) };
  const close = () => Promise.all([kube.close(), fixing?.close(), metrics?.close()]);
  const writer = fixing && onlyWhereLooked(fixing.writer, kube.source, fixing.source);
  return { cluster, reach, ...(writer ? { writer } : {}), close };
}

type Connected = Omit<KubernetesCluster, 'server'>;

/** The AWS SDK is loaded only where EKS is configured. */
async function connect(
  access: ClusterConfig['kubernetes'],
  where: string,
  { clock, secret, pod }: Surroundings,
): Promise<Connected> {
  if ('eks' in access) {
    const { eksCluster } = await import('../infra/aws/eks/cluster.ts');
    return eksCluster({ ...withoutUndefined(access.eks), version, clock });
  }
  if ('inCluster' in access) return usable(where, clusterFrom({ inCluster: pod(), version }));
  const { kubeconfig, context } = access;
  const chosen = { version, ...(context === undefined ? {} : { context }) };
  if (typeof kubeconfig === 'string') return usable(where, clusterFrom({ ...chosen, kubeconfig }));
  return withFiles([await secret(kubeconfig, `${where}.kubeconfig`)], ([file = '']) =>
    usable(where, clusterFrom({ ...chosen, kubeconfig: file, alone: true })),
  );
}

async function usable(where: string, opening: Promise<KubernetesCluster>): Promise<Connected> {
  return opening.catch((failure: unknown) => {
    if (failure instanceof Refused) throw new ConfigError(`${where}: ${messageOf(failure)}`);
    throw failure;
  });
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
