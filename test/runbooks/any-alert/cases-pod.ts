import type { Case } from '../../../engine/replay.ts';
import { ended, failing, none, one, open, rolledOut, without } from './compose.ts';
import { around, at, before, bodies, events, graph, node, pod, relieved, version, workload } from './world.ts';

/** Turned back so many seconds before to a version that was the newest once, months ago. */
function turnedBack(seconds: number) {
  const again = version('web-7d9', 13, before(13_000_000), 0, 1);
  Object.assign(again.metadata.annotations, { 'deployment.kubernetes.io/revision-history': '8' });
  const changed = workload('web', 3, 4);
  changed.metadata.managedFields = [{ manager: 'kubectl-rollout', time: before(seconds) }];
  const old = version('web-5c4', 12, before(8_000_000), 3, 3);
  return { [at.set]: again, [at.deployment]: changed, [at.versions]: { items: [old, again] } };
}

/** The kubelet ended this container so many seconds before the alert began. */
function killed(seconds: number, container = 'web') {
  return {
    metadata: { creationTimestamp: before(seconds) },
    ...{ type: 'Normal', reason: 'Killing', count: 4, lastTimestamp: before(seconds) },
    message: `Container ${container} failed liveness probe, will be restarted`,
    source: { component: 'kubelet' },
  };
}

/** No node was given to the pod, as its condition `PodScheduled` says. */
const withoutNode = (reason: string, message: string) => {
  const conditions = [{ type: 'PodScheduled', status: 'False', reason, message }];
  const waiting = pod({ phase: 'Pending', ready: false, node: null, container: null, conditions });
  return bodies(without({ ...around, [at.pod]: waiting }, at.node, at.nodeEvents));
};

/** Alerts about a pod. */
export const podCases: Readonly<Record<string, Case>> = {
  'well-and-still-firing': one('Nothing is wrong with the pod, and the expression holds.', bodies(around), none, {
    recovered: 'ruled-out',
  }),
  'well-and-over': one(
    'Nothing is wrong with the pod, and the expression gives nothing since ten minutes.',
    bodies({ ...around, [at.expression]: graph(10) }),
    none,
    { recovered: 'confirmed' },
  ),
  'prometheus-scrapes-nothing': one(
    'That the expression gives nothing says nothing: Prometheus has stopped to scrape.',
    bodies({ ...around, [at.expression]: graph(10), [at.scraped]: [] }),
    none,
    { recovered: 'inconclusive' },
  ),
  'expression-of-another-pod': one(
    'The expression holds for another pod only.',
    bodies({ ...around, [at.expression]: graph(0, { namespace: 'shop', pod: 'web-2' }) }),
    none,
    { recovered: 'confirmed' },
  ),
  evicted: one(
    'The pod itself was evicted; its alert is over.',
    bodies({
      ...around,
      [at.pod]: pod({ phase: 'Failed', ready: false, container: null }),
      [at.expression]: graph(10),
    }),
    none,
    { recovered: 'ruled-out' },
  ),
  'evicted-for-memory-that-is-there-again': one(
    'Its node ran short of memory and ended the pod; it is under no pressure any more.',
    bodies({
      ...around,
      [at.pod]: {
        ...pod({ phase: 'Failed', ready: false, container: null }),
        status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
      },
      [at.expression]: graph(10),
    }),
    { ...none, nodeTrouble: 'inconclusive' },
    { recovered: 'ruled-out' },
  ),
  'pressure-that-came-and-went': one(
    'Its container ended while its node was short of memory, which is over: the kubelet dates the end of it.',
    bodies({ ...around, ...ended(-900, 4), [at.node]: relieved(600) }),
    { ...none, nodeTrouble: 'inconclusive', containerEnds: 'confirmed' },
  ),
  'asked-by-a-person': one(
    'Without an alert there is no expression.',
    bodies(without(around, at.expression, at.scraped)),
    none,
    {
      alert: undefined,
      since: undefined,
      recovered: 'inconclusive',
    },
  ),

  'out-of-memory': one(
    'The container is killed for its memory, as it has been for days.',
    bodies({ ...around, ...ended(-900, 56, 'OOMKilled', 137) }),
    { ...none, memoryLimit: 'confirmed' },
    { recovered: 'ruled-out' },
  ),
  'out-of-memory-without-a-limit': one(
    'It has no memory limit: another pod leaks, its node runs out of memory, and the kernel ends this one.',
    bodies({
      ...around,
      ...ended(-900, 4, 'OOMKilled', 137, { memoryLimit: null }),
      [at.node]: node('True', true),
    }),
    { ...none, nodeMemory: 'confirmed', nodeTrouble: 'confirmed' },
  ),
  'out-of-memory-beside-a-full-node': one(
    'It is killed for its memory and has a limit; its node is short of memory as well.',
    bodies({ ...around, ...ended(-900, 4, 'OOMKilled', 137), [at.node]: node('True', true) }),
    { ...none, memoryLimit: 'inconclusive', nodeMemory: 'inconclusive', nodeTrouble: 'confirmed' },
  ),
  'out-of-memory-and-no-word-of-a-limit': one(
    'It is killed for its memory, and the answer tells nothing of its limits.',
    bodies({ ...around, ...ended(-900, 4, 'OOMKilled', 137, { unspecified: true }) }),
    { ...none, memoryLimit: 'inconclusive', nodeMemory: 'inconclusive' },
  ),
  'crash-loop': one('The container ends with exit code 1.', bodies({ ...around, ...ended(-900, 4) }), {
    ...none,
    containerEnds: 'confirmed',
  }),
  'crashed-20-minutes-before': one(
    'It ended some time before the alert had waited long enough.',
    bodies({ ...around, ...ended(1_200, 4) }),
    { ...none, containerEnds: 'confirmed' },
  ),
  'crashed-2-hours-before': one(
    'What ended long before it began is another story.',
    bodies({ ...around, ...ended(7_200, 4) }),
    none,
  ),
  'crashed-once': one('Started anew once is an accident.', bodies({ ...around, ...ended(-900, 1) }), none),
  'crash-loop-without-rights-to-logs': one(
    'What it wrote last may not be read: the verdict stands without.',
    { ...bodies(without({ ...around, ...ended(-900, 4) }, at.log)), ...failing('forbidden', at.log) },
    { ...none, containerEnds: 'confirmed' },
  ),
  'image-not-found': one(
    'The image cannot be pulled.',
    bodies({
      ...around,
      [at.pod]: pod({
        phase: 'Pending',
        ready: false,
        container: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "web:v13"' } },
      }),
    }),
    { ...none, cannotStart: 'confirmed' },
  ),
  'no-node-takes-it': one(
    'No node has enough memory.',
    withoutNode('Unschedulable', '0/12 nodes are available: 12 Insufficient memory.'),
    { ...open, newVersion: 'ruled-out', unscheduled: 'confirmed' },
    { target: { kind: 'Pod', namespace: 'shop', name: 'web-1' } },
  ),
  'held-back-by-a-gate': one(
    'Its queue has not let it go: it is held back by a scheduling gate.',
    withoutNode('SchedulingGated', 'Scheduling is blocked due to non-empty scheduling gates'),
    { ...open, newVersion: 'ruled-out' },
    { target: { kind: 'Pod', namespace: 'shop', name: 'web-1' } },
  ),
  'not-scheduled-yet': one(
    'It has just been made.',
    bodies(
      without(
        { ...around, [at.pod]: pod({ phase: 'Pending', ready: false, node: null, container: null }) },
        at.node,
        at.nodeEvents,
      ),
    ),
    { ...open, newVersion: 'ruled-out' },
    { target: { kind: 'Pod', namespace: 'shop', name: 'web-1' } },
  ),
  'node-silent': one(
    'The node of the pod has fallen silent.',
    bodies({ ...around, [at.node]: node('Unknown'), [at.pod]: pod({ ready: false, container: { ready: true } }) }),
    { ...none, nodeTrouble: 'confirmed' },
  ),
  'node-gone': one('The node of the pod does not exist any more.', bodies({ ...around, [at.node]: null }), {
    ...none,
    nodeTrouble: 'confirmed',
  }),
  'pod-gone': one(
    'The pod does not exist any more.',
    bodies({ ...without(around, at.set, at.deployment, at.versions), [at.pod]: null }),
    { ...open, nodeTrouble: 'ruled-out' },
    { recovered: 'ruled-out' },
  ),

  'new-version-fails': one(
    'Since the rollout the new pods crash, and the old ones serve.',
    bodies({ ...around, ...rolledOut(1_800), ...ended(-900, 4) }),
    { ...none, newVersion: 'confirmed', containerEnds: 'confirmed' },
  ),
  'new-version-30-seconds-after': one(
    'Two clocks: the rollout seems to have come just after.',
    bodies({ ...around, ...rolledOut(-30), ...ended(-900, 4) }),
    { ...none, newVersion: 'confirmed', containerEnds: 'confirmed' },
  ),
  'new-version-5-minutes-after': one(
    'A rollout that came afterwards is what somebody did about it.',
    bodies({ ...around, ...rolledOut(-300), ...ended(-900, 4) }),
    { ...none, newVersion: 'inconclusive', containerEnds: 'confirmed' },
  ),
  'new-version-2-hours-before': one(
    'A rollout of two hours before has served its time.',
    bodies({ ...around, ...rolledOut(7_200), ...ended(-900, 4) }),
    { ...none, containerEnds: 'confirmed' },
  ),
  'turned-back-to-a-bad-version': one(
    'A rollback to the version of June, half an hour before: its ReplicaSet is as old as that, its rollout is not.',
    bodies({ ...around, ...turnedBack(1_800), ...ended(-900, 4) }),
    { ...none, newVersion: 'inconclusive', containerEnds: 'confirmed' },
  ),
  'turned-back-long-before': one(
    'The rollback was days ago, and nobody has changed the Deployment since.',
    bodies({ ...around, ...turnedBack(400_000), ...ended(-900, 4) }),
    { ...none, containerEnds: 'confirmed' },
  ),
  'ended-by-its-liveness-probe': one(
    'Its kubelet ends the container, because its liveness probe fails: exit code 137, and no defect that ends it.',
    bodies({ ...around, ...ended(-900, 4, 'Error', 137), [events('shop', 'Pod', 'web-1')]: { items: [killed(-870)] } }),
    { ...none, probeEnds: 'confirmed' },
  ),
  'ended-by-its-liveness-probe-in-order': one(
    'The same of a container that ends in order when it is asked to.',
    bodies({
      ...around,
      ...ended(-900, 4, 'Completed', 0),
      [events('shop', 'Pod', 'web-1')]: { items: [killed(-890)] },
    }),
    { ...none, probeEnds: 'confirmed' },
  ),
  'ended-by-itself-and-by-its-liveness-probe': one(
    'Its kubelet ended it half an hour ago; its last end it made itself, or was asked for.',
    bodies({ ...around, ...ended(-900, 4), [events('shop', 'Pod', 'web-1')]: { items: [killed(-30)] } }),
    { ...none, probeEnds: 'confirmed', containerEnds: 'inconclusive' },
  ),
  'ended-in-order-75-minutes-ago': one(
    'Exit code 0, and no event of whether it was asked to: events live an hour.',
    bodies({ ...around, ...ended(2_700, 4, 'Completed', 0) }),
    { ...none, probeEnds: 'inconclusive', containerEnds: 'inconclusive' },
  ),
  'another-container-ended-by-its-probe': one(
    'Its kubelet ended another container of the pod.',
    bodies({ ...around, ...ended(-900, 4), [events('shop', 'Pod', 'web-1')]: { items: [killed(-870, 'mesh')] } }),
    { ...none, containerEnds: 'confirmed' },
  ),
  'ended-by-a-signal': one(
    'SIGKILL, and no event says from whom.',
    bodies({ ...around, ...ended(-900, 4, 'Error', 137) }),
    { ...none, containerEnds: 'inconclusive' },
  ),
  'ended-in-order-without-rights-to-events': one(
    'Exit code 0, and the events that would tell whether it was asked to may not be read.',
    {
      ...bodies(without({ ...around, ...ended(-900, 4, 'Completed', 0) }, events('shop', 'Pod', 'web-1'))),
      ...failing('forbidden', events('shop', 'Pod', 'web-1')),
    },
    { ...none, probeEnds: 'inconclusive', containerEnds: 'inconclusive' },
  ),
  'new-version-well': one(
    'A rollout came just before, and went well.',
    bodies({ ...around, ...rolledOut(600, 1) }),
    none,
  ),
};
