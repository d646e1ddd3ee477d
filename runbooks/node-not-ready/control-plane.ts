import type { Evidence } from '../../engine/runbook.ts';
import { controllerManagerLease, type Renewal } from '../evidence/control-plane.ts';
import { secondsSince } from '../evidence/node-words.ts';
import type { Maybe } from './evidence.ts';

/** The scheduler's lease: a second witness beside the controller manager's. */
export const schedulerLease: Evidence<Renewal, unknown> = {
  ...controllerManagerLease,
  title: "Last renewal of the scheduler's lease",
  read: ({ kube }) => kube.find('Lease', 'kube-scheduler', { namespace: 'kube-system' }),
};

/** Twice --leader-elect-lease-duration (15 s): by then another instance would have taken over. */
export const RUN_OUT_SECONDS = 30;

/** Seconds since each lease of the control plane that could be seen was renewed. Managed ones may show none. */
export function controlPlaneAges({ controllerManager, scheduler }: Maybe, now: Date): readonly number[] {
  return [controllerManager, scheduler].flatMap((renewal) => (renewal ? [secondsSince(renewal.renewedAt, now)] : []));
}
