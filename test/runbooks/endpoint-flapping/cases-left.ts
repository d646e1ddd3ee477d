import type { Told } from './case.ts';
import type { PodIs } from './objects.ts';
import { flapping } from './told.ts';
import { onePod, quiet, service } from './world.ts';

const LAST_WEEK_SECONDS = 520_000;
const evicted = { reason: 'Evicted', message: 'The node was low on resource: memory.' } as const;
const shutDown = {
  reason: 'Terminated',
  message: 'Pod was terminated in response to imminent node shutdown.',
} as const;
const corpse: PodIs = { name: 'web-0', ready: false, changed: LAST_WEEK_SECONDS, phase: 'Failed', why: evicted };
const bare: PodIs = { ...corpse, bare: true };

/** Pods that ended stay listed until somebody takes them away. */
export const leftCases: Readonly<Record<string, Told>> = {
  'service-and-a-pod-evicted-last-week': {
    about: 'Four pods are well; a fifth was evicted last week, and is still listed.',
    world: { ...quiet, target: service, pods: [corpse, ...quiet.pods] },
    expect: { recovered: 'confirmed' },
  },
  'node-shut-down-last-week': {
    about: 'Its pods are well; one of before its shutdown last week is still listed.',
    world: { ...quiet, pods: [{ ...corpse, why: shutDown }, ...quiet.pods] },
    expect: { recovered: 'confirmed' },
  },
  'service-of-a-silent-node-and-pods-evicted-elsewhere': {
    about: 'Two of the endpoints are on a node that was silent; six pods were evicted from another one last week.',
    world: {
      ...flapping(),
      target: service,
      pods: [
        ...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ ...corpse, name: `web-${name}`, node: 'worker-9' })),
        ...quiet.pods.map((one, index) => (index < 2 ? { ...one, changed: 390 } : { ...one, node: 'worker-9' })),
      ],
    },
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'] },
  },
  'service-and-a-pod-evicted-while-ending': {
    about: 'It never was ready; its container ended ten minutes ago, when it was evicted.',
    world: {
      ...quiet,
      target: service,
      pods: [{ ...corpse, ended: { reason: 'Error', exitCode: 137, secondsAgo: 600 } }, ...quiet.pods],
    },
    expect: { confirmed: ['rollout'], recovered: 'ruled-out' },
  },
  'evicted-last-week-and-asked-for': {
    about: 'The alert is about the pod itself, which was evicted last week.',
    world: { ...quiet, target: onePod, pods: [{ ...corpse, name: 'web-1' }] },
    expect: { confirmed: ['rollout'], recovered: 'ruled-out' },
  },
  'evicted-and-nobody-tells-when': {
    about: 'Of an old server: when it was evicted is not told.',
    world: { ...quiet, target: service, pods: [bare, ...quiet.pods] },
    expect: { inconclusive: ['containerEnds', 'rollout'], recovered: 'confirmed' },
  },
  'evicted-young-and-nobody-tells-when': {
    about: 'Of an old server: it was made ten minutes ago, and evicted since.',
    world: { ...quiet, target: service, pods: [{ ...bare, created: 600 }, ...quiet.pods] },
    expect: { confirmed: ['rollout'] },
  },
};
