import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import { clockTime } from './node-words.ts';

/** What the API server says of itself. `etcd` is undefined when it lists no such check. */
export interface Readyz {
  readonly status: number;
  readonly etcd: boolean | undefined;
  readonly failing: readonly string[];
}

/** `[+]etcd ok`, `[-]etcd failed: reason withheld`; servers since 1.23 also list `etcd-readiness`. */
const ReadyzSchema = z.object({ status: z.number(), text: z.string() }).transform(({ status, text }): Readyz => {
  const checks = [...text.matchAll(/^\[([+-])\](\S+)/gm)].map(([, mark, name]) => ({ ok: mark === '+', name }));
  const etcd = checks.filter(({ name }) => name === 'etcd' || name === 'etcd-readiness');
  return {
    status,
    etcd: etcd.length === 0 ? undefined : etcd.every(({ ok }) => ok),
    failing: checks.flatMap(({ ok, name }) => (ok || name === undefined ? [] : [name])),
  };
});

/**
 * The readiness of the API server, check by check. Its etcd check is a linearizable read that gives up after 2 s, so
 * it fails without quorum and while etcd hangs (kubernetes/apiserver, `pkg/server/options/etcd.go`).
 */
export const readyz: Evidence<Readyz, unknown> = {
  title: "The API server's own checks",
  schema: ReadyzSchema,
  reads: ['probe /readyz'],
  read: ({ kube }) => kube.probe('/readyz?verbose'),
  show: ({ status, failing }) =>
    `HTTP ${status}, ${failing.length === 0 ? 'all checks pass' : `failing: ${failing.join(', ')}`}`,
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
