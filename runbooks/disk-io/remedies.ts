import * as z from 'zod';
import type { ManualRemedy, Remedy } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { cordon } from '../evidence/cordon.ts';
import { podName } from '../evidence/pods-here.ts';
import { whyInnocent } from '../evidence/rolled-out.ts';
import { culpritsOf, whyNotEvicted } from './culprit.ts';
import { limits } from './limits.ts';
import * as around from './manual/around.ts';
import * as device from './manual/device.ts';
import { keepPatience } from './manual/refusals.ts';
import * as writers from './manual/writers.ts';
import type { Seen } from './schema.ts';

type Fix<Params, Verb extends 'evict' | 'undo'> = Remedy<Params, Seen, NodeTarget, Verb>;

const Version = z.object({ namespace: z.string(), name: z.string(), revision: z.number() });

/** What began with a new version ends with the one before: only where that version is young enough to have brought it. */
const rollBack: Fix<z.infer<typeof Version>, 'undo'> = {
  title: 'Roll the Deployment that floods its log back',
  // Users lose what the new version brought; its pods are replaced step by step.
  risk: 'medium',
  verbs: ['undo'],
  workloads: ['Deployment'],
  params: Version,
  propose: (seen, target) => {
    // Offered for a flood alone, whose pod comes first.
    const [culprit] = culpritsOf(seen, target);
    if (culprit === undefined) return { unavailable: 'no pod is proved to flood the disk' };
    const { namespace, pod, sinceMinutes } = culprit;
    const { offender } = seen;
    if (offender?.pod !== pod || offender.namespace !== namespace) {
      return { unavailable: `${namespace}/${pod} belongs to no Deployment, or is gone` };
    }
    const { deployment: name, madeAt, revision } = offender;
    const troubleAt = new Date(Date.parse(seen.lease.readAt) - sinceMinutes * 60_000);
    const innocent = whyInnocent({ revision, madeAt }, troubleAt, limits.newRevisionMinutes * 60);
    if (innocent !== undefined) return { unavailable: `of Deployment ${namespace}/${name} ${innocent}` };
    return { namespace, name, revision };
  },
  changes: ({ namespace, name, revision: from }) => [
    { verb: 'undo', workload: { kind: 'Deployment', namespace, name }, from },
  ],
};

const PodName = z.object({ namespace: z.string(), pod: z.string() });

/** Wins time for this node. What floods its log does so wherever it runs. */
const evictPod: Fix<z.infer<typeof PodName>, 'evict'> = {
  title: 'Evict the pod that saturates the disk: it goes on elsewhere',
  risk: 'medium',
  heals: 'here',
  verbs: ['evict'],
  params: PodName,
  propose: (seen, target) => {
    const [culprit, other] = culpritsOf(seen, target);
    if (culprit === undefined) return { unavailable: 'no pod is proved to saturate the disk' };
    if (other) {
      return {
        unavailable: `two pods are proved, ${podName({ ...culprit, name: culprit.pod })} by its log and ${podName({ ...other, name: other.pod })} by its own writes and reads: either one alone leaves half of it, so which to end is yours to say`,
      };
    }
    const why = whyNotEvicted(culprit, seen);
    return why === undefined ? { namespace: culprit.namespace, pod: culprit.pod } : { unavailable: why };
  },
  changes: ({ namespace, pod }) => [{ verb: 'evict', namespace, pod }],
};

export const remedies = { rollBack, evictPod, cordon };

export const manual = { ...writers, ...device, ...around, keepPatience } satisfies Record<
  string,
  ManualRemedy<Seen, NodeTarget>
>;

export type RemedyName = keyof typeof remedies | keyof typeof manual;
