import * as z from 'zod';
import type { FlowSubject } from '../../engine/change.ts';
import type { Remedy } from '../../engine/runbook.ts';
import { rejectionsOf } from './facts.ts';
import { noisiest } from './flows.ts';
import { type Account, accountOf, type Holding } from './holders.ts';
import type { Seen } from './seen.ts';
import type { ApiServerTarget } from './target.ts';

/**
 * As many as Kubernetes gives leader election by default, about 4 % of 255: it goes on, slowly (kubernetes/apiserver,
 * `flowcontrol/bootstrap/default.go`; that it is enough is a judgement).
 */
const ISOLATED_SHARES = 10;

type Unavailable = { readonly unavailable: string };

const Subject: z.ZodType<FlowSubject> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ServiceAccount'), namespace: z.string(), name: z.string() }),
  z.object({ kind: z.literal('User'), name: z.string() }),
]);
const Isolation = z.object({ flow: z.string(), subject: Subject, from: z.string() });

interface Culprit {
  readonly user: string;
  /** The flow schema its requests come through. */
  readonly from: string;
  /** Where it is a ServiceAccount: that, and the Deployments that carry it, one at least. */
  readonly workload?: { readonly account: Account; readonly holders: readonly [Holding, ...Holding[]] };
}

/** The client that fills the level that rejects most; only one that clearly does, and whose work others can wait for. */
function culprit(seen: Seen): Culprit | Unavailable {
  const [worst] = rejectionsOf(seen.flows).byLevel;
  if (worst === undefined) return { unavailable: 'nothing is rejected in a level that others share' };
  if (seen.clients === null) return { unavailable: 'the API server does not tell whose requests wait' };
  const client = noisiest(seen.clients, seen, worst);
  if (client === undefined) {
    return {
      unavailable: `no one client of the flow that asks more has most of the requests that wait in ${worst.level}: look again while it is full`,
    };
  }
  const { user, flow: from } = client;
  if (isOurs(user)) return { unavailable: `${user} is Nightshift itself` };
  const account = accountOf(user);
  if (account ? OF_THE_CLUSTER.test(account.namespace) : /^system:|^eks:|^aksService$/.test(user))
    return { unavailable: `${user} is a part of the cluster itself: find out what keeps it busy` };
  if (account === undefined) return { user, from };
  const [first, ...more] = (seen.holder ?? []).filter(
    (one) => one.namespace === account.namespace && one.account === account.name,
  );
  if (first === undefined) {
    return {
      unavailable: `no Deployment carries the ServiceAccount of ${user}: it may be an agent that every node needs`,
    };
  }
  const holders = [first, ...more] as const;
  const vital = holders.find((one) => one.vital !== undefined);
  return vital
    ? { unavailable: `others may not be able to wait for Deployment ${vital.namespace}/${vital.name}: ${vital.vital}` }
    : { user, from, workload: { account, holders } };
}

/** Where installers put what all nodes, or all writes, need: networks, storage, policies, certificates, node pools. */
const OF_THE_CLUSTER =
  /^(kube|openshift|calico|tigera|cilium|gke|gmp|aks|amazon|azure|rook|longhorn|cattle|istio|linkerd|gatekeeper|kyverno|karpenter|cert-manager|metallb|multus)(-|$)/;

/** What it reads by, and what it changes by (infra/kubernetes/rbac.ts). */
function isOurs(user: string): boolean {
  return /^nightshift(-|$)/.test(accountOf(user)?.name ?? '');
}

/** A priority level of its own for one client. Taken back by `restore-flow`; whoever asks too much waits there alone. */
export const isolateFlow: Remedy<z.infer<typeof Isolation>, Seen, ApiServerTarget, 'isolate-flow'> = {
  title: 'Give the noisy client a priority level of its own',
  risk: 'medium',
  verbs: ['isolate-flow'],
  params: Isolation,
  propose: (seen) => {
    const found = culprit(seen);
    if ('unavailable' in found) return found;
    const account = found.workload?.account;
    const flow = (account ? `${account.namespace}-${account.name}` : found.user)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 40)
      .replace(/^-|-$/g, '');
    const subject: FlowSubject = account ? { kind: 'ServiceAccount', ...account } : { kind: 'User', name: found.user };
    return { flow, subject, from: found.from };
  },
  changes: ({ flow, subject, from }) => [{ verb: 'isolate-flow', flow, subject, shares: ISOLATED_SHARES, from }],
};

const Workload = z.object({ namespace: z.string(), name: z.string() });

/** Ends the client until somebody has mended it. What it does for others is not done meanwhile. */
export const stopClient: Remedy<z.infer<typeof Workload>, Seen, ApiServerTarget, 'scale'> = {
  title: 'Scale the noisy client to zero',
  risk: 'high',
  verbs: ['scale'],
  workloads: ['Deployment'],
  params: Workload,
  propose: (seen) => {
    const found = culprit(seen);
    if ('unavailable' in found) return found;
    if (found.workload === undefined) return { unavailable: `${found.user} is no ServiceAccount: it runs elsewhere` };
    const [first, ...more] = found.workload.holders;
    if (more.length > 0) {
      return {
        unavailable: `${more.length + 1} Deployments carry the ServiceAccount of ${found.user}: which of them asks is not known`,
      };
    }
    if (first.replicas === 0)
      return { unavailable: `Deployment ${first.namespace}/${first.name} has no replicas already` };
    return { namespace: first.namespace, name: first.name };
  },
  changes: ({ namespace, name }) => [
    { verb: 'scale', workload: { kind: 'Deployment', namespace, name }, replicas: 0, allow: ['none-left'] },
  ],
};
