import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { clockTime, secondsSince } from './node-words.ts';

export const Lease = z
  .object({
    metadata: z.object({ resourceVersion: z.string() }),
    spec: z.object({
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.number().nullish(),
      renewTime: z.string().nullish(),
    }),
  })
  .transform(({ metadata, spec }) => ({
    holder: spec.holderIdentity ?? '',
    durationSeconds: spec.leaseDurationSeconds ?? 40,
    /** By the clock of the holder, not of the API server. */
    renewedAt: spec.renewTime ?? null,
    resourceVersion: metadata.resourceVersion,
  }));
export type LeaseView = z.infer<typeof Lease>;

/** Seconds since the holder says it renewed; negative when its clock is ahead of ours. */
export function leaseAgeSeconds(lease: LeaseView, now: Date): number | undefined {
  return lease.renewedAt === null ? undefined : secondsSince(lease.renewedAt, now);
}

export function showLease(lease: LeaseView): string {
  const renewed = lease.renewedAt === null ? 'never renewed' : `renewed at ${clockTime(lease.renewedAt)}`;
  return `${renewed}, valid for ${lease.durationSeconds} s`;
}

/** With the time it was read at, by our clock: a lease without it tells no age. */
export type NodeLeaseView = LeaseView & { readonly readAt: string };
const NodeLease: z.ZodType<NodeLeaseView> = z
  .object({ lease: Lease, readAt: z.string() })
  .transform(({ lease, readAt }) => ({ ...lease, readAt }));

export const nodeLease: Evidence<NodeLeaseView, NodeTarget> = {
  title: "Lease of the node's kubelet",
  schema: NodeLease,
  reads: ['get Lease in kube-node-lease'],
  read: async ({ kube }, { name }, { now }) => ({
    lease: await kube.get('Lease', name, { namespace: 'kube-node-lease' }),
    readAt: now.toISOString(),
  }),
  show: showLease,
  threshold: 'renewed every 10 s; older than 15 s is late, older than 40 s has run out. Its age alone is no verdict.',
  thresholdSource:
    'KubeletConfiguration v1beta1: nodeLeaseDurationSeconds 40, renewed at a quarter of it (k8s.io/component-helpers, lease/controller.go)',
};
