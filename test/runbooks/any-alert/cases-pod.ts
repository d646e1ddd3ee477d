import type { Case } from '../../../engine/replay.ts';
import { ended, failing, none, one, open, rolledOut, without } from './compose.ts';
import { around, at, bodies, graph, node, pod } from './world.ts';

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
    bodies(
      without(
        {
          ...around,
          [at.pod]: pod({
            phase: 'Pending',
            ready: false,
            node: null,
            container: null,
            conditions: [
              {
                type: 'PodScheduled',
                status: 'False',
                reason: 'Unschedulable',
                message: '0/12 nodes are available: 12 Insufficient memory.',
              },
            ],
          }),
        },
        at.node,
        at.nodeEvents,
      ),
    ),
    { ...open, newVersion: 'ruled-out', unscheduled: 'confirmed' },
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
  'new-version-well': one(
    'A rollout came just before, and went well.',
    bodies({ ...around, ...rolledOut(600, 1) }),
    none,
  ),
};
