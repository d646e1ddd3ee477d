import * as z from 'zod';
import type { Acting } from '../../../../engine/acting/desk.ts';
import { defaultLimits } from '../../../../engine/acting/limits.ts';
import type { RemediateMessage } from '../../../../engine/acting/messages.ts';
import type { PolicyRule } from '../../../../engine/acting/policy.ts';
import type { Writer } from '../../../../engine/action.ts';
import type { Change } from '../../../../engine/change.ts';
import { nodeDirectory } from '../../../../engine/directory.ts';
import { TryLater } from '../../../../engine/errors.ts';
import type { Clock, Queue, Store } from '../../../../engine/ports.ts';
import { type AnyRunbook, anyRunbook, defineRunbook, type Risk } from '../../../../engine/runbook.ts';
import { NodeTarget } from '../../../../engine/target.ts';
import type { Cluster } from '../../../../engine/triage.ts';
import { confirmed, ruledOut } from '../../../../engine/verdict.ts';
import { createMetrics } from '../../../../functions/metrics.ts';
import { remediateHandler } from '../../../../functions/remediate.ts';
import type { Handler } from '../../../../functions/worker.ts';
import { clusterFrom } from '../../../../infra/kubernetes/client.ts';

export const CLUSTER = 'practice';
export const CHANNEL = 'C0CRASH';
/** The node that the sample's incident is about. */
export const NODE = 'worker-3';
/** The only remedy of the sample: it does whatever changes it was made with. */
export const REMEDY = 'fix';

/** What else the sample's remedy is. */
export interface Fix {
  readonly risk?: Risk;
}

/** A trouble that never ends, so that verification has its whole time, and one remedy for it. */
export function sampleWith(changes: readonly Change[], { risk = 'low' }: Fix = {}): AnyRunbook {
  return anyRunbook(
    defineRunbook({
      id: 'sample',
      title: 'Node is unwell',
      alerts: [{ name: 'NodeUnwell', family: 'node-object' }],
      target: NodeTarget,
      evidence: {
        node: {
          title: 'Node object',
          schema: z.object({ metadata: z.object({ name: z.string() }) }),
          reads: ['get Node'],
          read: ({ kube }, target) => kube.get('Node', target.name),
          show: ({ metadata }) => metadata.name,
        },
      },
      causes: {
        unwell: { title: 'It is unwell', judge: ({ node }) => confirmed(node.metadata.name), remedies: [REMEDY] },
      },
      remedies: {
        [REMEDY]: {
          title: 'Fix it',
          risk,
          verbs: changes.map(({ verb }) => verb),
          params: z.object({}),
          propose: () => ({}),
          changes: () => changes,
        },
      },
      manual: {},
      recovered: () => ruledOut('it never is'),
    }),
  );
}

const policy: readonly PolicyRule[] = [
  {
    remedies: ['*'],
    approvers: { users: ['U0LEAD'], userGroups: [] },
    approvals: 1,
    requesterMayApprove: false,
    expiresAfterMinutes: 30,
  },
];

export interface Files {
  readonly kubeconfig: string;
  readonly fixerKubeconfig: string;
}

/** The real client for reading, and the real writer. */
export async function hands({ kubeconfig, fixerKubeconfig }: Files) {
  const reader = await clusterFrom({ kubeconfig, version: 'test' });
  const fixer = await clusterFrom({ kubeconfig: fixerKubeconfig, version: 'test' });
  const cluster: Cluster = {
    name: CLUSTER,
    match: {},
    source: reader.source,
    nodes: nodeDirectory(reader.source, { now: () => new Date() }),
  };
  return { cluster, writer: fixer.writer, close: () => Promise.all([reader.close(), fixer.close()]) };
}

/** What a process of Nightshift acts with. */
export function actingWith(
  store: Store,
  clock: Clock,
  { cluster, writer }: { readonly cluster: Cluster; readonly writer: Writer },
  changes: readonly Change[],
): Acting {
  return {
    store,
    clock,
    runbooks: [sampleWith(changes)],
    clusters: [cluster],
    channel: CHANNEL,
    rules: async () => ({ policy, limits: defaultLimits }),
    people: {
      person: async (id) => ({ id, name: id, standing: 'member' }),
      groupMembers: async () => [],
    },
    chat: { showPlan: async () => true, whisper: async () => {} },
    writers: new Map([[CLUSTER, writer]]),
    newId: () => crypto.randomUUID(),
  };
}

/** Works off what is due on the queue `remediate`, one message after the other. */
export async function workOff(queue: Queue, acting: Acting): Promise<void> {
  const handle: Handler = remediateHandler(acting, createMetrics(queue));
  for (;;) {
    const [message] = await queue.receive('remediate', { max: 1, leaseMs: 300_000, waitMs: 0 });
    if (!message) return;
    try {
      await queue.done(message, await handle(message.body, acting.stopping ?? new AbortController().signal));
    } catch (failure) {
      if (!(failure instanceof TryLater)) throw failure;
      await queue.retry(message, { delayMs: failure.retryAfterMs, reason: failure.message, countsAsAttempt: false });
    }
  }
}

/** The wishes that lead to an execution, as a click stores them. */
export const wishes = {
  open: (incident: string): RemediateMessage => ({
    type: 'open',
    incident,
    remedy: REMEDY,
    view: 'V1',
    by: 'U0ASKER',
    channel: CHANNEL,
  }),
  request: (plan: string): RemediateMessage => ({ type: 'request', plan, by: 'U0ASKER', channel: CHANNEL }),
  approve: (plan: string): RemediateMessage => ({
    type: 'decide',
    plan,
    button: 'approve',
    by: 'U0LEAD',
    channel: CHANNEL,
  }),
  anew: (plan: string, button: 'undo' | 'plan-again'): RemediateMessage => ({
    type: 'decide',
    plan,
    button,
    by: 'U0ASKER',
    channel: CHANNEL,
  }),
};
