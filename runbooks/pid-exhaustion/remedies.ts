import * as z from 'zod';
import type { ManualRemedy, Remedy } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { cordon } from '../evidence/cordon.ts';
import { whyInnocent } from '../evidence/rolled-out.ts';
import { type CulpritOf, fullOf, leakOf, whyNotEvicted } from './culprit.ts';
import { limits } from './limits.ts';
import * as kubelet from './manual/kubelet.ts';
import * as machine from './manual/machine.ts';
import * as pods from './manual/pods.ts';
import { keepPatience } from './manual/refusals.ts';
import type { Seen } from './schema.ts';

type Fix<Params, Verb extends 'evict' | 'undo'> = Remedy<Params, Seen, NodeTarget, Verb>;

const Version = z.object({ namespace: z.string(), name: z.string(), revision: z.number() });

/** What began with a new version ends with the one before: only where that version is young enough to have brought it. */
function rollingBack(title: string, culpritOf: CulpritOf): Fix<z.infer<typeof Version>, 'undo'> {
  return {
    title,
    // Users lose what the new version brought; its pods are replaced step by step.
    risk: 'medium',
    verbs: ['undo'],
    workloads: ['Deployment'],
    params: Version,
    propose: (seen, target) => {
      const culprit = culpritOf(seen, target);
      if (culprit === undefined) return { unavailable: 'no pod is proved to be it' };
      const { namespace, pod } = culprit.use;
      const found = seen.deployed.find((one) => one.namespace === namespace && one.pod === pod);
      if (found === undefined) return { unavailable: `${namespace}/${pod} belongs to no Deployment, or is gone` };
      const { deployment: name, madeAt, revision } = found;
      const troubleAt = new Date(Date.parse(seen.pods.readAt) - culprit.sinceMinutes * 60_000);
      const innocent = whyInnocent({ revision, madeAt }, troubleAt, limits.newRevisionMinutes * 60);
      if (innocent !== undefined) return { unavailable: `of Deployment ${namespace}/${name} ${innocent}` };
      return { namespace, name, revision };
    },
    changes: ({ namespace, name, revision: from }) => [
      { verb: 'undo', workload: { kind: 'Deployment', namespace, name }, from },
    ],
  };
}

const PodName = z.object({ namespace: z.string(), pod: z.string() });

/** Gives the PIDs back at once. What takes them begins anew wherever the pod runs next. */
function evicting(title: string, culpritOf: CulpritOf): Fix<z.infer<typeof PodName>, 'evict'> {
  return {
    title,
    risk: 'medium',
    heals: 'here',
    verbs: ['evict'],
    params: PodName,
    propose: (seen, target) => {
      const culprit = culpritOf(seen, target);
      if (culprit === undefined) return { unavailable: 'no pod is proved to be it' };
      const why = whyNotEvicted(culprit, seen);
      const { namespace, pod } = culprit.use;
      return why === undefined ? { namespace, pod } : { unavailable: why };
    },
    changes: ({ namespace, pod }) => [{ verb: 'evict', namespace, pod }],
  };
}

export const remedies = {
  rollBack: rollingBack("Roll back the Deployment that takes the node's PIDs", leakOf),
  evictPod: evicting("Evict the pod that takes the node's PIDs: it begins anew elsewhere", leakOf),
  rollBackFull: rollingBack('Roll back the Deployment whose pod is at its limit', fullOf),
  evictFullPod: evicting('Evict the pod that is at its limit: it begins anew', fullOf),
  cordon,
};

export const manual = { ...pods, ...machine, ...kubelet, keepPatience } satisfies Record<
  string,
  ManualRemedy<Seen, NodeTarget>
>;

export type RemedyName = keyof typeof remedies | keyof typeof manual;
