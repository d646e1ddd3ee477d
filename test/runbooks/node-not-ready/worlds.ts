import { recording, type World } from './compose.ts';

export const answers = { kubelet: { up: 1, seconds: 0.028 }, 'kubelet-cadvisor': { up: 1, seconds: 0.011 } };
export const silent = { kubelet: { up: 0, seconds: 10.0 }, 'kubelet-cadvisor': { up: 0, seconds: 10.0 } };
export const refusing = { kubelet: { up: 0, seconds: 0.0006 }, 'kubelet-cadvisor': { up: 0, seconds: 0.0005 } };
export const exporter = { up: 1, seconds: 0.012 };
export const wellKubelet = {
  plegAgeSeconds: 0.8,
  plegMoves: 4,
  slowRelists: 0,
  runtimeCallsPerSecond: 2.1,
  restarts: 0,
};
const wellCalls = { all: 900, succeededPerSecond: 0.5, unansweredPerSecond: 0 };
export const wellMachine = {
  bootedAt: Date.parse('2026-11-20T06:00:00Z') / 1000,
  clockOffsetSeconds: 0.1,
  ioStalledShare: 0.01,
  memoryAvailableShare: 0.6,
  diskAvailableShare: 0.4,
};
export const oneOfForty = { nodes: 40, notReady: 1, fellWithinHour: 1, kubelets: 40, kubeletsDown: 1 };
export const well: World = {
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
export const fellSilent: World = {
  ...well,
  recording: recording('kubelet-killed'),
  fleet: oneOfForty,
  history: { ready: 0, unknown: 1, leaseAgeSeconds: 60, leaseMoves: 4, readinessChanges: 1 },
};
