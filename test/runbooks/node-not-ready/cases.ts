import type { Case } from '../../../engine/replay.ts';
import { runbook } from '../../../runbooks/node-not-ready/index.ts';
import {
  absent,
  answering,
  objectsForbidden,
  prometheusDown,
  type Reads,
  readsOf,
  recording,
  type World,
} from './compose.ts';

type Expectation = { readonly [verdict in 'confirmed' | 'inconclusive']?: readonly string[] } & {
  readonly recovered?: 'confirmed' | 'ruled-out' | 'inconclusive';
};

/** Causes not named are expected to be ruled out. */
function verdicts({ confirmed = [], inconclusive = [], recovered }: Expectation): Case['expect'] {
  const unknown = [...confirmed, ...inconclusive].filter((cause) => !(cause in runbook.causes));
  if (unknown.length > 0) throw new Error(`the runbook has no such cause: ${unknown.join(', ')}`);
  const verdictOf = (cause: string) =>
    confirmed.includes(cause) ? 'confirmed' : inconclusive.includes(cause) ? 'inconclusive' : 'ruled-out';
  const causes = Object.fromEntries(Object.keys(runbook.causes).map((cause) => [cause, verdictOf(cause)]));
  return { causes, ...(recovered ? { recovered } : {}) } as Case['expect'];
}

function caseOf(
  about: string,
  world: World,
  expect: Expectation,
  change: (reads: Reads) => Reads = (reads) => reads,
): Case {
  const { recording: recorded, since } = world;
  return {
    about,
    runbook: runbook.id,
    target: { kind: 'Node', name: recorded.node.metadata.name },
    cluster: 'practice',
    now: recorded.now,
    ...(since ? { since } : {}),
    reads: change(readsOf(world)),
    expect: verdicts(expect),
  };
}

/** A recorded moment as it was; only the control plane's leases, not recorded with it, are added as in health. */
function recorded(name: string, expect: Expectation, change?: (reads: Reads) => Reads): Case {
  const moment = recording(name);
  return caseOf(`Recorded: ${moment.about}.`, { recording: moment }, expect, change);
}

/** What cannot be told apart of a node that fell silent, and what only its kubelet could have said. */
const silence = ['machineDown', 'unauthorized', 'kubeletStopped', 'kubeletStuck', 'cutOff', 'clockJumped'];
const lastWord = ['runtimeGone', 'runtimeHangs', 'networkPlugin', 'pressure'];
const everything = Object.keys(runbook.causes);
const but = (all: readonly string[], ...some: readonly string[]) => all.filter((cause) => !some.includes(cause));

const answers = { kubelet: { up: 1, seconds: 0.028 }, 'kubelet-cadvisor': { up: 1, seconds: 0.011 } };
const silent = { kubelet: { up: 0, seconds: 10.0 }, 'kubelet-cadvisor': { up: 0, seconds: 10.0 } };
const exporter = { up: 1, seconds: 0.012 };
const wellKubelet = { plegAgeSeconds: 0.8, plegMoves: 4, slowRelists: 0, runtimeCallsPerSecond: 2.1, restarts: 0 };
const wellCalls = { all: 900, succeededPerSecond: 0.5 };
const wellMachine = {
  bootedAt: Date.parse('2026-11-20T06:00:00Z') / 1000,
  clockOffsetSeconds: 0.1,
  ioStalledShare: 0.01,
  memoryAvailableShare: 0.6,
  diskAvailableShare: 0.4,
};
const oneOfForty = { nodes: 40, notReady: 1, fellWithinHour: 1, kubelets: 40, kubeletsDown: 1 };
const well: World = {
  recording: recording('healthy'),
  scrapes: answers,
  exporter,
  kubelet: wellKubelet,
  apiCalls: wellCalls,
  expiredPerSecond: 0,
  machine: wellMachine,
  fleet: { ...oneOfForty, notReady: 0, fellWithinHour: 0, kubeletsDown: 0 },
  history: {
    ready: 1,
    unknown: 0,
    leaseAgeSeconds: 4,
    leaseMoves: 12,
    leaseOldestSeconds: 10,
    leaseNewestSeconds: 0,
    readinessChanges: 0,
  },
};
/** Objects of a node whose kubelet was ended 66 s ago. A dead, stuck or cut-off one leaves the same, letter for letter. */
const fellSilent: World = {
  ...well,
  recording: recording('kubelet-killed'),
  fleet: oneOfForty,
  history: { ready: 0, unknown: 1, leaseAgeSeconds: 60, leaseMoves: 4, readinessChanges: 1 },
};
const madeUp = (what: string, objects = 'of a kubelet that was ended') =>
  `Objects recorded ${objects}; Prometheus' answers composed: ${what}.`;

const troubles: Record<string, Case> = {
  'runtime-stopped': recorded('runtime-stopped', { confirmed: ['runtimeHangs'], recovered: 'ruled-out' }),
  'runtime-stopped-t060': recorded('runtime-stopped-t060', { inconclusive: ['runtimeHangs'] }),
  'runtime-stopped-healed': recorded('runtime-stopped-healed', { recovered: 'confirmed' }),
  'runtime-killed-t020': recorded('runtime-killed-t020', { inconclusive: ['runtimeGone'] }),
  'runtime-killed': recorded('runtime-killed', { confirmed: ['runtimeGone'], recovered: 'ruled-out' }),
  'cni-missing': recorded('cni-missing', { confirmed: ['networkPlugin'], recovered: 'ruled-out' }),
  'kubelet-killed-t020': recorded('kubelet-killed-t020', {
    confirmed: ['kubeletStopped'],
    inconclusive: ['runtimeHangs'],
    recovered: 'inconclusive',
  }),
  'kubelet-killed': recorded('kubelet-killed', {
    confirmed: ['kubeletStopped'],
    inconclusive: lastWord,
    recovered: 'ruled-out',
  }),
  'kubelet-killed-healed': recorded('kubelet-killed-healed', { inconclusive: silence, recovered: 'confirmed' }),
  'kubelet-frozen': recorded('kubelet-frozen', {
    inconclusive: [...but(silence, 'kubeletStopped'), ...lastWord, 'manyNodes'],
    recovered: 'ruled-out',
  }),
  'cert-expired-t030': recorded('cert-expired-t030', { confirmed: ['unauthorized'], recovered: 'inconclusive' }),
  'cert-expired': recorded('cert-expired', {
    confirmed: ['unauthorized'],
    inconclusive: ['networkPlugin', 'pressure'],
    recovered: 'ruled-out',
  }),
  'time-skew': recorded('time-skew', {
    confirmed: ['clockJumped'],
    inconclusive: ['networkPlugin', 'pressure'],
    recovered: 'inconclusive',
  }),
  'time-skew-plus600': recorded('time-skew-plus600', { confirmed: ['clockJumped'] }),
  'time-skew-right-after-plus600': recorded('time-skew-right-after-plus600', {
    inconclusive: silence,
    recovered: 'confirmed',
  }),
  'pids-node': recorded('pids-node', { confirmed: ['pressure'], inconclusive: silence, recovered: 'ruled-out' }),
  'disk-pressure-filled': recorded('disk-pressure-filled', { confirmed: ['pressure'], recovered: 'ruled-out' }),
  'io-stall': recorded('io-stall', { inconclusive: ['kubeletStuck', 'runtimeHangs'] }),
  'cordon-drain': recorded('cordon-drain', { confirmed: ['plannedWork'], recovered: 'confirmed' }),
  'etcd-lost': caseOf(
    'Recorded: a silent node, read while etcd had no quorum; the leases of the control plane composed.',
    { recording: recording('etcd-lost'), controllerManagerAge: 36, schedulerAge: 35 },
    { confirmed: ['frozenAnswers'], inconclusive: but(everything, 'frozenAnswers'), recovered: 'inconclusive' },
  ),
  'etcd-just-lost': caseOf(
    'As etcd-lost, but the control plane renewed its leases 3 s ago.',
    { recording: recording('etcd-lost'), controllerManagerAge: 4, schedulerAge: 3 },
    { inconclusive: everything },
  ),
  healthy: caseOf('Objects of a node that is well; Prometheus composed.', well, { recovered: 'confirmed' }),
};

const composed: Record<string, Case> = {
  'machine-down': caseOf(
    madeUp('nothing on the machine answers, 39 other kubelets do'),
    { ...fellSilent, scrapes: silent, exporter: { up: 0, seconds: 10 }, kubelet: {}, machine: {} },
    { confirmed: ['machineDown'], inconclusive: ['kubeletStuck', 'cutOff', 'clockJumped', ...lastWord] },
  ),
  'machine-restarted': caseOf(
    madeUp('booted 5 minutes ago', 'of a node that is well'),
    { ...well, machine: { ...wellMachine, bootedAt: Date.parse('2026-11-21T07:06:10Z') / 1000 } },
    { confirmed: ['machineDown'] },
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
      expiredPerSecond: 2.4,
      kubelet: {},
    },
    { confirmed: ['unauthorized'], inconclusive: ['kubeletStopped', ...lastWord] },
  ),
  'somebody-elses-certificate': caseOf(
    'As kubelet-killed, while somebody comes to the API server with an expired certificate.',
    { recording: recording('kubelet-killed'), expiredPerSecond: 1.4 },
    { inconclusive: ['unauthorized', 'kubeletStopped', ...lastWord] },
  ),
  'clock-behind-by-its-lease': caseOf(
    'Objects as in time-skew but without events; kube-state-metrics sees the lease renewed 10 minutes behind.',
    {
      ...well,
      recording: { ...recording('time-skew'), events: [] },
      kubelet: wellKubelet,
      machine: { ...wellMachine, clockOffsetSeconds: -0.1 },
      history: { ready: 1, unknown: 0, leaseAgeSeconds: 612, leaseMoves: 12, readinessChanges: 2 },
    },
    { confirmed: ['clockJumped'] },
  ),
  flapping: caseOf(
    madeUp(
      'readiness changed 6 times within half an hour; 4 of 1,000 nodes fell within the hour',
      'of a node that is well',
    ),
    {
      ...well,
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
  removed: caseOf(
    'Made up: neither Node nor lease exist, no pods, nothing scraped.',
    { recording: { ...recording('kubelet-killed'), events: [], pods: [], scrapes: {} }, fleet: oneOfForty },
    {
      confirmed: ['removed'],
      inconclusive: [...silence, ...lastWord, 'plannedWork'],
      recovered: 'confirmed',
    },
    (reads) => answering(reads, ['get Node', 'get Lease kube-node-lease'], absent),
  ),
};

/** Two things at once. */
const mixtures: Record<string, Case> = {
  'controller-manager-and-kubelet-stopped': caseOf(
    'As kubelet-killed-t020; the controller manager renewed its lease 400 s ago, so the node stays Ready.',
    { recording: recording('kubelet-killed-t020'), controllerManagerAge: 400 },
    { confirmed: ['kubeletStopped', 'controllerManagerDown'], inconclusive: ['runtimeHangs'] },
  ),
  'disk-pressure-while-cordoned': caseOf(
    'As disk-pressure-filled, and somebody cordoned the node.',
    { recording: cordoned('disk-pressure-filled') },
    { confirmed: ['pressure'], inconclusive: ['plannedWork'], recovered: 'ruled-out' },
  ),
  'runtime-gone-and-clock-ahead': caseOf(
    "As runtime-killed, and the machine's clock is 45 s ahead of Prometheus'.",
    { recording: recording('runtime-killed'), exporter, machine: { ...wellMachine, clockOffsetSeconds: 45 } },
    { confirmed: ['runtimeGone', 'clockJumped'] },
  ),
};

function cordoned(name: string): World['recording'] {
  const moment = recording(name);
  return { ...moment, node: { ...moment.node, spec: { unschedulable: true } } };
}

/** Half of the eyes closed. */
const blind: Record<string, Case> = {
  'no-prometheus-kubelet-killed': recorded(
    'kubelet-killed',
    { inconclusive: [...silence, ...lastWord, 'manyNodes'], recovered: 'ruled-out' },
    prometheusDown,
  ),
  'no-prometheus-runtime-killed': recorded(
    'runtime-killed',
    { confirmed: ['runtimeGone'], inconclusive: ['manyNodes'] },
    prometheusDown,
  ),
  'no-prometheus-runtime-stopped': recorded(
    'runtime-stopped',
    { inconclusive: ['runtimeGone', 'runtimeHangs', 'manyNodes'] },
    prometheusDown,
  ),
  'no-prometheus-cni-missing': recorded(
    'cni-missing',
    { confirmed: ['networkPlugin'], inconclusive: ['manyNodes'] },
    prometheusDown,
  ),
  'no-prometheus-disk-pressure': recorded(
    'disk-pressure-filled',
    { confirmed: ['pressure'], inconclusive: ['runtimeHangs', 'manyNodes'] },
    prometheusDown,
  ),
  'no-prometheus-cordon-drain': recorded(
    'cordon-drain',
    { confirmed: ['plannedWork'], inconclusive: ['runtimeHangs', 'manyNodes'] },
    prometheusDown,
  ),
  'no-prometheus-time-skew': recorded(
    'time-skew',
    { confirmed: ['clockJumped'], inconclusive: [...but(silence, 'clockJumped'), ...lastWord, 'manyNodes'] },
    prometheusDown,
  ),
  'objects-forbidden-kubelet-killed': recorded(
    'kubelet-killed',
    {
      inconclusive: ['kubeletStopped', ...lastWord, 'plannedWork', 'removed', 'controllerManagerDown'],
      recovered: 'inconclusive',
    },
    objectsForbidden,
  ),
  'objects-forbidden-but-kube-state-metrics': caseOf(
    'As kubelet-killed; no object may be read, but kube-state-metrics tells of the node.',
    { recording: recording('kubelet-killed'), ...pick(fellSilent) },
    {
      confirmed: ['kubeletStopped'],
      inconclusive: [...lastWord, 'plannedWork', 'removed', 'controllerManagerDown'],
      recovered: 'inconclusive',
    },
    objectsForbidden,
  ),
};

function pick({ history = {}, fleet = {} }: World) {
  return { history, fleet };
}

export const cases: Readonly<Record<string, Case>> = { ...troubles, ...composed, ...mixtures, ...blind };
