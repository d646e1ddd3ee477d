import { messageOf, TryLater } from '../../engine/errors.ts';
import { complaintsOf } from '../check-clusters.ts';
import { type OpenCluster, openCluster, openCrippled } from '../clusters.ts';
import { ConfigError } from '../config/error.ts';
import type { Config } from '../config/schema.ts';
import type { House } from './house.ts';
import { secretsOf } from './needs.ts';
import { remade } from './remade.ts';

type ClusterConfig = Config['clusters'][number];
type Open = readonly OpenCluster[];

export interface ClustersOptions {
  /**
   * What it does while none of its clusters can be opened: `wait` throws, so that messages wait; `tell` works all the
   * same, since it can tell people what is the matter.
   */
  readonly withoutAny: 'wait' | 'tell';
}

/** Secrets Manager is asked again for so long before a cluster is taken for one that cannot be opened. */
const PATIENCE_MS = 120_000;

/**
 * The configured clusters, and what is made of them: opened at the cold start and by the hourly check, so that a kubeconfig
 * nobody can use is noticed before an alert comes, and again when one in Secrets Manager was rotated. (EKS and Prometheus
 * renew what they present by themselves.) Each is opened by itself: one that cannot be had takes no other down. Nothing is
 * remembered of an opening that failed, and opening asks the cluster nothing.
 */
export function withClusters<Thing>(
  house: House,
  clusters: Config['clusters'],
  make: (open: Open) => Thing,
  { withoutAny }: ClustersOptions,
): () => Promise<Thing> {
  const kept = clusters.map((cluster) => keeper(house, cluster));
  const made = remade((...open: Open) => make(open));
  const opened = async () => Promise.all(kept.map((open) => open()));
  house.alsoCheck(async (when) => {
    const open = await opened();
    if (when === 'start') return checkAny(open);
    const complaints = await complaintsOf(house, open);
    if (complaints.length > 0) throw new ConfigError(complaints.join('\n'));
  });
  function checkAny(open: Open): void {
    const [first] = open.map(({ unusable }) => unusable);
    if (withoutAny === 'wait' && first !== undefined && open.every(({ unusable }) => unusable !== undefined))
      throw new ConfigError(first);
  }
  return async () => {
    const open = await opened();
    checkAny(open);
    return made(...open);
  };
}

interface Kept {
  readonly texts: readonly string[];
  readonly open: OpenCluster;
  /** What kept it from being opened as configured. */
  readonly because?: string;
}

/** One cluster, opened anew when a secret of it has changed, and tried anew each time while it cannot be opened. */
function keeper(house: House, cluster: ClusterConfig): () => Promise<OpenCluster> {
  const { name, config, secret, clock, log, metrics } = house;
  const needed = secretsOf(name, { ...config, clusters: [cluster] });
  const ours = needed.filter(({ where }) => /\.(kubeconfig|serviceAccount\.token)$/.test(where));
  const surroundings = { clock, secret, pod: noPod };
  let last: Kept | undefined;
  let waitingSinceMs: number | undefined;
  let opening: Promise<OpenCluster> | undefined;

  async function open(): Promise<OpenCluster> {
    const texts = await Promise.all(ours.map((one) => secret(one.secret, one.where).catch(messageOf)));
    const isSame = last?.texts.every((text, index) => text === texts[index]) ?? false;
    if (last && isSame && last.because === undefined) return last.open;
    try {
      const whole = await openCluster(cluster, surroundings);
      waitingSinceMs = undefined;
      return keep({ texts, open: whole });
    } catch (failure) {
      mayWait(failure);
      const because = messageOf(failure);
      if (last && isSame && last.because === because) return last.open;
      metrics.misconfigured.inc();
      log.error({ cluster: cluster.name, reason: because }, 'a cluster cannot be used as configured');
      return keep({ texts, because, open: await openCrippled(cluster, surroundings, because) });
    }
  }

  /** What passes in a moment is waited for. */
  function mayWait(failure: unknown): void {
    if (!(failure instanceof TryLater)) return;
    waitingSinceMs ??= clock.now().getTime();
    if (clock.now().getTime() - waitingSinceMs < PATIENCE_MS) throw failure;
  }

  function keep(kept: Kept): OpenCluster {
    // Running requests end first.
    last?.open.close().catch((failure: unknown) => {
      log.info({ reason: String(failure) }, 'while closing the connections of an old kubeconfig');
    });
    last = kept;
    return kept.open;
  }

  return () => {
    opening ??= open().finally(() => {
      opening = undefined;
    });
    return opening;
  };
}

function noPod(): never {
  throw new ConfigError('inCluster: true works only inside a pod');
}
