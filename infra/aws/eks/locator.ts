import type { Clock } from '../../../engine/ports.ts';
import type { KubernetesCluster } from '../../kubernetes/client.ts';
import type { EksEndpoint } from './access.ts';

export interface LocatorOptions {
  readonly clock: Clock;
  readonly describe: () => Promise<EksEndpoint>;
  readonly connect: (endpoint: EksEndpoint) => Promise<KubernetesCluster>;
}

export interface Locator {
  /** Throws what `describe` threw while nobody knows where it is. */
  cluster(): Promise<KubernetesCluster>;
  /** It does not answer where it was said to be. */
  lost(): void;
  close(): Promise<void>;
}

/** An endpoint stays for the life of a cluster; its authority may be rotated. */
const ASK_AGAIN_MS = 60 * 60_000;
/** A cluster of the same name that was made anew is somewhere else. So often an outage makes us ask. */
const ASK_WHEN_LOST_MS = 60_000;
/** The reads of one run need not all hear the same no. */
const KEEP_FAILURE_MS = 5_000;

/** Remembers where a cluster is, and holds the connections to it. What is known stays in use while AWS is away. */
export function locator({ clock, describe, connect }: LocatorOptions): Locator {
  let known: { readonly endpoint: EksEndpoint; readonly cluster: KubernetesCluster } | undefined;
  let failed: { readonly failure: unknown; readonly atMs: number } | undefined;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let isLost = false;
  let asking: Promise<KubernetesCluster> | undefined;
  let closed = false;

  async function ask(): Promise<KubernetesCluster> {
    try {
      const endpoint = await describe();
      if (known && sameEndpoint(known.endpoint, endpoint)) return known.cluster;
      const cluster = await connect(endpoint);
      if (closed) void cluster.close();
      void known?.cluster.close();
      known = { endpoint, cluster };
      return cluster;
    } catch (failure) {
      if (known) return known.cluster;
      failed = { failure, atMs: clock.now().getTime() };
      throw failure;
    } finally {
      askedAtMs = clock.now().getTime();
      isLost = false;
      asking = undefined;
    }
  }

  return {
    async cluster() {
      const nowMs = clock.now().getTime();
      if (known && nowMs - askedAtMs < (isLost ? ASK_WHEN_LOST_MS : ASK_AGAIN_MS)) return known.cluster;
      if (!known && failed && nowMs - failed.atMs < KEEP_FAILURE_MS) throw failed.failure;
      asking ??= ask();
      return asking;
    },
    lost() {
      isLost = true;
    },
    /** Whoever still waits for AWS gets connections that are closed. */
    async close() {
      closed = true;
      await known?.cluster.close();
    },
  };
}

function sameEndpoint(a: EksEndpoint, b: EksEndpoint): boolean {
  return a.server === b.server && a.caData === b.caData;
}
