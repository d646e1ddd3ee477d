import type { Case } from '../../../engine/replay.ts';
import { caseOf, lastWord, silence } from './case.ts';
import { absent, answering, denied, recording, type World } from './compose.ts';
import { calledNotReady, changed, eventOf, rebooted, withEvents } from './recording-changes.ts';
import { exporter, fellSilent, oneOfForty, refusing, silent, well, wellMachine } from './worlds.ts';

const madeUp = (what: string, objects = 'of a kubelet that was ended') =>
  `Objects recorded ${objects}; Prometheus' answers composed: ${what}.`;

export const composed: Record<string, Case> = {
  'machine-down': caseOf(
    madeUp('nothing on the machine answers, 39 other kubelets do'),
    { ...fellSilent, scrapes: silent, exporter: { up: 0, seconds: 10 }, kubelet: {}, machine: {} },
    { confirmed: ['machineDown'], inconclusive: ['kubeletStuck', 'cutOff', 'clockJumped', ...lastWord] },
  ),
  'machine-out-of-memory': caseOf(
    madeUp('nothing on the machine answers any more; before that it had no memory left'),
    {
      ...{ ...fellSilent, scrapes: silent, exporter: { up: 0, seconds: 10 }, kubelet: {} },
      recording: withEvents('kubelet-killed', eventOf('SystemOOM', 'kubelet', 'System OOM encountered', 130)),
      machine: { memoryAvailableAtLast: 0.012, memoryStalledAtLast: 0.93, memoryToldSecondsAgo: 95 },
    },
    { confirmed: ['machineDown'], inconclusive: ['kubeletStuck', 'cutOff', 'clockJumped', ...lastWord] },
  ),
  'machine-restarted': caseOf(
    madeUp('booted 5 minutes ago', 'of a node that is well since 1 minute'),
    {
      ...well,
      recording: withEvents('healthy', rebooted(275)),
      machine: { ...wellMachine, bootedAt: Date.parse('2026-11-21T07:06:10Z') / 1000 },
    },
    { inconclusive: ['machineDown'], recovered: 'confirmed' },
  ),
  'machine-restarted-without-its-kubelet': caseOf(
    madeUp('booted 2 minutes ago, node_exporter answers'),
    {
      ...fellSilent,
      scrapes: refusing,
      kubelet: {},
      machine: { ...wellMachine, bootedAt: Date.parse('2026-11-21T08:07:30Z') / 1000 },
    },
    { confirmed: ['machineDown', 'kubeletStopped'], inconclusive: lastWord, recovered: 'ruled-out' },
  ),
  'kubelet-frozen-with-exporter': caseOf(
    madeUp('node_exporter answers', 'of a kubelet stopped by SIGSTOP'),
    { ...fellSilent, recording: recording('kubelet-frozen'), scrapes: silent, kubelet: {} },
    { confirmed: ['kubeletStuck'], inconclusive: ['cutOff', ...lastWord] },
  ),
  'cut-off': caseOf(
    madeUp('its port answers, its calls to the API server do not get an answer'),
    { ...fellSilent, apiCalls: { all: 900, unansweredPerSecond: 0.9, succeededPerSecond: 0.1 } },
    { confirmed: ['cutOff'], inconclusive: ['networkPlugin', 'pressure'] },
  ),
  'many-nodes': caseOf(
    madeUp('30 of 40 nodes fell together, their calls are answered 5xx'),
    {
      ...fellSilent,
      fleet: { ...oneOfForty, notReady: 31, fellWithinHour: 30 },
      apiCalls: { all: 900, brokenPerSecond: 0.8 },
    },
    { confirmed: ['manyNodes'], inconclusive: ['cutOff', 'networkPlugin', 'pressure'] },
  ),
  'certificate-expired-then-restarted': caseOf(
    'As cert-expired; scrapes and count of expired certificates as recorded 30 s later, after a restart of the kubelet.',
    {
      recording: recording('cert-expired'),
      scrapes: { kubelet: { up: 0, seconds: 0.0056 }, 'kubelet-cadvisor': { up: 0, seconds: 0.0005 } },
      ended: denied,
      expiredPerSecond: 2.4,
      kubelet: {},
    },
    { confirmed: ['unauthorized'], inconclusive: ['machineDown', 'clockJumped', ...lastWord] },
  ),
  'somebody-elses-certificate': caseOf(
    'As kubelet-killed, while somebody comes to the API server with an expired certificate.',
    { recording: recording('kubelet-killed'), expiredPerSecond: 1.4 },
    { confirmed: ['kubeletStopped'], inconclusive: ['machineDown', 'unauthorized', ...lastWord] },
  ),
  'clock-behind-by-its-lease': caseOf(
    'Objects as in time-skew but without events; kube-state-metrics sees the lease renewed 10 minutes behind.',
    {
      recording: { ...recording('time-skew'), events: [] },
      kubelet: { runtimeCallsPerSecond: 2.1, slowRelists: 0, restarts: 0 },
      history: { ready: 1, unknown: 0, leaseAgeSeconds: 612, leaseMoves: 12, readinessChanges: 2 },
    },
    { confirmed: ['clockJumped'] },
  ),
  flapping: caseOf(
    madeUp(
      'readiness changed 6 times within half an hour, last 15 minutes ago; 4 of 1,000 nodes fell within the hour',
      'of a node that is well',
    ),
    {
      ...well,
      recording: withEvents('healthy', calledNotReady(900, 3), 840),
      history: { ...well.history, readinessChanges: 6 },
      fleet: { nodes: 1000, notReady: 4, fellWithinHour: 4 },
    },
    { inconclusive: [...silence, 'manyNodes'] },
  ),
  'managed-control-plane': caseOf(
    'A node that is well on a control plane that shows no leases.',
    { ...well, controllerManagerAge: null, schedulerAge: null },
    { inconclusive: ['controllerManagerDown'], recovered: 'confirmed' },
  ),
  removed: notThere(
    'Made up: neither Node nor lease exist, no pods, nothing scraped; kube-state-metrics knew the node within half an hour.',
    { history: { readinessChanges: 1 } },
    'confirmed',
  ),
  'removed-by-its-event': notThere(
    'Made up: neither Node nor lease exist; the controller manager removed it two minutes ago.',
    {
      recording: changed('kubelet-killed', {
        only: [eventOf('RemovingNode', 'node-controller', 'Removing Node from Controller', 120)],
      }),
    },
    'confirmed',
  ),
  'no-such-node': notThere(
    "Made up: an alert's label names a node of which nothing shows that it ever was.",
    {},
    'inconclusive',
  ),
  'no-such-node-but-a-kubelet': notThere(
    'Made up: a kubelet writes events, and fails to register: there is no Node, and nothing shows that there was one.',
    { recording: changed('kubelet-killed', { only: [eventOf('Starting', 'kubelet', 'Starting kubelet.', 120)] }) },
    'inconclusive',
  ),
};

/** No Node of this name, no lease, no pods, and no scrape. */
function notThere(about: string, world: Partial<World>, removed: 'confirmed' | 'inconclusive'): Case {
  const { events = [] } = world.recording ?? {};
  const recorded = { ...recording('kubelet-killed'), events, pods: [], scrapes: {} };
  const open = [...silence, ...lastWord, 'plannedWork', 'systemdSilent'];
  return caseOf(
    about,
    { fleet: oneOfForty, ...world, recording: recorded },
    {
      confirmed: removed === 'confirmed' ? ['removed'] : [],
      inconclusive: removed === 'confirmed' ? open : [...open, 'removed'],
      recovered: 'confirmed',
    },
    (reads) => answering(reads, ['get Node', 'get Lease kube-node-lease'], absent),
  );
}

/** Two things at once. */
export const mixtures: Record<string, Case> = {
  'controller-manager-and-kubelet-stopped': caseOf(
    'As kubelet-killed-t020; the controller manager renewed its lease 400 s ago, so the node stays Ready.',
    { recording: recording('kubelet-killed-t020'), controllerManagerAge: 400 },
    { confirmed: ['kubeletStopped', 'controllerManagerDown'], inconclusive: ['machineDown', 'runtimeHangs'] },
  ),
  'disk-pressure-while-cordoned': caseOf(
    'As disk-pressure-filled, and somebody cordoned the node.',
    { recording: cordoned('disk-pressure-filled') },
    { confirmed: ['pressure'], inconclusive: ['plannedWork'], recovered: 'ruled-out' },
  ),
  'cordoned-and-well': caseOf(
    'A node that is well and fully seen, and somebody cordoned it.',
    { ...well, recording: cordoned('healthy') },
    { confirmed: ['plannedWork'], recovered: 'confirmed' },
  ),
  'cordoned-while-it-flaps': caseOf(
    'Cordoned because it comes and goes: Ready now, after 14 changes in half an hour.',
    {
      ...well,
      recording: { ...cordoned('healthy'), events: withEvents('healthy', calledNotReady(300, 5)).events },
      history: { ...well.history, readinessChanges: 14 },
    },
    { inconclusive: ['plannedWork', ...silence], recovered: 'ruled-out' },
  ),
  'cordoned-and-its-runtime-hangs': caseOf(
    "As cordoned-and-well, but the kubelet's /metrics hangs while its cAdvisor answers: Ready=True lasts 129 s more.",
    {
      ...well,
      recording: cordoned('healthy'),
      scrapes: { kubelet: { up: 0, seconds: 10 }, 'kubelet-cadvisor': { up: 1, seconds: 0.01 } },
      kubelet: {},
    },
    { confirmed: ['plannedWork'], inconclusive: ['runtimeHangs'], recovered: 'inconclusive' },
  ),
  'cordoned-while-nobody-controls': caseOf(
    'As cordoned-and-well, but the controller manager renewed its lease 400 s ago.',
    { ...well, recording: cordoned('healthy'), controllerManagerAge: 400 },
    { confirmed: ['controllerManagerDown', 'plannedWork'], recovered: 'ruled-out' },
  ),
  'disk-pressure-long-after-a-boot': caseOf(
    'As disk-pressure-filled; the machine booted 50 minutes before.',
    bootedBefore('disk-pressure-filled', 3000),
    { confirmed: ['pressure'], inconclusive: ['machineDown'], recovered: 'ruled-out' },
  ),
  'cni-missing-long-after-a-boot': caseOf(
    'As cni-missing; the machine booted 50 minutes before.',
    bootedBefore('cni-missing', 3000),
    { confirmed: ['networkPlugin'], recovered: 'ruled-out' },
  ),
  'disk-pressure-while-others-fall': caseOf(
    'As disk-pressure-filled; 3 of 30 other nodes fell within the hour, this one is Ready.',
    { recording: recording('disk-pressure-filled'), fleet: { nodes: 31, notReady: 3, fellWithinHour: 3 } },
    { confirmed: ['pressure'], inconclusive: ['manyNodes'], recovered: 'ruled-out' },
  ),
  'cordon-drain-while-others-fall': caseOf(
    'As cordon-drain; 30 of 200 nodes fell within the hour, this one is Ready.',
    { recording: recording('cordon-drain'), fleet: { nodes: 200, notReady: 30, fellWithinHour: 30 } },
    { confirmed: ['plannedWork'], inconclusive: ['manyNodes'], recovered: 'confirmed' },
  ),
  'runtime-gone-and-clock-ahead': caseOf(
    "As runtime-killed, and the machine's clock is 45 s ahead of Prometheus'; its lease was renewed with the right time.",
    { recording: recording('runtime-killed'), exporter, machine: { ...wellMachine, clockOffsetSeconds: 45 } },
    { confirmed: ['runtimeGone'], inconclusive: ['clockJumped'] },
  ),
};

function bootedBefore(name: string, seconds: number): World {
  const moment = recording(name);
  return {
    recording: withEvents(name, rebooted(seconds - 20)),
    exporter,
    machine: { ...wellMachine, bootedAt: Date.parse(moment.now) / 1000 - seconds },
  };
}

function cordoned(name: string): World['recording'] {
  const moment = recording(name);
  return { ...moment, node: { ...moment.node, spec: { unschedulable: true } } };
}
