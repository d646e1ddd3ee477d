import type { Evidence } from '../../engine/runbook.ts';
import { controllerManagerLease, type Renewal } from '../evidence/control-plane.ts';
import { leaseAgeSeconds } from '../evidence/node-lease.ts';
import { duration, secondsSince } from '../evidence/node-words.ts';
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

/** Two renewals of the control plane, and some: what shows one as young as that is hardly older itself. */
const CURRENT_SECONDS = 5;

/** Whether any lease was renewed just now: then the API server's answers are no old copies. */
export function isCurrent(maybe: Maybe, now: Date): boolean {
  return agesOf(maybe, now).some((age) => Math.abs(age) <= CURRENT_SECONDS);
}

/** Renewed every 2 s or every 10 s: leases that stopped counting at one moment differ by no more than this. */
const TOGETHER_SECONDS = 15;

/** Words when all leases, of different holders on different machines, are late by the same: that is no holder's fault. */
export function lateTogether(maybe: Maybe, now: Date): string | undefined {
  const ages = agesOf(maybe, now);
  const [least, most] = [Math.min(...ages), Math.max(...ages)];
  if (ages.length < 2 || least <= TOGETHER_SECONDS || most - least > TOGETHER_SECONDS) return undefined;
  return `every lease that was seen is late by the same ${duration(least)}: our own clock is ahead by that, or the answers stand still`;
}

/** Why an old lease may be our own clock: neither the API server's time nor a fresh lease of anybody vouches for it. */
export function clockDoubt(maybe: Maybe, now: Date): string | undefined {
  if (maybe.readyz?.clockAheadSeconds !== undefined) return undefined; // `trusting` took the API server's
  if (agesOf(maybe, now).some((age) => Math.abs(age) <= TOGETHER_SECONDS)) return undefined;
  return lateTogether(maybe, now) ?? 'no lease of anybody else is fresh: our own clock may be ahead';
}

function agesOf(maybe: Maybe, now: Date): readonly number[] {
  const kubelet = maybe.lease && leaseAgeSeconds(maybe.lease, now);
  return [...controlPlaneAges(maybe, now), ...(kubelet === undefined ? [] : [kubelet])];
}
