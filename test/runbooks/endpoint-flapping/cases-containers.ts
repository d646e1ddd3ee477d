import type { Told } from './case.ts';
import type { EventIs, PodIs } from './objects.ts';
import { silences, uncounted } from './told.ts';
import { onePod, quiet, service, type World } from './world.ts';

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;
const others = quiet.pods.slice(1);
const alone = (is: Partial<PodIs>, ...events: readonly EventIs[]): World => ({
  ...quiet,
  target: onePod,
  pods: [{ name: 'web-1', ...is }],
  podEvents: { 'web-1': events },
});

const anHourAgo = { reason: 'Error', exitCode: 1, secondsAgo: HOUR };
const lately = { reason: 'OOMKilled', exitCode: 137, secondsAgo: MINUTE };
const unready = { ready: false, changed: HOUR } as const;
const looping = { restarts: 7, waiting: { reason: 'CrashLoopBackOff' }, ended: lately };
const starting: Partial<PodIs> = { ready: false, changed: 1_200, created: 1_200, started: false };
const startup: EventIs = {
  ...{ reason: 'Unhealthy', last: 30, count: 90, stored: 1_100 },
  message: 'Startup probe failed: HTTP probe failed with statuscode: 503',
};
const meshProbe: EventIs = {
  ...{ reason: 'Unhealthy', last: 70, count: 5, stored: 600 },
  message: 'Readiness probe failed: Get "http://10.1.3.70:15021/healthz/ready": connect: connection refused',
};

/** Containers that do not run: sidecars, what waits, what ended long ago, what is still starting. */
const containerCases: Readonly<Record<string, Told>> = {
  'sidecar-out-of-memory': {
    about: 'A native sidecar is killed for its memory again and again; the container itself is well.',
    world: alone({ ready: false, changed: 120, init: { sidecar: true, ...looping } }),
    expect: { confirmed: ['containerEnds'], recovered: 'ruled-out' },
  },
  'sidecar-out-of-memory-and-its-probe': {
    about: 'The same, and whoever probes it between gets no answer.',
    world: alone({ ready: false, changed: 120, init: { sidecar: true, ...looping } }, meshProbe),
    expect: { confirmed: ['containerEnds'], inconclusive: ['readinessProbe'], recovered: 'ruled-out' },
  },
  'sidecar-probe-nobody-told': {
    about: 'A native sidecar runs and is not ready, and no event says why.',
    world: {
      ...alone({ ready: false, changed: 120, init: { sidecar: true } }),
      history: { 'web-1': { readyChanges: 6, containerChanges: 6 } },
    },
    expect: { inconclusive: ['readinessProbe'], recovered: 'ruled-out' },
  },
  'ended-before-the-others-start': {
    about: 'A container that must end well before the others start fails again and again.',
    world: alone({ ...unready, created: HOUR, phase: 'Pending', init: { sidecar: false, ...looping } }),
    expect: { confirmed: ['containerEnds', 'notStarted'], recovered: 'ruled-out' },
  },
  'ended-well-before-the-others-started': {
    about: 'It needed two attempts before it ended well, and the pod is ready since.',
    world: alone({
      ...{ changed: 200, created: 400 },
      init: { sidecar: false, ready: true, restarts: 2, over: { reason: 'Completed', exitCode: 0, secondsAgo: 210 } },
    }),
    expect: { confirmed: ['rollout'] },
  },
  'config-map-gone-after-its-end': {
    about: 'Its container ended an hour ago, and waits since for a ConfigMap that is gone.',
    world: alone({
      ...{ ...unready, restarts: 1, ended: anHourAgo },
      waiting: { reason: 'CreateContainerConfigError', message: 'configmap "web" not found' },
    }),
    expect: { confirmed: ['notStarted'], inconclusive: ['containerEnds'], recovered: 'ruled-out' },
  },
  'image-gone-after-its-end': {
    about: 'Its container ended ten minutes ago, and its image cannot be pulled any more.',
    world: alone({
      ...{ ready: false, changed: 600, restarts: 1, ended: { ...anHourAgo, secondsAgo: 600 } },
      waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "web:v13"' },
    }),
    expect: { confirmed: ['containerEnds', 'notStarted'], recovered: 'ruled-out' },
  },
  'command-not-found': {
    about: 'It is started again and again, and never runs: its command does not exist.',
    world: alone({
      ...{ ...unready, restarts: 14, waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
      ended: { reason: 'StartError', exitCode: 128, secondsAgo: 56 * 365 * DAY, message: 'exec: "wbe": not found' },
    }),
    expect: { confirmed: ['notStarted'], recovered: 'ruled-out' },
  },
  'made-again-and-not-told-why': {
    about: 'It ended an hour ago, and is being made; what that waits for is not told.',
    world: alone({ ...unready, restarts: 1, ended: anHourAgo, waiting: { reason: 'ContainerCreating' } }),
    expect: { inconclusive: ['containerEnds', 'notStarted'], recovered: 'ruled-out' },
  },
  'ended-well-an-hour-ago': {
    about: 'Its container ended well an hour ago, and by its policy is not started again.',
    world: alone({ ...unready, over: { reason: 'Completed', exitCode: 0, secondsAgo: HOUR } }),
    expect: { confirmed: ['containerEnds'], recovered: 'ruled-out' },
  },
  'startup-probe-fails': {
    about: 'It runs for twenty minutes, and its startup probe never succeeded.',
    world: alone({ ...starting, runs: 1_190 }, startup),
    expect: { confirmed: ['notStarted'], recovered: 'ruled-out' },
  },
  'startup-probe-nobody-told': {
    about: 'The same, with its events forgotten.',
    world: alone({ ...starting, runs: 1_190 }),
    expect: { confirmed: ['notStarted'], recovered: 'ruled-out' },
  },
  'startup-probe-ends-it': {
    about: 'Its kubelet ends it because its startup probe does not succeed, again and again.',
    world: alone(
      { ...starting, runs: 100, restarts: 3, ended: { reason: 'Error', exitCode: 143, secondsAgo: 110 } },
      startup,
      { reason: 'Killing', last: 115, message: 'Container web failed startup probe, will be restarted' },
    ),
    expect: { confirmed: ['containerEnds', 'notStarted'], recovered: 'ruled-out' },
  },
  'out-of-memory-while-it-starts': {
    about: 'It is killed for its memory while it starts; whoever probes it between gets no answer.',
    world: alone({ ...starting, runs: 50, restarts: 3, ended: lately }, startup),
    expect: { confirmed: ['containerEnds'], inconclusive: ['notStarted'], recovered: 'ruled-out' },
  },
  'started-anew-and-not-told-why': {
    about:
      'It was started four minutes ago, its startup probe has not succeeded yet, and how it came to that is forgotten.',
    world: alone({ ...starting, runs: 240 }),
    expect: { inconclusive: ['notStarted'], recovered: 'ruled-out' },
  },
};

const stuck: Partial<PodIs> = { ready: false, changed: 3 * DAY, ending: true, overdue: 3 * DAY };

/** Pods that are being ended, for longer than they were given. */
const endingCases: Readonly<Record<string, Told>> = {
  'does-not-go-for-three-days': {
    about: 'It was asked to go three days ago; a finalizer keeps it.',
    world: {
      ...quiet,
      target: service,
      pods: [{ name: 'web-1', ...stuck, finalizers: ['example.com/drain'] }, ...others],
    },
    expect: { confirmed: ['doesNotGo'], inconclusive: ['rollout'], recovered: 'ruled-out' },
  },
  'does-not-go-for-twenty-minutes': {
    about: 'It should have been gone for twenty minutes, and its container still runs.',
    world: alone({ ready: false, changed: 1_230, ending: true, overdue: 1_200 }),
    expect: { confirmed: ['doesNotGo'], inconclusive: ['rollout'], recovered: 'ruled-out' },
  },
  'goes-a-minute-late': {
    about: 'Its grace period was over a minute ago, and its volumes are being unmounted.',
    world: alone({ ready: false, changed: 90, ending: true, overdue: MINUTE }),
    expect: { confirmed: ['rollout'], recovered: 'confirmed' },
  },
  'does-not-go-from-a-silent-node': {
    about: 'Its node fell silent three hours ago; five minutes later it was asked to go, and nobody there ends it.',
    world: {
      ...alone({ ready: false, containersReady: true, changed: 3 * HOUR, ending: true, overdue: 3 * HOUR - 330 }),
      node: { ready: 'Unknown', since: 3 * HOUR },
      lease: { age: 3 * HOUR + 40 },
      heartbeats: { age: (minutesAgo) => 3 * HOUR + 40 - minutesAgo * MINUTE, unknown: [0, 10, 20, 30] },
    },
    expect: {
      confirmed: ['nodeHeartbeat', 'doesNotGo'],
      inconclusive: ['clockJumped', 'rollout', ...uncounted],
      recovered: 'ruled-out',
    },
  },
  'asked-to-go-from-a-silent-node': {
    about: 'Its node fell silent six minutes ago, and a minute ago it was asked to go.',
    world: {
      ...alone({ ready: false, containersReady: true, changed: 360, ending: true }),
      node: { ready: 'Unknown', since: 360 },
      lease: { age: 400 },
      events: silences(360, undefined, 1),
      heartbeats: {
        age: (minutesAgo) => (minutesAgo > 6 ? 9.8 : 400 - minutesAgo * MINUTE),
        unknown: [0, 1, 2, 3, 4, 5],
      },
    },
    expect: {
      confirmed: ['nodeHeartbeat', 'rollout'],
      inconclusive: ['clockJumped', ...uncounted],
      recovered: 'ruled-out',
    },
  },
};

export const wayCases: Readonly<Record<string, Told>> = { ...containerCases, ...endingCases };
