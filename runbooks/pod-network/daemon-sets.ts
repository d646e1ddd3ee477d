import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { networkAppOf } from '../evidence/network-apps.ts';

const Toleration = z.object({
  key: z.string().nullish(),
  operator: z.string().nullish(),
  value: z.string().nullish(),
  effect: z.string().nullish(),
});
const Taint = z.object({ key: z.string(), value: z.string().nullish(), effect: z.string() });
export type Taint = z.infer<typeof Taint>;

const DaemonSet = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string().default('default') }),
  spec: z.object({
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()).default({}) }).prefault({}),
      spec: z.object({
        nodeSelector: z.record(z.string(), z.string()).default({}),
        affinity: z.object({ nodeAffinity: z.unknown().optional() }).nullish(),
        tolerations: z.array(Toleration).default([]),
      }),
    }),
  }),
  status: z.object({ desiredNumberScheduled: z.number().default(0), numberReady: z.number().default(0) }).prefault({}),
});

/** A DaemonSet of the network: whom it is meant for, and how many of its pods are ready. */
export interface NetworkSet {
  readonly namespace: string;
  readonly name: string;
  readonly app: string;
  readonly desired: number;
  readonly ready: number;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly hasAffinity: boolean;
  readonly tolerations: readonly z.infer<typeof Toleration>[];
}

/** There are a few dozen in a cluster of any size: one list of them all. */
export const daemonSets: Evidence<readonly NetworkSet[], NodeTarget> = {
  title: 'DaemonSets of the network',
  schema: z.object({ items: z.array(DaemonSet) }).transform(({ items }) => {
    const all = items.flatMap(networkSetOf);
    return [...new Map(all.map((one) => [`${one.namespace}/${one.name}`, one])).values()].toSorted((a, b) =>
      `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1,
    );
  }),
  reads: ['list DaemonSet'],
  read: ({ kube }) => kube.list('DaemonSet'),
  show: (all) =>
    all.map(({ namespace, name, ready, desired }) => `${namespace}/${name}: ${ready} of ${desired} ready`).join('; ') ||
    'none of a known name',
};

function networkSetOf({ metadata, spec, status }: z.infer<typeof DaemonSet>): readonly NetworkSet[] {
  const { metadata: own, spec: pod } = spec.template;
  const app = networkAppOf(own.labels);
  if (app === undefined) return [];
  return [
    {
      namespace: metadata.namespace,
      name: metadata.name,
      app,
      desired: status.desiredNumberScheduled,
      ready: status.numberReady,
      nodeSelector: pod.nodeSelector,
      hasAffinity: Boolean(pod.affinity?.nodeAffinity),
      tolerations: pod.tolerations,
    },
  ];
}

/** What of the Node says which pods it gets, and which addresses those get. */
export interface Placing {
  readonly createdAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Ranges of addresses for its pods, as the controller manager gives them. Empty: none. */
  readonly podCidrs: readonly string[];
}

/** The same read as the Node object, so it costs no call. */
export const placing: Evidence<Placing, NodeTarget> = {
  title: 'Subnet and marks of the node',
  schema: z
    .object({
      metadata: z.object({ creationTimestamp: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
      spec: z
        .object({
          podCIDR: z.string().nullish(),
          podCIDRs: z.array(z.string()).nullish(),
          taints: z.array(Taint).default([]),
        })
        .prefault({}),
    })
    .transform(({ metadata, spec }) => ({
      createdAt: metadata.creationTimestamp,
      labels: metadata.labels,
      taints: spec.taints,
      podCidrs: spec.podCIDRs ?? (spec.podCIDR ? [spec.podCIDR] : []),
    })),
  reads: ['get Node'],
  read: ({ kube }, { name }) => kube.get('Node', name),
  show: ({ podCidrs, taints }) =>
    `${podCidrs.length === 0 ? 'no podCIDR' : `podCIDR ${podCidrs.join(', ')}`}; ${
      taints.length === 0 ? 'no taints' : `taints ${taints.map(({ key, effect }) => `${key}:${effect}`).join(', ')}`
    }`,
};

/**
 * What a DaemonSet's controller adds to each of its pods (kubernetes, pkg/controller/daemon/util/daemonset_util.go), so that
 * these never keep it away.
 */
const always =
  /^node\.kubernetes\.io\/(not-ready|unreachable|disk-pressure|memory-pressure|pid-pressure|unschedulable|network-unavailable)$/;

/** Why this DaemonSet has no pod here: `meant` elsewhere, `barred` by a taint, or `free`, so nothing forbids it. */
export function placeOf(
  { nodeSelector, hasAffinity, tolerations }: NetworkSet,
  { labels, taints }: Placing,
): { readonly is: 'meant elsewhere' | 'barred' | 'free' | 'unclear'; readonly words: string } {
  const other = Object.entries(nodeSelector).find(([label, value]) => labels[label] !== value);
  if (other) return { is: 'meant elsewhere', words: `it is for nodes with ${other[0]}=${other[1]}` };
  const bar = taints.find((taint) => taint.effect !== 'PreferNoSchedule' && !isTolerated(taint, tolerations));
  if (bar) return { is: 'barred', words: `it does not tolerate the taint ${bar.key}:${bar.effect}` };
  if (hasAffinity) return { is: 'unclear', words: 'whether its affinity wants this node is not worked out here' };
  return { is: 'free', words: 'nothing on the node forbids it' };
}

function isTolerated({ key, value, effect }: Taint, tolerations: NetworkSet['tolerations']): boolean {
  if (always.test(key)) return true;
  return tolerations.some(
    (one) =>
      (!one.effect || one.effect === effect) &&
      (!one.key ? one.operator === 'Exists' : one.key === key) &&
      (one.operator === 'Exists' || (one.value ?? '') === (value ?? '')),
  );
}
