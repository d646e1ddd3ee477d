import type { Case } from '../../../engine/replay.ts';
import { none, one } from './compose.ts';
import { around, at, before, bodies, events, node, pod } from './world.ts';

/** A container that waits for this since its pod was made. */
const waits = (reason: string, message?: string) => ({
  [at.pod]: pod({
    phase: 'Pending',
    ready: false,
    container: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
  }),
});

/** What its kubelet said last, so many seconds after the alert began; now is 1,800 seconds after it. */
const said = (reason: string, count: number, seconds: number, message: string) => ({
  [events('shop', 'Pod', 'web-1')]: {
    items: [
      {
        metadata: { creationTimestamp: before(0) },
        ...{ type: 'Warning', reason, count, lastTimestamp: before(-seconds), message },
        source: { component: 'kubelet' },
      },
    ],
  },
});
const NO_MAP = 'MountVolume.SetUp failed for volume "settings": configmap "settings" not found';
const NO_NETWORK = 'Failed to create pod sandbox: plugin type="calico" failed (add): no addresses left';

function nodeWith(condition: object) {
  const well = node();
  const conditions = well.status.conditions.filter(({ type }) => !('type' in condition) || type !== condition.type);
  return { [at.node]: { ...well, status: { ...well.status, conditions: [...conditions, condition] } } };
}
const readySince = (secondsBefore: number) =>
  nodeWith({ type: 'Ready', status: 'True', message: 'posting', lastTransitionTime: before(secondsBefore) });

/** Whether a container can be started, and how its node was. */
export const startCases: Readonly<Record<string, Case>> = {
  'command-not-found': one(
    'The program that the container is to run does not exist: it never ran.',
    bodies({
      ...around,
      [at.pod]: pod({
        ready: false,
        container: {
          restarts: 9,
          waiting: { reason: 'CrashLoopBackOff' },
          ended: { reason: 'StartError', exitCode: 128, finishedAt: before(-1_700) },
        },
      }),
      [at.log]: '',
    }),
    { ...none, cannotStart: 'confirmed' },
  ),
  'signature-refused': one(
    'The runtime refuses the image for its signature.',
    bodies({ ...around, ...waits('SignatureValidationFailed', 'policy rejects the image') }),
    { ...none, cannotStart: 'confirmed' },
  ),
  'volume-not-mounted': one(
    'Its volume cannot be mounted, tried twelve times, the last 3 minutes ago.',
    bodies({ ...around, ...waits('ContainerCreating'), ...said('FailedMount', 12, 1_620, NO_MAP) }),
    { ...none, cannotStart: 'confirmed' },
  ),
  'no-address-for-it': one(
    'There is no address for it.',
    bodies({ ...around, ...waits('ContainerCreating'), ...said('FailedCreatePodSandBox', 120, 1_790, NO_NETWORK) }),
    { ...none, cannotStart: 'confirmed' },
  ),
  'volume-not-mounted-once': one(
    'Its volume could not be mounted, once, a minute ago.',
    bodies({ ...around, ...waits('ContainerCreating'), ...said('FailedMount', 1, 1_740, NO_MAP) }),
    { ...none, cannotStart: 'inconclusive' },
  ),
  'volume-not-mounted-20-minutes-ago': one(
    'Its volume could not be mounted, until 20 minutes ago.',
    bodies({ ...around, ...waits('ContainerCreating'), ...said('FailedMount', 12, 600, NO_MAP) }),
    { ...none, cannotStart: 'inconclusive' },
  ),
  'is-being-made': one(
    'It is being made, and nobody complains.',
    bodies({ ...around, ...waits('ContainerCreating') }),
    { ...none, cannotStart: 'inconclusive' },
  ),
  'network-of-its-node-unavailable': one(
    'Its node is ready, and its network is not.',
    bodies({ ...around, ...nodeWith({ type: 'NetworkUnavailable', status: 'True', message: 'no route' }) }),
    { ...none, nodeTrouble: 'confirmed' },
  ),
  'node-ready-again': one(
    'Its node was not ready when the alert began, and is again since ten minutes.',
    bodies({ ...around, ...readySince(-1_200) }),
    { ...none, nodeTrouble: 'inconclusive' },
  ),
  'node-ready-since-50-minutes-before': one(
    'Its node became ready 50 minutes before the alert began.',
    bodies({ ...around, ...readySince(3_000) }),
    { ...none, nodeTrouble: 'inconclusive' },
  ),
  'node-ready-since-two-hours-before': one(
    'Its node became ready two hours before the alert began.',
    bodies({ ...around, ...readySince(7_200) }),
    none,
  ),
};
