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

type Said = readonly [reason: string, count: number, seconds: number, message: string];
/** What was said of it, each last so many seconds after the alert began; now is 1,800 seconds after it. */
const told = (...all: readonly Said[]) => ({
  [events('shop', 'Pod', 'web-1')]: {
    items: all.map(([reason, count, seconds, message]) => ({
      metadata: { creationTimestamp: before(0) },
      ...{ type: reason.startsWith('Successful') ? 'Normal' : 'Warning', reason, count, message },
      ...{ lastTimestamp: before(-seconds), source: { component: 'kubelet' } },
    })),
  },
});
const said = (...one: Said) => told(one);
const NO_MAP = 'MountVolume.SetUp failed for volume "settings": configmap "settings" not found';
const NO_NETWORK = 'Failed to create pod sandbox: plugin type="calico" failed (add): no addresses left';

/** Each sandbox has an id of 64 digits, and its message what went wrong at its end. */
const sandboxes = Array.from({ length: 9 }, (_, index): Said => {
  const id = `${index}`.repeat(64);
  const message = `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "${id}": plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized`;
  return ['FailedCreatePodSandBox', 1, 1_670 + 13 * index, message];
});
const HELD: Said = [
  'FailedAttachVolume',
  1,
  0,
  'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) db-0',
];
const NOT_THERE: Said = [
  'FailedMount',
  13,
  1_680,
  'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[data]: timed out waiting for the condition',
];
const GIVEN: Said = ['SuccessfulAttachVolume', 1, 1_740, 'AttachVolume.Attach succeeded for volume "pvc-1"'];

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
  'no-network-and-each-try-an-event-of-its-own': one(
    'Nine sandboxes in two minutes: each is named by its id, so that no two messages are alike.',
    bodies({ ...around, ...waits('ContainerCreating'), ...told(...sandboxes) }),
    { ...none, cannotStart: 'confirmed' },
  ),
  'volume-held-by-another-node': one(
    'Another pod has its volume, told once half an hour ago; the kubelet says every two minutes that it is not there.',
    bodies({ ...around, ...waits('ContainerCreating'), ...told(HELD, NOT_THERE) }),
    { ...none, cannotStart: 'confirmed' },
  ),
  'volume-held-by-another-node-and-nothing-since': one(
    'Another pod has its volume, told once half an hour ago.',
    bodies({ ...around, ...waits('ContainerCreating'), ...told(HELD) }),
    { ...none, cannotStart: 'confirmed' },
  ),
  'volume-given-back': one(
    'Another pod had its volume, and it was attached a minute ago.',
    bodies({ ...around, ...waits('ContainerCreating'), ...told(HELD, GIVEN) }),
    { ...none, cannotStart: 'inconclusive' },
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
