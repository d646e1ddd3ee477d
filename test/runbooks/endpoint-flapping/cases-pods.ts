import type { Told } from './case.ts';
import { notReadyOfPod, type PodIs, unhealthy } from './objects.ts';
import { flapping, heartbeatCauses, podCauses, silences, uncounted } from './told.ts';
import { onePod, quiet, service, slice, type World } from './world.ts';

const others = quiet.pods.slice(1);
const first = (is: Partial<PodIs>, more: Partial<World> = {}): World => ({
  ...quiet,
  pods: [{ name: 'web-1', ...is }, ...others],
  ...more,
});
const alone = (is: Partial<PodIs>, more: Partial<World> = {}): World => ({
  ...first(is, more),
  target: onePod,
  pods: [{ name: 'web-1', ...is }],
});
const failingProbe = { ready: false, changed: 240 } as const;
const beside = { unscheduled: '0/12 nodes are available: 12 Insufficient memory.' };

/** What is the pods' own. */
export const podCases: Readonly<Record<string, Told>> = {
  'probe-fails': {
    about: 'A pod is not ready, nor is its container, which runs: its probe times out.',
    world: alone(failingProbe, {
      podEvents: { 'web-1': [unhealthy(20)] },
      history: { 'web-1': { readyChanges: 6, containerChanges: 6, restarts: 0, failedProbes: 31 } },
    }),
    expect: { confirmed: ['readinessProbe'], recovered: 'ruled-out' },
  },
  'probe-failed-and-well-now': {
    about: 'It is ready again, and the event is still there.',
    world: alone({ changed: 400 }, { podEvents: { 'web-1': [unhealthy(410)] } }),
    expect: { confirmed: ['readinessProbe'], recovered: 'ruled-out' },
  },
  'probe-without-rights-to-events': {
    about: 'Without events nothing says why a container that runs is not ready.',
    world: alone(failingProbe, { history: { 'web-1': { readyChanges: 6, containerChanges: 6 } } }),
    expect: { inconclusive: ['nodeHeartbeat', ...podCauses, ...heartbeatCauses, 'kubeletReport'] },
    failing: ['list Event'],
  },
  'probe-nobody-told': {
    about: 'A container that runs is not ready, and no event says why.',
    world: alone(failingProbe, { history: { 'web-1': { readyChanges: 6, containerChanges: 6 } } }),
    expect: { inconclusive: ['readinessProbe'] },
  },
  'well-again-and-nobody-told': {
    about: 'It is ready again, and no event says why it was not; kube-state-metrics saw that no container changed.',
    world: alone({ changed: 400 }),
    expect: { inconclusive: ['nodeHeartbeat', 'readinessProbe'] },
  },
  'not-ready-on-a-node-that-was-heard': {
    about: 'A pod is called not ready although its containers are ready, on a node that was heard all the time.',
    world: alone({ ready: false, containersReady: true, changed: 600 }),
    expect: { inconclusive: ['nodeHeartbeat', 'readinessProbe'], recovered: 'ruled-out' },
  },
  'probe-of-a-young-pod': {
    about: 'A pod of two minutes whose probe does not succeed yet is starting.',
    world: alone({ ready: false, changed: 120, created: 120 }, { podEvents: { 'web-1': [unhealthy(20)] } }),
    expect: { confirmed: ['rollout'] },
  },
  'probe-that-never-succeeded': {
    about: 'After twenty minutes it is not starting any more.',
    world: alone({ ready: false, changed: 1_200, created: 1_200 }, { podEvents: { 'web-1': [unhealthy(20)] } }),
    expect: { confirmed: ['readinessProbe'] },
  },
  'probe-of-a-pod-that-is-ended': {
    about: 'A probe that fails while its pod is ended on purpose makes nothing flap.',
    world: alone({ ready: false, changed: 20, ending: true }, { podEvents: { 'web-1': [unhealthy(10)] } }),
    expect: { confirmed: ['rollout'] },
  },

  'out-of-memory': {
    about: 'Its container is killed for its memory.',
    world: alone({
      ...{ ready: false, changed: 60, restarts: 9, waiting: { reason: 'CrashLoopBackOff' } },
      ended: { reason: 'OOMKilled', exitCode: 137, secondsAgo: 60 },
    }),
    expect: { confirmed: ['containerEnds'], recovered: 'ruled-out' },
  },
  'ended-and-runs-again': {
    about: 'Its container ended ten minutes ago, and runs again.',
    world: alone({ changed: 580, restarts: 3, ended: { reason: 'Error', exitCode: 1, secondsAgo: 600 } }),
    expect: { confirmed: ['containerEnds'] },
  },
  'out-of-memory-and-its-probe': {
    about: 'Its container is killed for its memory, again and again; whoever probes it between gets no answer.',
    world: alone(
      {
        ...{ ready: false, changed: 60, restarts: 9, waiting: { reason: 'CrashLoopBackOff' } },
        ended: { reason: 'OOMKilled', exitCode: 137, secondsAgo: 60 },
      },
      { podEvents: { 'web-1': [unhealthy(61, 9)] } },
    ),
    expect: { confirmed: ['containerEnds'], inconclusive: ['readinessProbe'], recovered: 'ruled-out' },
  },
  'started-again-and-its-probe': {
    about: 'Its container ended ten minutes ago, and its probe failed while it started.',
    world: alone(
      { changed: 400, restarts: 3, ended: { reason: 'Error', exitCode: 1, secondsAgo: 600 } },
      { podEvents: { 'web-1': [unhealthy(410)] } },
    ),
    expect: { confirmed: ['containerEnds'], inconclusive: ['readinessProbe'] },
  },
  'started-again-and-its-probe-fails-since': {
    about: 'Its container ended twenty minutes ago and runs since; its probe fails all the same.',
    world: alone(
      { ...failingProbe, restarts: 3, ended: { reason: 'Error', exitCode: 1, secondsAgo: 1_200 } },
      { podEvents: { 'web-1': [unhealthy(20)] } },
    ),
    expect: { confirmed: ['containerEnds', 'readinessProbe'] },
  },
  'ended-yesterday': {
    about: 'What ended yesterday is another story: now its probe fails.',
    world: alone(
      { ...failingProbe, restarts: 3, ended: { reason: 'Error', exitCode: 1, secondsAgo: 86_400 } },
      { podEvents: { 'web-1': [unhealthy(20)] } },
    ),
    expect: { confirmed: ['readinessProbe'] },
  },
  failed: {
    about: 'A pod that has failed, and is started by nobody.',
    world: alone({ ready: false, changed: 300, phase: 'Failed', why: { reason: 'Error', message: 'exit code 2' } }),
    expect: { confirmed: ['containerEnds'] },
  },

  'readiness-gate': {
    about: 'The controller of the load balancer keeps its gate closed.',
    world: alone({ ready: false, containersReady: true, changed: 300, gate: 'target-health.elbv2.k8s.aws/web' }),
    expect: { confirmed: ['readinessGate'] },
  },

  'gate-of-a-pod-that-is-well-again': {
    about: 'It has a readiness gate, is ready again, and no event says why it was not.',
    world: alone({ changed: 400, gate: 'target-health.elbv2.k8s.aws/web', gateOpen: true }),
    expect: { inconclusive: ['nodeHeartbeat', 'readinessProbe', 'readinessGate'] },
  },

  'image-not-found': {
    about: 'The image of a pod cannot be pulled.',
    world: alone({
      ...{ ready: false, changed: 1_000, created: 1_000, phase: 'Pending' },
      waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "web:v13"' },
    }),
    expect: { confirmed: ['notStarted'] },
  },
  'no-node-takes-it': {
    about: 'No node has room for a pod: nothing about a node can be seen.',
    world: {
      ...alone({ ready: false, changed: 1_000, created: 1_000, phase: 'Pending', node: null, ...beside }),
      target: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
    },
    expect: {
      confirmed: ['notStarted'],
      inconclusive: [...heartbeatCauses, 'kubeletReport', 'nodeHeartbeat'],
      recovered: 'inconclusive',
    },
  },
  'pending-for-10-minutes': {
    about: 'Nothing says why it has been Pending for ten minutes.',
    world: alone({ ready: false, changed: 600, created: 600, phase: 'Pending' }),
    expect: { confirmed: ['notStarted'] },
  },
  'just-made': {
    about: 'A pod that has just been made.',
    world: alone({ ready: false, changed: 5, created: 5, phase: 'Pending' }),
    expect: { confirmed: ['rollout'] },
  },

  'rollout-of-the-service': {
    about: 'Pods are replaced one by one.',
    world: {
      ...quiet,
      target: service,
      pods: [
        { name: 'web-1', ready: false, changed: 10, ending: true },
        { name: 'web-5', changed: 30, created: 60 },
        ...others,
      ],
    },
    expect: { confirmed: ['rollout'] },
  },
  evicted: {
    about: 'A pod was evicted.',
    world: first({ ready: false, changed: 300, phase: 'Failed', why: { reason: 'Evicted', message: 'low on memory' } }),
    expect: { confirmed: ['rollout'] },
  },
  'job-ended': {
    about: 'The end of a Job is no trouble.',
    world: first({ ready: false, changed: 300, phase: 'Succeeded', owner: 'Job' }),
    expect: { recovered: 'confirmed' },
  },
  'pod-gone': {
    about: 'The pod of the alert does not exist any more.',
    world: { ...quiet, target: onePod, pods: [] },
    expect: { inconclusive: ['nodeHeartbeat', ...podCauses], recovered: 'inconclusive' },
  },
  'pod-gone-from-a-silent-node': {
    about: 'The pod is gone, and its node was silent.',
    world: { ...flapping(), target: onePod, pods: [] },
    expect: {
      confirmed: ['graceTooSmall'],
      inconclusive: ['nodeHeartbeat', ...podCauses],
      recovered: 'inconclusive',
    },
  },

  'service-of-a-silent-node': {
    about: 'Two of the endpoints are on a node that was silent, two are not.',
    world: {
      ...flapping(),
      target: service,
      pods: quiet.pods.map((one, index) => (index < 2 ? { ...one, changed: 390 } : { ...one, node: 'worker-9' })),
    },
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'] },
  },
  'service-without-slices': {
    about: 'Slices are not served, or may not be read: the pods tell.',
    world: { ...flapping(), target: service },
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat'] },
    failing: ['list EndpointSlice'],
  },
  'slice-of-a-silent-node': {
    about: 'Our rule names a slice; its Service is looked up.',
    world: {
      ...flapping(60, 2),
      target: slice,
      node: { ready: 'Unknown', since: 20 },
      events: silences(20, undefined),
      pods: quiet.pods.map((one) => ({ ...one, ready: false, containersReady: true, changed: 20 })),
    },
    expect: { confirmed: ['nodeHeartbeat'], inconclusive: ['clockJumped', 'graceTooSmall', ...uncounted] },
  },
  'service-of-a-thousand': {
    about: 'The pods that were looked at are well; there are more.',
    world: { ...quiet, target: service, more: true },
    expect: { inconclusive: ['nodeHeartbeat', ...podCauses], recovered: 'inconclusive' },
  },

  'node-and-probe': {
    about: 'Two causes at once: the node falls silent, and a probe of one of its pods fails now and then.',
    world: {
      ...flapping(),
      pods: [{ name: 'web-1', ...failingProbe }, ...flapping().pods.slice(1)],
      podEvents: { ...flapping().podEvents, 'web-1': [notReadyOfPod(400), unhealthy(20)] },
    },
    expect: { confirmed: ['graceTooSmall', 'nodeHeartbeat', 'readinessProbe'] },
  },
  'kubelet-says-so': {
    about: 'The kubelet itself says NotReady: its runtime is down. Its pods stay as they are.',
    world: { ...quiet, node: { ready: 'False', since: 90, message: 'container runtime is down' } },
    expect: { confirmed: ['kubeletReport'], recovered: 'ruled-out' },
  },
  'kubelet-said-so': {
    about: 'The kubelet said NotReady ten minutes ago, and Ready since.',
    world: {
      ...quiet,
      node: { since: 560 },
      events: [
        { reason: 'NodeNotReady', last: 600 },
        { reason: 'NodeReady', last: 560 },
      ],
    },
    expect: { confirmed: ['kubeletReport'] },
  },
};
