import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import { clockTime, duration, secondsSince } from './node-words.ts';

/** What the API server says of itself. `etcd` is undefined when it lists no such check. */
export interface Readyz {
  readonly status: number;
  readonly etcd: boolean | undefined;
  readonly failing: readonly string[];
  /** How far our own clock is ahead of the API server's; negative: behind. Undefined: its answer bore no time. */
  readonly clockAheadSeconds?: number;
}

/** An answer takes up to seconds, and its `Date` counts whole ones. */
const IN_STEP_SECONDS = 10;

/** Now by the API server's clock, where ours is not in step with it: its objects are dated by clocks like that. */
export function serverTime(readyz: Readyz | undefined, now: Date): Date {
  const ahead = readyz?.clockAheadSeconds ?? 0;
  return Math.abs(ahead) < IN_STEP_SECONDS ? now : new Date(now.getTime() - ahead * 1000);
}

/** "; our own clock is 45 s ahead of the API server's, which is taken instead", or nothing. */
export function clockWords({ clockAheadSeconds: ahead = 0 }: Pick<Readyz, 'clockAheadSeconds'> = {}): string {
  if (Math.abs(ahead) < IN_STEP_SECONDS) return '';
  const off = `${duration(ahead)} ${ahead > 0 ? 'ahead of' : 'behind'}`;
  return `; our own clock is ${off} the API server's, which is taken instead`;
}

/** `[+]etcd ok`, `[-]etcd failed: reason withheld`; servers since 1.23 also list `etcd-readiness`. */
const ReadyzSchema = z.object({
  status: z.number(),
  text: z.string(),
  date: z.string().optional(),
  readAt: z.date(),
});

function readyzOf({ status, text, date = '', readAt }: z.infer<typeof ReadyzSchema>): Readyz {
  const clockAheadSeconds = secondsSince(date, readAt);
  const checks = [...text.matchAll(/^\[([+-])\](\S+)/gm)].map(([, mark, name]) => ({ ok: mark === '+', name }));
  const etcd = checks.filter(({ name }) => name === 'etcd' || name === 'etcd-readiness');
  return {
    status,
    etcd: etcd.length === 0 ? undefined : etcd.every(({ ok }) => ok),
    failing: checks.flatMap(({ ok, name }) => (ok || name === undefined ? [] : [name])),
    ...(Number.isNaN(clockAheadSeconds) ? {} : { clockAheadSeconds }),
  };
}

/**
 * The readiness of the API server, check by check. Its etcd check is a linearizable read that gives up after 2 s, so
 * it fails without quorum and while etcd hangs (kubernetes/apiserver, `pkg/server/options/etcd.go`).
 */
export const readyz: Evidence<Readyz, unknown> = {
  title: "The API server's own checks",
  schema: ReadyzSchema.transform(readyzOf),
  reads: ['probe /readyz'],
  read: async ({ kube }, _, { now }) => ({ ...(await kube.probe('/readyz?verbose')), readAt: now }),
  show: ({ status, failing, ...clock }) =>
    `HTTP ${status}, ${failing.length === 0 ? 'all checks pass' : `failing: ${failing.join(', ')}`}${clockWords(clock)}`,
};

/** A holder calls itself after its machine and a UUID: `control-plane-1_8f0d1c3e-…`. */
function machineOf(holder: string): string {
  return holder.replace(/_[0-9a-f-]{36}$/, '');
}

/** When the holder last renewed, by its own clock; `null`: this cluster shows no such Lease. */
export type Renewal = { readonly holder: string; readonly renewedAt: string } | null;

const LeaseSchema = z
  .object({ spec: z.object({ renewTime: z.string(), holderIdentity: z.string().default('nobody') }) })
  .nullable()
  .transform((lease): Renewal => lease && { holder: lease.spec.holderIdentity, renewedAt: lease.spec.renewTime });

/**
 * The controller manager renews this Lease every two seconds. An API server that has lost etcd goes on answering from
 * its cache with nothing in the answer that says so: an old renewal does.
 */
export const controllerManagerLease: Evidence<Renewal, unknown> = {
  title: "Last renewal of the controller manager's lease",
  schema: LeaseSchema,
  reads: ['get Lease in kube-system'],
  read: ({ kube }) => kube.find('Lease', 'kube-controller-manager', { namespace: 'kube-system' }),
  show: (renewal) =>
    renewal === null
      ? 'there is no such lease'
      : `renewed at ${clockTime(renewal.renewedAt)} by ${machineOf(renewal.holder)}`,
  threshold: 'renewed within 30 s',
  thresholdSource: 'leader election defaults: lease 15 s, renewed every 2 s; twice the lease',
};
