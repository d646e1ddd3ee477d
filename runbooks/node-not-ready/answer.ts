import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { Readers } from '../../engine/readers.ts';
import type { Evidence } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { Lease } from '../evidence/node-lease.ts';
import { podsOf } from '../evidence/pods-here.ts';
import { answerIn, DEADLINE_MS } from './answer-words.ts';
import { LOGGED_NAMESPACE, LoggedPods } from './logged-pods.ts';
import { lifeOf } from './signs.ts';

const Answer = z.object({
  /**
   * `unasked`: its heartbeat goes on. `served`: the kubelet gives the API server the log. `denied`: it answers, and gives
   * none. `refused`: nothing listens there. `silent`: no answer came, and why is not told by that.
   */
  kind: z.enum(['unasked', 'served', 'denied', 'refused', 'silent']),
  words: z.string(),
});
export type Answer = z.infer<typeof Answer>;

/**
 * For the log of a pod the API server dials the kubelet of its node, and passes on what it meets there. That takes no right
 * to kubelets, costs the same in every cluster, and is of this moment. No line of the log is asked for: none is of interest.
 */
export const kubeletAnswer: Evidence<Answer, NodeTarget> = {
  title: "What the kubelet's port answers the API server",
  schema: Answer,
  reads: ['get Lease in kube-node-lease', 'list Pod', 'logs Pod in kube-system', 'get Node'],
  read: ({ kube }, { name }, { now }) => answerOf(kube, name, now),
  show: ({ words }) => words,
  // As long as others for what comes before, and then its own.
  deadlineMs: 8_000,
  threshold: 'asked where the heartbeat is late; no answer within 3 s: silent',
  thresholdSource:
    'Measured: refused within 0.2 s, `kubectl logs` with it; a stopped process keeps it waiting for 65 s',
};

const NO_LOG = `no container of ${LOGGED_NAMESPACE} is known to run on this node: there is no log to ask for`;

/** Throws the failure where that tells nothing of the kubelet: no right, no pod, words of somebody on the way. */
export async function answerOf(kube: Readers['kube'], node: string, now: Date): Promise<Answer> {
  const pods = kube.list('Pod', podsOf(node));
  pods.catch(() => undefined); // wanted only where the heartbeat is late
  const life = lifeOf(await leaseOf(kube, node, now), now);
  if (life.state === 'renewing') return { kind: 'unasked', words: `not asked: ${life.words}` };
  const pod = LoggedPods.parse(await pods);
  if (!pod) throw new ReadFailure('not-found', NO_LOG);
  const { name, container } = pod;
  try {
    await kube.logs(name, { namespace: LOGGED_NAMESPACE, container, lines: 0, deadlineMs: DEADLINE_MS });
    return { kind: 'served', words: `it serves the API server the log of ${LOGGED_NAMESPACE}/${name}` };
  } catch (thrown) {
    const answer = thrown instanceof ReadFailure && answerIn(thrown, await addressesOf(kube, node));
    if (answer) return answer;
    throw thrown;
  }
}

/** One that cannot be read does not say that the heartbeat goes on. */
async function leaseOf(kube: Readers['kube'], node: string, now: Date) {
  try {
    const lease = Lease.parse(await kube.get('Lease', node, { namespace: 'kube-node-lease' }));
    return { lease: { ...lease, readAt: now.toISOString() } };
  } catch {
    return {};
  }
}

const Addressed = z.object({ status: z.object({ addresses: z.array(z.object({ address: z.string() })) }) });

async function addressesOf(kube: Readers['kube'], node: string): Promise<readonly string[]> {
  try {
    return Addressed.parse(await kube.get('Node', node)).status.addresses.map(({ address }) => address);
  } catch {
    return [];
  }
}
