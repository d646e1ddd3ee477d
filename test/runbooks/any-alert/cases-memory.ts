import type { Case } from '../../../engine/replay.ts';
import { ended, failing, none, notOne, object, one, selected, without } from './compose.ts';
import { around, at, before, bodies, node, pod } from './world.ts';

const SOME_SECONDS_AGO = -900;
const outOfMemory = (memoryLimit: string, seconds = SOME_SECONDS_AGO) => ({
  ...around,
  ...ended(seconds, 4, 'OOMKilled', 137, { memoryLimit }),
});
/** Its kubelet says that the kernel ran out of memory as a whole. */
const systemOom = (seconds: number, count = 1) => ({
  items: [
    {
      metadata: { creationTimestamp: before(seconds) },
      ...{ type: 'Warning', reason: 'SystemOOM', count, lastTimestamp: before(seconds) },
      message: 'System OOM encountered, victim process: postgres, pid: 4711',
      source: { component: 'kubelet' },
    },
  ],
});
const open = { ...none, memoryLimit: 'inconclusive', nodeMemory: 'inconclusive' } as const;
const killed = (name: string, on: string) =>
  pod({
    ...{ name, node: on, ready: false },
    container: {
      restarts: 4,
      waiting: { reason: 'CrashLoopBackOff' },
      ended: { reason: 'OOMKilled', exitCode: 137, finishedAt: before(SOME_SECONDS_AGO) },
    },
  });

const ofDeployment = { ...notOne, newVersion: 'ruled-out', memoryLimit: 'confirmed' } as const;
const deployment = (about: string, pods: readonly object[]) =>
  one(
    about,
    bodies({
      ...selected('Deployment'),
      [at.versions]: around[at.versions],
      [at.pods]: { items: pods },
      'get Node worker-3': node(),
      [at.nodeEvents]: { items: [] },
      'get Node worker-4': node(),
      [at.nodeEvents.replace('worker-3', 'worker-4')]: { items: [] },
      'logs shop/web-1 --container web --previous --tail 20': 'starting\n',
      'logs shop/web-2 --container web --previous --tail 20': 'starting\n',
    }),
    ofDeployment,
    object('Deployment'),
  );

/** Containers that the kernel ended for memory: for theirs, or for that of their machine. */
export const memoryCases: Readonly<Record<string, Case>> = {
  'out-of-memory-and-its-machine-as-well': one(
    'A process of the machine takes all of its memory, and the kernel ends this container, far below its limit.',
    bodies({ ...outOfMemory('1Gi'), [at.nodeEvents]: systemOom(SOME_SECONDS_AGO) }),
    open,
  ),
  'out-of-memory-and-its-machine-30-seconds-later': one(
    'The same by a clock that is half a minute off.',
    bodies({ ...outOfMemory('1Gi'), [at.nodeEvents]: systemOom(SOME_SECONDS_AGO - 30) }),
    open,
  ),
  'out-of-memory-and-its-machine-5-minutes-before': one(
    'Its machine had run out of memory five minutes before; now it outgrows its own limit.',
    bodies({ ...outOfMemory('256Mi'), [at.nodeEvents]: systemOom(SOME_SECONDS_AGO + 300) }),
    { ...none, memoryLimit: 'confirmed' },
  ),
  'limit-larger-than-its-machine': one(
    'A limit of 64Gi on a machine of 16Gi: what ran out is the machine.',
    bodies(outOfMemory('64Gi')),
    { ...none, nodeMemory: 'confirmed' },
  ),
  'resize-that-never-fits': one(
    'Somebody has resized it in place to more than its machine has: what its kubelet has given it stays, and it outgrows that.',
    bodies({
      ...around,
      ...ended(SOME_SECONDS_AGO, 4, 'OOMKilled', 137, { memoryLimit: '64Gi', memoryGiven: '256Mi' }),
    }),
    { ...none, memoryLimit: 'confirmed' },
  ),
  'limit-of-all-that-is-for-pods': one(
    'Its limit is more than what its machine has for all pods, and less than what it has.',
    bodies({ ...outOfMemory('15500Mi'), [at.node]: node() }),
    open,
  ),
  'out-of-memory-80-minutes-ago': one(
    'Whether its machine ran out of memory then, no event tells any more.',
    bodies(outOfMemory('256Mi', 3_000)),
    open,
  ),
  'out-of-memory-without-rights-to-events': one(
    'The events of its node may not be read.',
    { ...bodies(without(outOfMemory('256Mi'), at.nodeEvents)), ...failing('forbidden', at.nodeEvents) },
    open,
  ),
  'deployment-out-of-memory': deployment('The pods of a Deployment outgrow their limit, each on a node of its own.', [
    killed('web-1', 'worker-3'),
    killed('web-2', 'worker-4'),
  ]),
  'deployment-out-of-memory-on-three-nodes': {
    ...deployment('The same on three nodes, of which two are looked at.', [
      killed('web-1', 'worker-3'),
      killed('web-2', 'worker-4'),
      killed('web-3', 'worker-5'),
    ]),
    expect: { causes: { ...ofDeployment, nodeMemory: 'inconclusive' } },
  },
};
