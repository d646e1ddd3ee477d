import type { Told } from './case.ts';
import { deadLiveness, deafLiveness, killing, lines } from './objects.ts';
import { crashing, one } from './told.ts';

const sigkill = { reason: 'Error', exitCode: 137, secondsAgo: 90 };
const probed = { ...crashing, ended: { reason: 'Completed', exitCode: 0, secondsAgo: 90 } };
const orphan = { world: one(probed, lines.quiet, null), recovered: 'ruled-out' } as const;
const events = { 'coredns-a': [deadLiveness(95)] };
const shutsDown = [
  '[INFO] SIGTERM: Shutting down servers then terminating',
  '[INFO] plugin/health: Going into lameduck mode for 5s',
];
const notReady = {
  'coredns-a': [
    {
      ...{ reason: 'Unhealthy', last: 20 },
      message:
        'Readiness probe failed: Get "http://10.244.1.7:8181/ready": dial tcp 10.244.1.7:8181: connect: connection refused',
    },
  ],
};

/** Whether the kubelet ends containers of CoreDNS because their liveness probe fails. */
export const livenessCases: Readonly<Record<string, Told>> = {
  liveness: {
    about: 'The kubelet ends it, and nothing holds back its CPU.',
    world: { ...orphan.world, events },
    expect: { confirmed: ['livenessFails'], inconclusive: ['nodeNetwork'], recovered: 'ruled-out' },
  },
  'liveness-because-it-is-held-back': {
    about: 'Its CPU limit explains that it does not answer in time.',
    world: {
      ...one({ ...probed, limits: { cpu: '100m', memory: '170Mi' } }, lines.quiet, null),
      ...{ events, processes: { 'coredns-a': { cores: 0.1, throttled: 0.4 }, 'coredns-b': { cores: 0.05 } } },
    },
    expect: { confirmed: ['cpuThrottled'], inconclusive: ['nodeNetwork', 'livenessFails'] },
  },
  'liveness-with-a-limit-that-does-nothing': {
    about: 'It has a CPU limit that hardly ever held it back.',
    world: {
      ...one({ ...probed, limits: { cpu: '100m', memory: '170Mi' } }, lines.quiet, null),
      ...{ events, processes: { 'coredns-a': { cores: 0.01, throttled: 0.02 } } },
    },
    expect: { confirmed: ['livenessFails'], inconclusive: ['nodeNetwork'] },
  },
  'liveness-with-a-limit-that-nobody-scrapes': {
    about: 'Whether its limit explains it is not known.',
    world: { ...one({ ...probed, limits: { cpu: '100m' } }, lines.quiet, null), events },
    expect: { inconclusive: ['nodeNetwork', 'livenessFails', 'cpuThrottled'] },
  },
  'liveness-without-events': {
    about: 'It ends, and nobody may see why.',
    world: { ...orphan.world, events },
    failing: ['list Event'],
    expect: { inconclusive: ['nodeNetwork', 'livenessFails'] },
  },
  'liveness-an-hour-ago': {
    about: 'An event of an hour ago says nothing of this end; and yet somebody told it to end.',
    world: { ...orphan.world, events: { 'coredns-a': [deadLiveness(3_300)] } },
    expect: { inconclusive: ['nodeNetwork', 'livenessFails'], recovered: 'ruled-out' },
  },
  'liveness-25-minutes-ago': {
    about: 'Counted up and dated within the half hour: it goes on.',
    world: { ...orphan.world, events: { 'coredns-a': [deadLiveness(1_500)] } },
    expect: { confirmed: ['livenessFails'], inconclusive: ['nodeNetwork'] },
  },
  'liveness-and-its-kubelet-says-so': {
    about: 'It hangs and does not go when asked to: SIGKILL, and an event that tells who sent it.',
    world: {
      ...one({ ...crashing, ended: sigkill }, lines.quiet, null),
      events: { 'coredns-a': [deadLiveness(125), killing(124)] },
    },
    expect: { confirmed: ['livenessFails'], inconclusive: ['nodeNetwork'] },
  },
  'liveness-and-nobody-says-who-ended-it': {
    about: 'A probe failed, and SIGKILL ended it: its kubelet may have sent it, or another.',
    world: { ...one({ ...crashing, ended: sigkill }, lines.quiet, null), events },
    expect: { inconclusive: ['nodeNetwork', 'livenessFails'] },
  },
  'told-to-end-and-no-event-says-by-whom': {
    about: 'It goes in good order, as it was told to; of the events only those of its readiness are there.',
    world: { ...one(probed, shutsDown, null), events: notReady },
    expect: { inconclusive: ['nodeNetwork', 'livenessFails'], recovered: 'ruled-out' },
  },
  'sigkill-and-no-event-says-by-whom': {
    about: 'SIGKILL ends it when it does not go; the events of that are not there.',
    world: { ...one({ ...crashing, ended: sigkill }, shutsDown, null), events: notReady },
    expect: { inconclusive: ['nodeNetwork', 'livenessFails'], recovered: 'ruled-out' },
  },
  'sigterm-and-no-event-says-by-whom': {
    about: 'SIGTERM ends it before it can go in good order; the events of that are not there.',
    world: {
      ...one({ ...crashing, ended: { reason: 'Error', exitCode: 143, secondsAgo: 90 } }, lines.quiet, null),
      events: notReady,
    },
    expect: { inconclusive: ['nodeNetwork', 'livenessFails'], recovered: 'ruled-out' },
  },
  'liveness-of-a-dead-process': {
    about: 'It breaks down by itself (Go leaves with 2), and the kubelet finds nobody listening.',
    world: {
      ...one({ ...crashing, ended: { reason: 'Error', exitCode: 2, secondsAgo: 90 } }, lines.quiet, null),
      events: { 'coredns-a': [deafLiveness(85)] },
    },
    expect: { inconclusive: ['nodeNetwork', 'configRefused', 'panics'], recovered: 'ruled-out' },
  },
  'liveness-once-and-dead-since': {
    about: 'Its kubelet did end it 20 minutes ago; the last run ended by itself, and its last words are lost.',
    world: { ...one(crashing, null, null), events: { 'coredns-a': [killing(1_200)] } },
    expect: { inconclusive: ['nodeNetwork', 'livenessFails', 'loop', 'configRefused'] },
  },
};
