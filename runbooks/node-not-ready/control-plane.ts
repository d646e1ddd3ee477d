import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { Lease, type LeaseView, leaseAgeSeconds, showLease } from '../evidence/node-lease.ts';

const ReadyZ = z.object({ status: z.number(), text: z.string() }).transform(({ status, text }) => ({
  status,
  /** Names of the checks that failed, `etcd` among them when etcd does not answer. */
  failed: [...text.matchAll(/^\[-\](\S+)/gm)].flatMap(([, check]) => (check === undefined ? [] : [check])),
}));
export type ApiHealth = z.infer<typeof ReadyZ>;

export const apiHealth: Evidence<ApiHealth, NodeTarget> = {
  title: 'Health of the API server',
  schema: ReadyZ,
  read: ({ kube }) => kube.probe('/readyz?verbose'),
  show: ({ status, failed }) =>
    `/readyz answers ${status}${failed.length > 0 ? `, failing: ${failed.join(', ')}` : ''}`,
};

/** Whether the API server says that it cannot reach etcd (checks `etcd`, and `etcd-readiness` in newer versions). */
export function etcdIsAway({ failed }: ApiHealth): boolean {
  return failed.some((check) => check.startsWith('etcd'));
}

const Leases = z.object({ controllerManager: Lease.nullable(), scheduler: Lease.nullable() });
export type ControlPlaneLeases = z.infer<typeof Leases>;

/** A managed control plane may hide its leases: then they are null, which proves nothing. */
export const controlPlane: Evidence<ControlPlaneLeases, NodeTarget> = {
  title: 'Leases of controller manager and scheduler',
  schema: Leases,
  read: async ({ kube }) => {
    const lease = (name: string) => kube.find('Lease', name, { namespace: 'kube-system' });
    const [controllerManager, scheduler] = await Promise.all([
      lease('kube-controller-manager'),
      lease('kube-scheduler'),
    ]);
    return { controllerManager, scheduler };
  },
  show: ({ controllerManager, scheduler }) =>
    `controller manager ${shown(controllerManager)}; scheduler ${shown(scheduler)}`,
  threshold: 'renewed every 2 s; older than 15 s has run out',
  thresholdSource:
    'kube-controller-manager --leader-elect-lease-duration 15s, --leader-elect-retry-period 2s (defaults)',
};

function shown(lease: LeaseView | null): string {
  return lease === null ? 'has none here' : showLease(lease);
}

/** --leader-elect-lease-duration, 15 s, and time for another instance to take over. */
export const RUN_OUT_SECONDS = 20;

/** Seconds since each visible lease was renewed. */
export function controlPlaneAges({ controllerManager, scheduler }: ControlPlaneLeases, now: Date): readonly number[] {
  return [controllerManager, scheduler].flatMap((lease) => {
    const age = lease === null ? undefined : leaseAgeSeconds(lease, now);
    return age === undefined ? [] : [age];
  });
}
