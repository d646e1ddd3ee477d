import * as z from 'zod';
import type { ManualRemedy, Remedy } from '../../engine/runbook.ts';
import { cordon } from '../evidence/cordon.ts';
import { conditionOf } from '../evidence/node.ts';
import * as grace from './manual/grace.ts';
import * as node from './manual/node.ts';
import * as pods from './manual/pods.ts';
import * as refusals from './manual/refusals.ts';
import type { Seen } from './schema.ts';
import type { FlapTarget } from './target.ts';

const Node = z.object({ node: z.string() });

/** Its pods go on elsewhere, within their budgets; taken back by uncordoning, which brings no pod back. */
const drain: Remedy<z.infer<typeof Node>, Seen, FlapTarget, 'drain'> = {
  title: 'Drain the node: its pods go on elsewhere',
  risk: 'high',
  verbs: ['drain'],
  params: Node,
  propose: ({ node, readyz }) => {
    if (readyz.etcd === false) return { unavailable: 'the API server has lost etcd and cannot write' };
    if (conditionOf(node, 'Ready')?.status !== 'True') {
      return {
        unavailable: `${node.name} is not Ready now: nothing there would end a container. Look again when it is back`,
      };
    }
    return { node: node.name };
  },
  changes: ({ node }) => [{ verb: 'drain', node }],
};

/**
 * A fix of its own, which a rule of the policy has to name: a drain is refused where pods keep data in volumes that end with
 * them, as metrics-server and the sidecars of Istio do. The plan names each pod with what is lost.
 */
const drainWithData: typeof drain = {
  ...drain,
  title: 'Drain the node, and lose what its pods keep on it (emptyDir)',
  changes: ({ node }) => [{ verb: 'drain', node, allow: ['local-storage'] }],
};

export const remedies = { cordon, drain, drainWithData };

export const manual = { ...grace, ...node, ...pods, ...refusals } satisfies Record<
  string,
  ManualRemedy<Seen, FlapTarget>
>;

export type RemedyName = keyof typeof remedies | keyof typeof manual;
