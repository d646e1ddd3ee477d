import * as z from 'zod';
import type { Verb } from '../../engine/change.ts';
import type { ManualRemedy, Remedy } from '../../engine/runbook.ts';
import { whyInnocent } from '../evidence/rolled-out.ts';
import { amountOf, doubled } from './amounts.ts';
import { limits } from './limits.ts';
import * as around from './manual/around.ts';
import * as corefile from './manual/corefile.ts';
import * as load from './manual/load.ts';
import type { Seen } from './seen.ts';
import { selfIn } from './service.ts';
import { failingOf } from './signs.ts';
import { type DnsTarget, NAME, NAMESPACE } from './target.ts';

type Fix<Params, V extends Verb> = Remedy<Params, Seen, DnsTarget, V>;
const coredns = { kind: 'Deployment', namespace: NAMESPACE, name: NAME } as const;
const Nothing = z.strictObject({});
const noDeployment = { unavailable: 'there is no Deployment kube-system/coredns: something else makes its pods' };

/** A pod keeps the resolver it was made with: after that of its node was mended, only new pods have it. Heals nothing before. */
const remake: Fix<z.infer<typeof Nothing>, 'restart'> = {
  title: 'Make its pods anew, once the resolver of their nodes is mended',
  risk: 'medium',
  verbs: ['restart'],
  workloads: ['Deployment'],
  params: Nothing,
  propose: ({ workload, corefile: config, service }) => {
    if (workload === null) return noDeployment;
    return selfIn(config?.foreign, service)
      ? { unavailable: 'its Corefile names CoreDNS itself: a pod made anew would read the same' }
      : {};
  },
  changes: () => [{ verb: 'restart', workload: coredns }],
};

const Version = z.object({ revision: z.number() });

/** Only a version that is young enough to have brought the trouble, and no younger change of the Corefile. */
const rollBack: Fix<z.infer<typeof Version>, 'undo'> = {
  title: 'Roll back to its former version',
  risk: 'medium',
  verbs: ['undo'],
  workloads: ['Deployment'],
  params: Version,
  propose: ({ workload, corefile: config }) => {
    if (workload === null) return noDeployment;
    const { version, troubleAt } = workload;
    if (version === undefined) return { unavailable: 'it has no earlier revision' };
    const innocent = whyInnocent(version, new Date(troubleAt), limits.newVersionSeconds);
    if (innocent !== undefined) return { unavailable: `its ${innocent}` };
    if (config?.changed && Date.parse(config.changed.at) > Date.parse(version.madeAt))
      return { unavailable: 'its Corefile was changed after that version came: see to that first' };
    return { revision: version.revision };
  },
  changes: ({ revision: from }) => [{ verb: 'undo', workload: coredns, from }],
};

const Amount = z.object({ container: z.string(), limit: z.string(), was: z.string() });

/** Twice its limit; not where that is far beyond what any cluster needs, for then something else fills it. */
const moreMemory: Fix<z.infer<typeof Amount>, 'set-resources'> = {
  title: 'Give it twice the memory',
  risk: 'medium',
  verbs: ['set-resources'],
  workloads: ['Deployment'],
  params: Amount,
  propose: ({ workload, pods }) => {
    if (workload === null) return noDeployment;
    const killed = pods.all.find(({ ended }) => ended?.reason === 'OOMKilled');
    const limit = killed?.limits.memory;
    if (killed?.container === undefined || limit === undefined)
      return { unavailable: 'it has no limit of memory: its node had none left' };
    const bytes = amountOf(limit);
    const twice = doubled(limit);
    if (bytes === undefined || twice === undefined)
      return { unavailable: `its limit of ${limit} is written in a way that is not read here` };
    if (2 * bytes > limits.enoughMemoryBytes)
      return {
        unavailable: `its limit of ${limit} is more than 150,000 pods need: something fills it (a loop, a plug-in), and more would be filled too`,
      };
    return { container: killed.container, limit: twice, was: limit };
  },
  changes: ({ container, limit, was }) => [
    { verb: 'set-resources', workload: coredns, container, limits: { memory: limit }, from: { memory: was } },
  ],
};

const moreCpu: Fix<z.infer<typeof Amount>, 'set-resources'> = {
  title: 'Give it twice the CPU',
  risk: 'medium',
  verbs: ['set-resources'],
  workloads: ['Deployment'],
  params: Amount,
  propose: ({ workload, pods }) => {
    if (workload === null) return noDeployment;
    const limited = pods.all.find(({ limits: { cpu } }) => cpu !== undefined);
    const was = limited?.limits.cpu;
    const twice = was === undefined ? undefined : doubled(was);
    if (limited?.container === undefined || was === undefined || twice === undefined)
      return { unavailable: 'no pod of it has a limit of CPU now' };
    return { container: limited.container, limit: twice, was };
  },
  changes: ({ container, limit, was }) => [
    { verb: 'set-resources', workload: coredns, container, limits: { cpu: limit }, from: { cpu: was } },
  ],
};

const Replicas = z.object({ replicas: z.number() });
type Scale = Fix<z.infer<typeof Replicas>, 'scale'>;

function scaling(title: string, replicasFor: (now: number) => number | undefined): Scale {
  return {
    title,
    risk: 'medium',
    verbs: ['scale'],
    workloads: ['Deployment'],
    params: Replicas,
    propose: ({ workload }) => {
      if (workload === null) return noDeployment;
      const { scaledBy } = workload;
      if (scaledBy)
        return { unavailable: `${scaledBy} sets its replicas, and would again: change its ConfigMap instead` };
      const replicas = replicasFor(workload.replicas);
      return replicas === undefined ? { unavailable: `it wants ${workload.replicas} replicas` } : { replicas };
    },
    changes: ({ replicas }) => [{ verb: 'scale', workload: coredns, replicas }],
  };
}

/** Two, as kubeadm makes it (kubeadm, addons/dns). */
const scaleUp = scaling('Scale it up to two again', (now) => (now === 0 ? 2 : undefined));
const scaleOut = scaling('Add a replica', (now) => (now === 0 ? undefined : now + 1));

const Node = z.object({ node: z.string() });

/** Keeps new pods off a node without a network; the pods there stay, and go on not answering. */
const cordon: Fix<z.infer<typeof Node>, 'cordon'> = {
  title: 'Cordon the node whose pods get no answers',
  risk: 'low',
  heals: false,
  verbs: ['cordon'],
  params: Node,
  propose: (seen) => {
    if (seen.readyz.etcd === false) return { unavailable: 'the API server has lost etcd and cannot write' };
    const failing = (['api', 'upstream'] as const).flatMap((what) => failingOf(seen, what));
    const [node, ...more] = new Set(failing.map((log) => log.node));
    if (node === undefined || more.length > 0) return { unavailable: 'it is not one node alone' };
    return { node };
  },
  changes: ({ node }) => [{ verb: 'cordon', node }],
};

export const remedies = { remake, rollBack, moreMemory, moreCpu, scaleUp, scaleOut, cordon };

export const manual = { ...corefile, ...around, ...load } satisfies Record<string, ManualRemedy<Seen, DnsTarget>>;

export type RemedyName = keyof typeof remedies | keyof typeof manual;
