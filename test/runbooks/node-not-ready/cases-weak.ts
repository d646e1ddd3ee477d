import type { Case } from '../../../engine/replay.ts';
import { caseOf, lastWord, silence } from './case.ts';
import { denied, recording, type World } from './compose.ts';
import { calledNotReady, changed, eventOf, withEvents } from './recording-changes.ts';
import { exporter, fellSilent, oneOfForty, refusing, silent, well, wellMachine } from './worlds.ts';
import { failing, wellFor } from './worlds-changed.ts';

const ago = (seconds: number) => new Date(Date.parse(well.recording.now) - seconds * 1000).toISOString();
const onlyCadvisor = { 'kubelet-cadvisor': { up: 1, seconds: 0.01 } };
const { kubelet: _, ...unscraped } = { ...well, scrapes: onlyCadvisor };
const stalled = (ioStalledShare: number) => ({ exporter, machine: { ...wellMachine, ioStalledShare } });

/** What only asks the runtime shows one that hangs, or is slow. */
const runtimes: Record<string, Case> = {
  'only-cadvisor-scraped-and-the-runtime-stopped': caseOf(
    'As runtime-stopped; Prometheus scrapes only /metrics/cadvisor of kubelets, which answers also while a runtime hangs.',
    { recording: recording('runtime-stopped'), scrapes: onlyCadvisor },
    { inconclusive: ['runtimeGone', 'runtimeHangs'], recovered: 'ruled-out' },
  ),
  'only-cadvisor-scraped-for-100-seconds': caseOf(
    'Ready, its runtime hangs since 100 s, which only /metrics would tell, and that is not scraped.',
    { ...unscraped, recording: changed('healthy', { readySeconds: 7200 }), since: ago(100) },
    { inconclusive: ['runtimeGone', 'runtimeHangs'], recovered: 'inconclusive' },
  ),
  'only-cadvisor-scraped-for-200-seconds': caseOf(
    'Ready and well, only /metrics/cadvisor is scraped, and the alert began 200 s ago: what hung then would show in Ready.',
    { ...unscraped, recording: changed('healthy', { readySeconds: 7200 }), since: ago(200) },
    { inconclusive: ['runtimeGone', 'runtimeHangs'], recovered: 'confirmed' },
  ),
  'slow-relists-not-counted': caseOf(
    'Relists take over 10 s, and Prometheus drops their histogram.',
    { ...wellFor(1200), kubelet: { plegAgeSeconds: 0.8, plegMoves: 4, runtimeCallsPerSecond: 2.1, restarts: 0 } },
    { inconclusive: ['runtimeHangs'], recovered: 'confirmed' },
  ),
  'pleg-not-healthy': caseOf('PLEG is not healthy; the disk is quiet.', plegNotHealthy(stalled(0.01)), {
    confirmed: ['runtimeHangs'],
    recovered: 'ruled-out',
  }),
  'pleg-not-healthy-on-a-stalled-disk': caseOf(
    'PLEG is not healthy; all tasks wait for I/O 80 % of the time.',
    plegNotHealthy(stalled(0.8)),
    { inconclusive: ['runtimeHangs'], recovered: 'ruled-out' },
  ),
  'pleg-not-healthy-and-its-disk-unseen': caseOf(
    'PLEG is not healthy; no node_exporter tells of the disk.',
    plegNotHealthy({}),
    { inconclusive: ['runtimeHangs'], recovered: 'ruled-out' },
  ),
};

function plegNotHealthy(more: Partial<World>): World {
  const moment = changed('runtime-stopped', { only: [], readySeconds: 120 });
  const status = moment.node.status as { conditions: { type: string }[] };
  const message = 'PLEG is not healthy: pleg was last seen active 3m12.4s ago; threshold is 3m0s';
  const conditions = status.conditions.map((one) => (one.type === 'Ready' ? { ...one, message } : one));
  return { recording: { ...moment, node: { ...moment.node, status: { ...status, conditions } } }, ...more };
}

const longThere = (moment: World['recording']): World['recording'] => ({
  ...moment,
  node: { ...moment.node, metadata: { ...moment.node.metadata, creationTimestamp: '2026-10-01T06:00:00Z' } },
});

/** Not Ready again and again for its disk, and rebooted so many times, the last time so many seconds ago. */
const comesAndGoes = (seconds: number, reboots: number): World => ({
  ...well,
  exporter,
  machine: { ...wellMachine, ioStalledShare: 0.6, bootedAt: Date.parse(ago(seconds + 10)) / 1000 },
  recording: longThere(
    changed('healthy', {
      only: [calledNotReady(900, 5), eventOf('Rebooted', 'kubelet', 'has been rebooted', seconds, reboots)],
      readySeconds: 840,
    }),
  ),
  history: { ...well.history, readinessChanges: 10 },
  since: ago(7260),
  leaseAge: 30,
});

const gone: World = { ...fellSilent, scrapes: silent, exporter: { up: 0, seconds: 10 }, kubelet: {}, machine: {} };
const hung = (seconds: number) =>
  eventOf('TaskHung', 'kernel-monitor', 'task tar:8123 blocked for more than 120 seconds.', seconds);

const machines: Record<string, Case> = {
  'rebooted-against-its-flapping': caseOf(
    'It comes and goes for two hours, for its disk; somebody rebooted it 25 minutes ago, and it goes on.',
    comesAndGoes(1500, 1),
    { inconclusive: ['machineDown', 'unauthorized', 'cutOff'], recovered: 'ruled-out' },
  ),
  'rebooted-twice-an-hour-ago': caseOf(
    'It comes and goes for two hours; it was rebooted twice, 50 minutes ago.',
    comesAndGoes(3000, 2),
    { inconclusive: ['machineDown', 'unauthorized', 'cutOff'], recovered: 'ruled-out' },
  ),
  'reboots-again-and-again': caseOf('It comes and goes because it reboots every five minutes.', comesAndGoes(900, 3), {
    confirmed: ['machineDown'],
    inconclusive: ['unauthorized', 'cutOff'],
    recovered: 'ruled-out',
  }),
  'prometheus-reaches-one-of-40': caseOf(
    'Nothing on the machine answers Prometheus, nor does any other but its own: it is Prometheus that is cut off.',
    { ...gone, fleet: { ...oneOfForty, kubeletsDown: 39 } },
    { inconclusive: [...silence, ...lastWord] },
  ),
  'prometheus-reaches-35-of-40': caseOf(
    'Nothing on the machine answers, nor on four others; 35 kubelets answer Prometheus.',
    { ...gone, fleet: { ...oneOfForty, notReady: 5, kubeletsDown: 5 } },
    { confirmed: ['machineDown'], inconclusive: ['manyNodes', 'kubeletStuck', 'cutOff', 'clockJumped', ...lastWord] },
  ),
  'task-hung-seven-minutes-before': caseOf(
    'A task hung on a file server, over since; the node was Ready for seven minutes more, then its kubelet was ended.',
    { ...fellSilent, recording: withEvents('kubelet-killed', hung(492)), scrapes: refusing, kubelet: {} },
    { confirmed: ['kubeletStopped'], inconclusive: lastWord },
  ),
  'task-hung-100-seconds-before': caseOf(
    'A task of the file system hung, and 100 s later the runtime was down.',
    { recording: withEvents('runtime-stopped', hung(227)) },
    { confirmed: ['kernelTrouble', 'runtimeHangs'], ruledOut: ['kernelTrouble'], recovered: 'ruled-out' },
  ),
};

/** A counter of expired certificates that names nobody, and few 401s among many calls. */
const stranger = { ...fellSilent, expiredPerSecond: 0.2 };
const once = {
  all: 900,
  refused: 1,
  refusedPerSecond: 0.0083,
  unansweredPerSecond: 0,
  refusedAtLast: 0,
  succeededAtLast: 0.5,
};
const killed = { scrapes: refusing, kubelet: {} };
const shutOut = { scrapes: { kubelet: { up: 0, seconds: 0.004 } }, ended: denied, kubelet: {} };
const unix = (secondsAgo: number) => Date.parse(fellSilent.recording.now) / 1000 - secondsAgo;
const seenUntil = (secondsAgo: number) => ({
  all: 900,
  unansweredPerSecond: 0,
  refusedAtLast: 0,
  succeededAtLast: 0.5,
  certificateEndsAt: unix(secondsAgo),
});

/** Its last calls that were seen were answered 401; it is Ready since so long, and its lease may not be read. */
const refusedAndReady = (seconds: number): World => ({
  ...{ ...wellFor(seconds), ...shutOut, expiredPerSecond: 0.2, history: { ready: 1, unknown: 0, readinessChanges: 0 } },
  apiCalls: { all: 900, refused: 12, unansweredPerSecond: 0, refusedAtLast: 1.3, succeededAtLast: 0 },
});
const noLease = failing('get Lease kube-node-lease/');

const certificates: Record<string, Case> = {
  'refused-before-it-was-ready': caseOf(
    'Not let in until ten minutes ago, Ready since then: what was counted within half an hour is of before.',
    refusedAndReady(600),
    { inconclusive: ['unauthorized', 'cutOff', ...lastWord], recovered: 'inconclusive' },
    noLease,
  ),
  'refused-while-ready-for-an-hour': caseOf(
    'Ready for an hour, and not let in since some minutes of it, as Ready tells only 40 s later.',
    refusedAndReady(3600),
    { confirmed: ['unauthorized'], inconclusive: ['cutOff', ...lastWord], recovered: 'inconclusive' },
    noLease,
  ),
  'switched-off-after-one-401': caseOf(
    'The machine is off. One 401 of an API server that started, and somebody else comes with an expired certificate.',
    { ...gone, expiredPerSecond: 0.2, apiCalls: once },
    {
      confirmed: ['machineDown'],
      inconclusive: ['unauthorized', 'kubeletStuck', 'cutOff', 'clockJumped', ...lastWord],
    },
  ),
  'killed-after-one-401': caseOf(
    'The kubelet was ended. One 401 of an API server that started, and somebody else comes with an expired certificate.',
    { ...stranger, ...killed, apiCalls: { ...once, refusedAtLast: 0.03, succeededAtLast: 0 } },
    { confirmed: ['kubeletStopped'], inconclusive: ['unauthorized', ...lastWord] },
  ),
  'refused-until-it-shut-prometheus-out': caseOf(
    'Not let in for 20 minutes, and so it lets Prometheus in no more: its last calls that were seen were answered 401.',
    {
      ...stranger,
      ...shutOut,
      apiCalls: { all: 900, refused: 12, unansweredPerSecond: 0, refusedAtLast: 1.3, succeededAtLast: 0 },
    },
    { confirmed: ['unauthorized'], inconclusive: ['cutOff', ...lastWord] },
  ),
  'certificate-ended-as-it-fell-silent': caseOf(
    'Its certificate ended when it fell silent; no 401 was scraped.',
    { ...stranger, ...shutOut, apiCalls: seenUntil(65) },
    { confirmed: ['unauthorized'], inconclusive: ['cutOff', ...lastWord] },
  ),
  'certificate-ended-long-before': caseOf(
    'Its certificate ended ten minutes before it fell silent: it comes with another one, or with a token.',
    { ...stranger, ...killed, apiCalls: seenUntil(670) },
    { confirmed: ['kubeletStopped'], inconclusive: ['unauthorized', ...lastWord] },
  ),
  'certificate-ended-after-it-fell-silent': caseOf(
    'Ended for 6 minutes, its certificate for 1: that was not why.',
    {
      ...stranger,
      ...killed,
      recording: changed('kubelet-killed', { readySeconds: 300 }),
      leaseAge: 360,
      apiCalls: seenUntil(60),
      history: {},
    },
    { confirmed: ['kubeletStopped'], inconclusive: ['unauthorized', ...lastWord] },
  ),
  'certificate-good-and-somebody-elses-expired': caseOf(
    'The kubelet was ended; its own certificate is good for a month, and somebody comes with one that is not.',
    { ...stranger, ...killed, apiCalls: seenUntil(-30 * 86_400) },
    { confirmed: ['kubeletStopped'], inconclusive: lastWord },
  ),
};

const nodes: Record<string, Case> = {
  'ten-of-5000-fell': caseOf(
    'The kubelet was ended by hand; of 5,000 nodes nine others went within the hour, as they always do.',
    { ...fellSilent, ...killed, fleet: { nodes: 5000, notReady: 10, fellWithinHour: 10 } },
    { confirmed: ['kubeletStopped'], inconclusive: ['manyNodes', ...lastWord] },
  ),
  'thirty-by-the-controllers-count': caseOf(
    'The controller manager counts 30 unhealthy nodes, of how many nobody told.',
    { ...fellSilent, ...killed, fleet: { unhealthyByController: 30 } },
    { confirmed: ['manyNodes', 'kubeletStopped'], inconclusive: lastWord },
  ),
  'four-by-the-controllers-count': caseOf(
    'The controller manager counts 4 unhealthy nodes, of how many nobody told.',
    { ...fellSilent, ...killed, fleet: { unhealthyByController: 4 } },
    { confirmed: ['kubeletStopped'], inconclusive: ['manyNodes', ...lastWord] },
  ),
};

/** Cordoned so long ago, as the taint tells that follows it. */
function cordoned(seconds: number | undefined): World['recording'] {
  const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  const taints = seconds === undefined ? [] : [{ ...taint, timeAdded: ago(seconds) }];
  const moment = changed('healthy', { readySeconds: 60 });
  return { ...moment, node: { ...moment.node, spec: { unschedulable: true, taints } } };
}

const cordons: Record<string, Case> = {
  'cordoned-after-its-alert': caseOf(
    'Cordoned four minutes after its alert began, and well since a minute: an answer to the trouble, and no cause.',
    { ...well, recording: cordoned(120), since: ago(360) },
    { inconclusive: ['plannedWork'], recovered: 'confirmed' },
  ),
  'cordoned-before-its-alert': caseOf(
    'Cordoned four minutes before its alert began: work that brought it.',
    { ...well, recording: cordoned(600), since: ago(360) },
    { confirmed: ['plannedWork'], recovered: 'confirmed' },
  ),
  'cordoned-nobody-knows-when': caseOf(
    'Cordoned, and no taint or event says when.',
    { ...well, recording: cordoned(undefined), since: ago(360) },
    { inconclusive: ['plannedWork'], recovered: 'confirmed' },
  ),
};

/** One sign, once, a while ago, or somebody else's: none of them names a cause by itself. */
export const weak: Record<string, Case> = { ...runtimes, ...machines, ...certificates, ...nodes, ...cordons };
