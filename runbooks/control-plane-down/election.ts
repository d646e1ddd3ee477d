import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import { clockTime } from '../evidence/node-words.ts';
import { aboutOf, type ControlPlaneTarget } from './target.ts';

/** The Lease of an election. `holder` as it calls itself: its machine and a UUID, `control-plane-1_8f0d1c3e-…`. */
export interface Election {
  readonly holder: string;
  /** The holder's machine. */
  readonly machine: string;
  /** By the holder's clock. */
  readonly renewedAt: string;
  readonly acquiredAt?: string;
  readonly transitions: number;
}

/** `null`: there is no such Lease here. */
export interface Elections {
  /** Of the component itself; absent for the API server, which elects nobody. */
  readonly own?: Election | null;
  /** Of the others that elect: whether they still renew tells clocks and frozen answers apart. */
  readonly others: Readonly<Record<string, Election | null>>;
}

const LeaseSchema = z
  .object({
    spec: z.object({
      holderIdentity: z.string().nullish(),
      renewTime: z.string().nullish(),
      acquireTime: z.string().nullish(),
      leaseTransitions: z.number().nullish(),
    }),
  })
  .nullable()
  .transform((lease): Election | null => {
    const { holderIdentity: holder, renewTime: renewedAt, acquireTime, leaseTransitions } = lease?.spec ?? {};
    // A holder that gives its lease back (--leader-elect with release on cancel) leaves the name empty.
    if (!renewedAt) return null;
    return {
      holder: holder ?? '',
      machine: (holder ?? '').replace(/_[0-9a-f-]{36}$/, ''),
      renewedAt,
      transitions: leaseTransitions ?? 0,
      ...(acquireTime ? { acquiredAt: acquireTime } : {}),
    };
  });

const Schema = z
  .object({ own: LeaseSchema.optional(), others: z.record(z.string(), LeaseSchema) })
  .transform(({ own, others }): Elections => ({ others, ...(own === undefined ? {} : { own }) }));

const electing = ['kube-scheduler', 'kube-controller-manager'];

/** They are readable where nothing else of a control plane is: also its provider's components elect their leaders so. */
export const elections: Evidence<Elections, ControlPlaneTarget> = {
  title: 'Leases of scheduler and controller manager',
  schema: Schema,
  reads: ['get Lease in kube-system'],
  read: async ({ kube }, { name }) => {
    const { lease: own } = aboutOf(name);
    const leases = await Promise.all(
      electing.map(async (one) => [one, await kube.find('Lease', one, { namespace: 'kube-system' })] as const),
    );
    const others = Object.fromEntries(leases.filter(([one]) => one !== own));
    return own === undefined ? { others } : { own: leases.find(([one]) => one === own)?.[1], others };
  },
  show: ({ own, others }) => [...(own === undefined ? [] : [words('its own', own)]), ...shown(others)].join('; '),
  threshold: 'renewed within 30 s',
  thresholdSource: 'leader election defaults: a lease of 15 s, renewed every 2 s; twice the lease',
};

function shown(others: Elections['others']): readonly string[] {
  return Object.entries(others).map(([name, election]) => words(name, election));
}

function words(whose: string, election: Election | null): string {
  if (election === null) return `${whose}: there is no such lease`;
  const since = election.acquiredAt ? `, leading since ${election.acquiredAt.slice(0, 19)}Z` : '';
  return `${whose}: renewed at ${clockTime(election.renewedAt)} by ${election.machine || 'nobody'}${since}`;
}
