import type { Case } from '../../../engine/replay.ts';
import { none, one, without } from './compose.ts';
import { around, at, before, bodies, events, type PodIs, pod } from './world.ts';

const DAY = 86_400;
type End = NonNullable<NonNullable<PodIs['container']>['ended']>;

/** A pod made 200 days ago, whose container runs; of its restarts only the last end is told. */
function again(end: Partial<End>, restarts = 2, more: PodIs = {}) {
  const ended = { reason: 'Error', exitCode: 1, startedAt: before(100 * DAY), finishedAt: before(300), ...end };
  return {
    ...around,
    [at.pod]: pod({ madeBefore: 200 * DAY, container: { restarts, ended }, ...more }),
    [at.log]: 'starting\npanic: no such table: orders\n',
  };
}

const rebooted = (seconds: number) => ({
  [at.nodeEvents]: {
    items: [
      {
        metadata: { creationTimestamp: before(seconds) },
        ...{ type: 'Warning', reason: 'Rebooted', count: 1, lastTimestamp: before(seconds) },
        message: 'Node worker-3 has been rebooted, boot id: 5c1f',
        source: { component: 'kubelet' },
      },
    ],
  },
});
const lost = { reason: 'Unknown', exitCode: 255 };
const open = { ...none, containerEnds: 'inconclusive' } as const;
const ends = { ...none, containerEnds: 'confirmed' } as const;
const crashLoop = (end: Partial<End>) => ({
  ready: false,
  container: {
    restarts: 4,
    waiting: { reason: 'CrashLoopBackOff' },
    ended: { reason: 'Error', exitCode: 1, startedAt: before(290), finishedAt: before(280), ...end },
  },
});

/** Whether a container ends by itself, and again and again: `restartCount` is of its whole life. */
export const endCases: Readonly<Record<string, Case>> = {
  'restarted-with-its-machine': one(
    'Its machine was started anew: containerd found the container dead, and nobody saw it end.',
    bodies({ ...again(lost), ...rebooted(290) }),
    open,
  ),
  'restarted-with-its-machine-in-docker': one(
    'The same of Docker, which gives no reason; it was made this morning, and started anew twice.',
    bodies({ ...again({ exitCode: 255, startedAt: before(1_700) }, 2, { madeBefore: 1_800 }), ...rebooted(400) }),
    open,
  ),
  'asked-to-end-with-its-machine': one(
    'Its machine is shut down in order, and it leaves with exit code 1 when it is asked to.',
    bodies({ ...again({ startedAt: before(1_700), finishedAt: before(400) }), ...rebooted(290) }),
    open,
  ),
  'ended-and-nobody-saw-it': one(
    'It was found dead, and no event tells of its machine: a restart of the runtime looks so.',
    bodies(again(lost, 4, { madeBefore: 1_800 })),
    open,
  ),
  'ends-in-a-loop-since-a-reboot': one(
    'Since its machine was started anew 5 minutes ago, it ends with exit code 1 whenever it is started.',
    bodies({ ...again({}, 4, crashLoop({ startedAt: before(90), finishedAt: before(80) })), ...rebooted(290) }),
    ends,
  ),
  'ends-with-255-long-after-a-reboot': one(
    'Its machine was started anew half an hour before; since then it ends with exit code 255, which is -1.',
    bodies({ ...again({}, 4, crashLoop({ exitCode: 255 })), ...rebooted(1_800) }),
    ends,
  ),
  'two-restarts-in-200-days': one(
    'Started anew twice in 200 days, the last time 5 minutes before: that is an accident, or a slow pattern.',
    bodies(again({})),
    open,
  ),
  'started-anew-and-ended-again': one(
    'A pod of 200 days ends 20 minutes after it was started anew, and runs now: two ends within half an hour.',
    bodies(again({ startedAt: before(1_500) }, 9)),
    ends,
  ),
  'waits-to-be-started-anew': one(
    'Its kubelet waits before it starts it anew; when its last run began is of long ago.',
    bodies(again({}, 4, crashLoop({ startedAt: before(30_000) }))),
    ends,
  ),
  'static-pod-made-anew-in-the-api': one(
    'A static pod, whose object is young and whose count is of its whole life; it ended once.',
    bodies({
      ...without(around, at.set, at.deployment, at.versions),
      [at.pod]: pod({
        owner: { kind: 'Node', name: 'worker-3' },
        container: {
          restarts: 12,
          ended: { reason: 'Error', exitCode: 1, startedAt: before(90 * DAY), finishedAt: before(300) },
        },
      }),
      [at.log]: 'starting\n',
      [events('shop', 'Pod', 'web-1')]: { items: [] },
    }),
    { ...open, newVersion: 'inconclusive' },
  ),
};
