import type { Change, Verb, Workload } from '../../../../engine/change.ts';
import { NODE } from './stage.ts';

/** One class of remedies: what it changes, and what has to be so before. */
export interface RemedyClass {
  readonly changes: readonly Change[];
  readonly before?: readonly Change[];
  /** What somebody else does once it is approved: then another plan has to take its place. */
  readonly meanwhile?: readonly Change[];
  /** It is carried out in peace, and its undo is what dies. */
  readonly undone?: boolean;
}

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const satisfies Workload;
const taint = { key: 'example.com/broken', value: 'yes', effect: 'NoSchedule' } as const;
/** Of a StatefulSet: when it is gone another of the same name takes its place. */
const pod = { namespace: 'shop', pod: 'orders-db-0' } as const;
const cordon: Change = { verb: 'cordon', node: NODE };
const tainting: Change = { verb: 'taint', node: NODE, taint };
const pause: Change = { verb: 'pause', workload: web };
const restart: Change = { verb: 'restart', workload: web };
const isolate: Change = {
  verb: 'isolate-flow',
  flow: 'nightshift-noisy',
  subject: { kind: 'ServiceAccount', namespace: 'shop', name: 'default' },
  shares: 5,
};

/** What changes nodes and flows. */
export const clusterClasses = {
  cordon: { changes: [cordon] },
  uncordon: { changes: [{ verb: 'uncordon', node: NODE }], before: [cordon] },
  drain: { changes: [{ verb: 'drain', node: NODE, allow: ['local-storage', 'bare-pods'] }] },
  taint: { changes: [tainting] },
  untaint: { changes: [{ verb: 'untaint', node: NODE, taint }], before: [tainting] },
  'isolate-flow': { changes: [isolate] },
  'restore-flow': { changes: [{ verb: 'restore-flow', flow: isolate.flow }], before: [isolate] },
  annotate: {
    changes: [{ verb: 'annotate', object: { kind: 'Node', name: NODE }, key: 'nightshift.dev/seen', value: 'yes' }],
  },
} satisfies Partial<Record<Verb, RemedyClass>>;

/** What changes pods and their workloads: all other verbs there are. */
export const workloadClasses: Readonly<Record<Exclude<Verb, keyof typeof clusterClasses>, RemedyClass>> = {
  evict: { changes: [{ verb: 'evict', ...pod }] },
  'delete-pod': { changes: [{ verb: 'delete-pod', ...pod }] },
  restart: { changes: [restart] },
  undo: { changes: [{ verb: 'undo', workload: web, from: 3 }], before: [restart] },
  pause: { changes: [pause] },
  resume: { changes: [{ verb: 'resume', workload: web }], before: [pause] },
  scale: { changes: [{ verb: 'scale', workload: web, replicas: 6 }] },
  'set-resources': {
    changes: [{ verb: 'set-resources', workload: web, container: 'web', limits: { memory: '512Mi' } }],
  },
};

/** Undos of two requests each, so that there is a moment between them. */
export const undoneClasses: Readonly<Record<string, RemedyClass>> = {
  'undo of isolate-flow': { changes: [isolate], undone: true },
  'undo of restore-flow': { changes: [{ verb: 'restore-flow', flow: isolate.flow }], before: [isolate], undone: true },
  'undo of two nodes': {
    changes: [
      cordon,
      { verb: 'annotate', object: { kind: 'Node', name: 'worker-2' }, key: 'nightshift.dev/x', value: 'y' },
    ],
    undone: true,
  },
};

/** A plan that no longer fits when its turn comes. */
export const replaced: RemedyClass = {
  changes: [{ verb: 'scale', workload: web, replicas: 6 }],
  meanwhile: [{ verb: 'scale', workload: web, replicas: 5 }],
};
