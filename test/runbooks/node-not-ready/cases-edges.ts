import type { Case } from '../../../engine/replay.ts';
import { but, caseOf, lastWord, silence } from './case.ts';
import { prometheusDown, refusal, type World } from './compose.ts';
import { calledNotReady, changed, dialFailed, rebooted, reclaiming, started } from './recording-changes.ts';
import { exporter, fellSilent, refusing, well, wellMachine } from './worlds.ts';
import { complaining, failing, wellFor } from './worlds-changed.ts';

const hanging = { kubelet: { up: 0, seconds: 10 }, 'kubelet-cadvisor': { up: 1, seconds: 0.01 } };

/** Just this side of a limit: with it ten times as small or as large another verdict would come of it. */
export const silences: Record<string, Case> = {
  'its-calls-succeed-on-average': caseOf(
    'Silent for 69 s with a port that answers; of its calls of two minutes half a second succeed.',
    fellSilent,
    { inconclusive: ['cutOff', 'networkPlugin', 'pressure'] },
  ),
  'cut-off-for-39.9-seconds': caseOf(
    'Its calls get no answer; its lease runs out in a moment.',
    { ...wellFor(7200), apiCalls: { all: 900, unansweredPerSecond: 0.9 }, leaseAge: 39.9 },
    { inconclusive: ['unauthorized', 'cutOff'], recovered: 'inconclusive' },
  ),
  'cut-off-for-40.1-seconds': caseOf(
    'Its calls get no answer; its lease has just run out.',
    { ...wellFor(7200), apiCalls: { all: 900, unansweredPerSecond: 0.9 }, leaseAge: 40.1 },
    { confirmed: ['cutOff'], inconclusive: ['unauthorized', 'networkPlugin', 'pressure'], recovered: 'inconclusive' },
  ),
  'silent-for-30-seconds': caseOf(
    'Late by 30 s: too short a time for a 401 to be counted.',
    { ...wellFor(7200), leaseAge: 30 },
    { inconclusive: ['unauthorized', 'cutOff'], recovered: 'inconclusive' },
  ),
  'started-three-times': caseOf(
    'Started three times within 10 minutes, and its network plug-in is missing.',
    { ...complaining(300, started(600), started(500), started(400)), kubelet: {} },
    { confirmed: ['networkPlugin'], inconclusive: ['kubeletStopped'], recovered: 'ruled-out' },
  ),
  'started-three-times-long-ago': caseOf(
    'Started three times 40 minutes ago.',
    { ...complaining(300, started(2600), started(2500), started(2400)), kubelet: { restarts: 0 } },
    { confirmed: ['networkPlugin'], recovered: 'ruled-out' },
  ),
  'refused-for-16-seconds': caseOf(
    'Its port refuses, its lease is 16 s old, as in a restart.',
    { ...wellFor(7200), scrapes: refusing, kubelet: {}, leaseAge: 16 },
    { inconclusive: ['kubeletStopped', 'runtimeGone', 'runtimeHangs'], recovered: 'inconclusive' },
  ),
  'booted-65-minutes-ago-with-its-trouble': caseOf(
    'Booted 65 minutes ago, not ready since shortly after.',
    {
      ...complaining(7000),
      exporter,
      machine: { ...wellMachine, bootedAt: Date.parse('2026-11-21T07:01:52Z') / 1000 },
    },
    { confirmed: ['networkPlugin'], recovered: 'ruled-out' },
  ),
  'rebooted-30-seconds-after': caseOf(
    'Not ready since 5 minutes, rebooted 30 s after that began: both are dated in the same seconds.',
    complaining(300, rebooted(270)),
    { confirmed: ['machineDown', 'networkPlugin'], recovered: 'ruled-out' },
  ),
  'rebooted-200-seconds-after': caseOf(
    'Not ready since 5 minutes, rebooted 200 s after that began: perhaps against it.',
    complaining(300, rebooted(100)),
    { confirmed: ['networkPlugin'], inconclusive: ['machineDown'], recovered: 'ruled-out' },
  ),
  'answered-12-seconds-ago': caseOf(
    'Silent for 20 s; its port answered 12 s ago, which may be from before.',
    { ...wellFor(7200), leaseAge: 20, scrapedAgo: 12 },
    {
      inconclusive: [...but(silence, 'clockJumped'), 'runtimeHangs'],
      recovered: 'inconclusive',
    },
  ),
  'scraped-a-minute-ago': caseOf(
    'All was scraped a minute ago.',
    { ...wellFor(7200), scrapedAgo: 60 },
    {
      recovered: 'confirmed',
    },
  ),
  'scraped-4-minutes-ago': caseOf(
    'Prometheus took in nothing for 4 minutes.',
    { ...wellFor(7200), scrapedAgo: 240 },
    { inconclusive: ['kubeletStuck', 'runtimeHangs'], recovered: 'inconclusive' },
  ),
  'refused-after-200ms': caseOf(
    'Its port refuses, over a slow way, after 200 ms.',
    {
      ...fellSilent,
      scrapes: { kubelet: { up: 0, seconds: 0.2 }, 'kubelet-cadvisor': { up: 0, seconds: 0.2 } },
      ended: refusal,
    },
    { confirmed: ['kubeletStopped'], inconclusive: lastWord },
  ),
  'silent-for-2-seconds': caseOf(
    'A scrape is given up after 2 s; node_exporter answers.',
    { ...fellSilent, scrapes: { kubelet: { up: 0, seconds: 2 }, 'kubelet-cadvisor': { up: 0, seconds: 2 } } },
    { confirmed: ['kubeletStuck'], inconclusive: ['cutOff', ...lastWord] },
  ),
  'back-for-20-minutes': caseOf(
    'Called NotReady once, 20 minutes ago, and Ready since 19.',
    {
      ...wellFor(1140, calledNotReady(1200)),
      history: { ...well.history, readinessChanges: 2 },
    },
    { recovered: 'confirmed' },
  ),
  'back-for-40-minutes': caseOf(
    'Called NotReady 40 minutes ago, Ready since 39, and its changes were not counted.',
    { ...wellFor(2340, calledNotReady(2400)), history: {} },
    { recovered: 'confirmed' },
  ),
  'no-lease-refused-30-seconds-ago': caseOf(
    'Its lease may not be read; it was called Unknown 24 s ago, and refused 30 s ago.',
    { ...fellSilent, scrapes: refusing, kubelet: {}, scrapedAgo: 30, history: {} },
    { confirmed: ['kubeletStopped'], inconclusive: lastWord },
    failing('get Lease kube-node-lease'),
  ),
  'no-lease-refused-90-seconds-ago': caseOf(
    'Its lease may not be read; it was called Unknown 24 s ago, and refused 90 s ago: perhaps before that silence.',
    { ...fellSilent, scrapes: refusing, kubelet: {}, scrapedAgo: 90, history: {} },
    { inconclusive: [...but(silence, 'clockJumped'), ...lastWord] },
    failing('get Lease kube-node-lease'),
  ),
};

const fell = (fellWithinHour: number, nodes: number) => ({
  fleet: { nodes, notReady: fellWithinHour, fellWithinHour },
});
const runtime = (runtimeErrorsPerSecond: number) => ({
  runtimeCallsPerSecond: 2,
  runtimeErrorsPerSecond,
  slowRelists: 0,
  restarts: 0,
});
const unknownFor = (seconds: number): World => ({
  ...fellSilent,
  scrapes: refusing,
  kubelet: {},
  recording: changed('kubelet-killed', { readySeconds: seconds }),
  leaseAge: seconds + 42,
  history: {
    ready: 0,
    unknown: 1,
    leaseAgeSeconds: seconds + 30,
    leaseMoves: seconds > 60 ? 0 : 4,
    readinessChanges: 1,
  },
});
const stopped = { confirmed: ['kubeletStopped'], inconclusive: lastWord };

export const others: Record<string, Case> = {
  'nine-young-nodes-died-together': caseOf(
    'Nine of 100 nodes, all of one bad image and half an hour old, died together.',
    { ...unknownFor(30), fleet: { nodes: 100, notReady: 9, fellWithinHour: 9, sinceUnseen: 0, ageSeconds: 20 } },
    { ...stopped, inconclusive: ['manyNodes', ...lastWord] },
  ),
  'nine-nodes-not-counted-an-hour-ago': caseOf(
    'Nine of 100 nodes are not ready, and Prometheus knows of them for half an hour only.',
    { ...unknownFor(30), fleet: { nodes: 100, notReady: 9, fellWithinHour: 0, sinceUnseen: 9, ageSeconds: 20 } },
    { ...stopped, inconclusive: ['manyNodes', ...lastWord] },
  ),
  'kube-state-metrics-tells-of-one-node': caseOf(
    'Prometheus knows 100 kubelets, 40 of them down, and kube-state-metrics tells of one node.',
    { ...unknownFor(30), fleet: { nodes: 1, notReady: 0, fellWithinHour: 0, kubelets: 100, kubeletsDown: 40 } },
    { ...stopped, inconclusive: ['manyNodes', ...lastWord] },
  ),
  'fleet-counted-4-minutes-ago': caseOf(
    'What counts the nodes is no longer taken in; four minutes ago one was not ready.',
    { ...unknownFor(30), fleet: { nodes: 40, notReady: 1, fellWithinHour: 1, ageSeconds: 224 } },
    { ...stopped, inconclusive: ['manyNodes', ...lastWord] },
  ),
  'fleet-counted-a-minute-ago': caseOf(
    'The nodes are counted every two minutes.',
    { ...unknownFor(30), fleet: { nodes: 40, notReady: 1, fellWithinHour: 1, ageSeconds: 100 } },
    { ...stopped, inconclusive: lastWord },
  ),
  'two-of-15-fell': caseOf(
    'Two of 15 nodes fell: chance or not.',
    { ...unknownFor(30), ...fell(2, 15) },
    {
      ...stopped,
      inconclusive: ['manyNodes', ...lastWord],
    },
  ),
  'four-of-20-fell': caseOf(
    'Four of 20 nodes fell together.',
    { ...unknownFor(30), ...fell(4, 20) },
    {
      ...stopped,
      confirmed: ['manyNodes', 'kubeletStopped'],
    },
  ),
  'four-of-100-fell': caseOf(
    'Four of 100 nodes fell: few.',
    { ...unknownFor(30), ...fell(4, 100) },
    {
      ...stopped,
      inconclusive: ['manyNodes', ...lastWord],
    },
  ),
  'twelve-of-200-fell-ten-minutes-ago': caseOf(
    'Twelve of 200 nodes fell within the hour, this one 10 minutes ago: few of so many.',
    { ...unknownFor(600), ...fell(12, 200) },
    { ...stopped, inconclusive: ['manyNodes', ...lastWord] },
  ),
  'twelve-of-200-fell-after-it': caseOf(
    'Twelve of 200 nodes fell within the hour, this one 2 hours ago.',
    { ...unknownFor(7200), ...fell(12, 200) },
    { ...stopped, inconclusive: ['manyNodes', ...lastWord] },
  ),
  'thirty-of-200-fell-ten-minutes-ago': caseOf(
    'Thirty of 200 nodes fell within the hour, this one 10 minutes ago.',
    { ...unknownFor(600), ...fell(30, 200) },
    { ...stopped, confirmed: ['manyNodes', 'kubeletStopped'] },
  ),
  'thirty-of-200-fell-after-it': caseOf(
    'Thirty of 200 nodes fell within the hour, this one 2 hours ago.',
    { ...unknownFor(7200), ...fell(30, 200) },
    { ...stopped, inconclusive: ['manyNodes', ...lastWord] },
  ),
  'eviction-20-seconds-ago': caseOf(
    'A threshold was met 20 s ago; the condition is about to follow.',
    wellFor(7200, reclaiming('inodes', 20)),
    { confirmed: ['pressure'], recovered: 'ruled-out' },
  ),
  'eviction-200-seconds-ago': caseOf(
    'A threshold was met 200 s ago, and no condition followed.',
    wellFor(7200, reclaiming('inodes', 200)),
    { recovered: 'confirmed' },
  ),
  'some-calls-to-the-runtime-fail': caseOf(
    'One call in seven to the runtime fails.',
    { ...wellFor(7200), kubelet: runtime(0.3) },
    { inconclusive: ['runtimeGone'], recovered: 'confirmed' },
  ),
  'most-calls-to-the-runtime-fail': caseOf(
    'Most calls to the runtime fail, though the node is Ready since 10 minutes: one that is gone would show there.',
    { ...wellFor(600), kubelet: runtime(1.6) },
    { inconclusive: ['runtimeGone'], recovered: 'inconclusive' },
  ),
  'most-calls-failed-until-100-seconds-ago': caseOf(
    'Of two minutes most calls to the runtime failed; Ready since 100 s.',
    { ...wellFor(100), kubelet: runtime(1.6) },
    { inconclusive: ['runtimeGone'], recovered: 'confirmed' },
  ),
  'no-prometheus-runtime-dialled-5-minutes-ago': caseOf(
    'Without Prometheus: "container runtime is down", and its socket was gone 5 minutes ago.',
    { recording: changed('runtime-killed', { only: [dialFailed(300)] }) },
    { confirmed: ['runtimeGone'], inconclusive: ['manyNodes', 'kubeletStuck'] },
    prometheusDown,
  ),
  'no-prometheus-runtime-dialled-half-an-hour-ago': caseOf(
    'Without Prometheus: "container runtime is down", and its socket was gone half an hour ago.',
    { recording: changed('runtime-killed', { only: [dialFailed(2000)] }) },
    { inconclusive: ['manyNodes', 'kubeletStuck', 'runtimeGone', 'runtimeHangs'] },
    prometheusDown,
  ),
  'slow-relists-before-it-was-well': caseOf(
    'Three slow relists within 10 minutes; Ready since 5.',
    { ...wellFor(300), kubelet: { ...well.kubelet, slowRelists: 3 } },
    { inconclusive: ['runtimeHangs'], recovered: 'confirmed' },
  ),
  'slow-relists-while-ready': caseOf(
    'Three slow relists within 10 minutes; Ready since 20.',
    { ...wellFor(1200), kubelet: { ...well.kubelet, slowRelists: 3 } },
    { confirmed: ['runtimeHangs'], recovered: 'ruled-out' },
  ),
  'runtime-hangs-on-a-quiet-disk': caseOf(
    "The kubelet's /metrics hangs; tasks wait for I/O 10 % of the time.",
    { ...wellFor(7200), scrapes: hanging, kubelet: {}, machine: { ...wellMachine, ioStalledShare: 0.1 } },
    { confirmed: ['runtimeHangs'], recovered: 'inconclusive' },
  ),
  'runtime-hangs-on-a-busy-disk': caseOf(
    "The kubelet's /metrics hangs; tasks wait for I/O half of the time.",
    { ...wellFor(7200), scrapes: hanging, kubelet: {}, machine: { ...wellMachine, ioStalledShare: 0.5 } },
    { inconclusive: ['runtimeHangs'], recovered: 'inconclusive' },
  ),
};
