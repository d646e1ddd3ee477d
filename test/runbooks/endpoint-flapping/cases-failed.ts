import type { Told } from './case.ts';
import type { PodIs } from './objects.ts';
import { quiet, type World } from './world.ts';

const killed = { reason: 'Error', exitCode: 143, secondsAgo: 300 };
const failed = (is: Partial<PodIs>): World => ({
  ...quiet,
  pods: [{ name: 'web-1', ready: false, changed: 300, phase: 'Failed', ...is }, ...quiet.pods.slice(1)],
});
/** No container of it ever ran, so none is listed. */
const refused = (reason: string, message: string) => failed({ containersReady: null, why: { reason, message } });

/** What a pod's own status says of its end; its containers say only how they ended. */
export const failedCases: Readonly<Record<string, Told>> = {
  'ended-as-its-machine-shuts-down': {
    about: 'Its machine is preempted by its cloud: the kubelet ends its pods in good order (graceful node shutdown).',
    world: failed({
      over: killed,
      why: { reason: 'Terminated', message: 'Pod was terminated in response to imminent node shutdown.' },
    }),
    expect: { confirmed: ['rollout'] },
  },
  'ended-for-a-critical-pod': {
    about: 'The kubelet ended it to make room for a critical pod.',
    world: failed({
      over: killed,
      why: { reason: 'Preempting', message: 'Preempted in order to admit critical pod' },
    }),
    expect: { confirmed: ['rollout'] },
  },
  'ended-by-a-taint': {
    about: 'A taint of its node ended it; its status names nothing but the disruption.',
    world: failed({
      over: killed,
      disrupted: { reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint' },
    }),
    expect: { confirmed: ['rollout'] },
  },
  'turned-away-for-its-cpu': {
    about: 'The kubelet had no CPU left for it and refused it at the door.',
    world: refused(
      'OutOfcpu',
      "Pod was rejected: Node didn't have enough resource: cpu, requested: 4000, used: 7900, capacity: 8000",
    ),
    expect: { confirmed: ['notStarted'] },
  },
  'turned-away-by-a-device-plug-in': {
    about: 'The device that it wants is not healthy.',
    world: refused(
      'UnexpectedAdmissionError',
      'Pod was rejected: Allocate failed due to no healthy devices present; cannot allocate unhealthy devices nvidia.com/gpu, which is unexpected',
    ),
    expect: { confirmed: ['notStarted'] },
  },
  'turned-away-by-a-node-that-shuts-down': {
    about: 'It came to a machine that was being shut down.',
    world: refused('NodeShutdown', 'Pod was rejected as the node is shutting down.'),
    expect: { confirmed: ['notStarted'] },
  },
  'turned-away-under-pressure': {
    about: 'Its node had a condition: that is called Evicted, and it never ran.',
    world: refused('Evicted', 'Pod The node had condition: [MemoryPressure]. '),
    expect: { confirmed: ['notStarted'] },
  },
  'ended-by-a-shutdown-of-1-21': {
    about: 'As ended-as-its-machine-shuts-down, in the words of an old kubelet.',
    world: failed({
      containersReady: null,
      why: { reason: 'NodeShutdown', message: 'Node is shutting, evicting pods' },
    }),
    expect: { confirmed: ['rollout'] },
  },
  'failed-and-nobody-tells-why': {
    about: 'Neither a reason nor a container of it is told.',
    world: failed({ containersReady: null }),
    expect: { inconclusive: ['containerEnds', 'notStarted', 'rollout'] },
  },
  'failed-by-itself': {
    about: 'Its container ended with an error and is not started again (restartPolicy Never).',
    world: failed({ over: { reason: 'Error', exitCode: 1, secondsAgo: 300 } }),
    expect: { confirmed: ['containerEnds'] },
  },
  'failed-at-its-deadline': {
    about: 'It ran for longer than it may (activeDeadlineSeconds).',
    world: failed({
      over: killed,
      why: { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' },
    }),
    expect: { confirmed: ['containerEnds'] },
  },
};
