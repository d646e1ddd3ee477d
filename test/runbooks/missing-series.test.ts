import { expect, it } from 'vitest';
import { catalog } from '../../runbooks/catalog.ts';
import { caseFiles, readCase } from './case-files.ts';
import { certainWithoutOneSeries } from './properties/series.ts';

const small =
  'The query keeps only logs above a floor, and counts all it looked at in the same answer: a log that is not there is a small one.';
const first =
  'A kubelet counts pulls from its first on. All its calls are counted by the same counter, so that a dropped one is told apart.';
const alsoOnPurpose =
  "Only what turned read-only has it. Of a file system that is not the kubelet's it only casts doubt on a disk that is calm, and of which nobody reports an error.";
const unlimited = 'A pod without a limit has no such series: it is counted among the pods whose limit was looked at.';

const sameSeries = 'A scrape is dated by its own sample: `up` without its age is none that Prometheus can give.';
const itsOwnProcess =
  'Every process tells when it started, in the very answer that has its other figures: without it there is none of the others.';
const noYesterday =
  'The same histogram of a day before: it is missing only where Prometheus does not remember so long. What is over the limit of etcd-mixin is slow then.';
const onlyDoubts =
  'It only casts doubt on what kube-state-metrics counts: where the kubelets are not scraped, or the nodes have been counted for an hour, there is nothing to doubt.';
const theNodeDecides =
  'Where its calls to the runtime are not counted, the Node decides, in which a runtime that is gone shows after 33 s.';
const sameCondition =
  'Counted in the very series that tells whether it is Ready. Where kube-state-metrics tells neither, that a node comes and goes its events tell from three falls on: it opens again with the next alert.';
const rightNow =
  "The lease, renewed with the right time by the API server's clock, proves that the node's clock is right now; the figure only adds that Prometheus' may be off.";

const theQueueDecides =
  'Kernels without PSI collect nothing of how long tasks wait: there a busy disk with a queue is saturated, as NodeDiskIOSaturation has it. It only casts doubt on that.';
const idle =
  'A lease that is renewed proves that its holder runs; that it does nothing only this figure tells, which not every cluster has.';

/** What follows from a series that is not there, and may: each with why. All other runbooks turn nowhere. */
const admitted: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'control-plane-down': {
    'notScraped: confirmed without behind': idle,
    'recovered: confirmed without behind': idle,
  },
  'disk-io': {
    'logFlood: ruled-out without size': small,
    'imagePulls: ruled-out without ended': first,
    'failingDisk: ruled-out without turnedReadOnly': alsoOnPurpose,
    'logFlood: ruled-out without stalled': theQueueDecides,
    'otherWriter: confirmed without stalled': theQueueDecides,
    'imagePulls: ruled-out without stalled': theQueueDecides,
    'swapping: ruled-out without stalled': theQueueDecides,
  },
  'pid-exhaustion': {
    'podLimit: ruled-out without limit': unlimited,
    'recovered: confirmed without limit': unlimited,
    'recovered: confirmed without allPods':
      'Most set-ups keep no series of the cgroup of all pods: without it the machine is what is looked at.',
  },
  'node-not-ready': {
    'machineDown: ruled-out without ageSeconds': sameSeries,
    'manyNodes: ruled-out without ageSeconds': sameSeries,
    'manyNodes: ruled-out without kubelets': onlyDoubts,
    'manyNodes: ruled-out without sinceUnseen': onlyDoubts,
    'clockJumped: ruled-out without clockOffsetSeconds': rightNow,
    'clockJumped: ruled-out without up': rightNow,
    'cutOff: confirmed without refused':
      'All its calls are counted by one counter: a code without a series was never answered, and a dropped counter leaves no call at all.',
    'cutOff: ruled-out without ageSeconds': sameSeries,
    'kubeletStopped: confirmed without ageSeconds': sameSeries,
    'kubeletStuck: ruled-out without ageSeconds': sameSeries,
    'recovered: confirmed without ageSeconds': sameSeries,
    'runtimeHangs: ruled-out without ageSeconds': sameSeries,
    'unauthorized: ruled-out without ageSeconds': sameSeries,
    'recovered: confirmed without readinessChanges': sameCondition,
    'recovered: confirmed without runtimeErrorsPerSecond': theNodeDecides,
    'recovered: confirmed without runtimeCallsPerSecond': theNodeDecides,
    'runtimeGone: ruled-out without runtimeErrorsPerSecond':
      'An operation has no series of errors before its first one, so that most nodes that are well have none (recorded).',
    'unauthorized: ruled-out without perSecond':
      'Its own calls, none of them answered 401 until its port refused, rule it out; that somebody comes with an expired certificate only casts doubt on that.',
  },
  'etcd-heartbeat': {
    'starvedProcess: ruled-out without cpuWaiting':
      'Where nobody collects CPU figures, a process that answered Prometheus in time got to run, and the slow disk explains its late heartbeats.',
    'starvedProcess: confirmed without throttled':
      'Where nobody collects CPU figures nothing else is left that holds up heartbeats with a good disk, no slow applies and a good network; the words leave open whether it was the whole machine.',
    'slowNetwork: confirmed without rttUsual': noYesterday,
    'recovered: ruled-out without rttUsual': noYesterday,
    'memberDown: ruled-out without restarts': itsOwnProcess,
    'recovered: confirmed without restarts': itsOwnProcess,
    'memberDown: ruled-out without scrapeSeconds': sameSeries,
    'memberStuck: ruled-out without scrapeSeconds': sameSeries,
    'notObservable: ruled-out without ageSeconds': sameSeries,
    'memberDown: ruled-out without ageSeconds': sameSeries,
    'memberStuck: ruled-out without ageSeconds': sameSeries,
    'slowNetwork: ruled-out without ageSeconds': sameSeries,
    'recovered: confirmed without ageSeconds': sameSeries,
  },
  'any-alert': {
    'recovered: confirmed without up':
      "The series is the answer to the alert's own expression: that it gives none is what 'over' looks like. That Prometheus scrapes at all is asked beside it.",
  },
};

it.each(catalog.map((runbook) => ({ id: runbook.id, runbook })))(
  '$id without one series of Prometheus comes to the same verdicts, or to open ones',
  async ({ id, runbook }) => {
    const found = new Set<string>();
    for (const file of caseFiles(runbook))
      for (const turn of await certainWithoutOneSeries(runbook, readCase(runbook, file))) found.add(turn);

    const known = Object.keys(admitted[id] ?? {});
    expect(
      [...found].filter((turn) => !known.includes(turn)),
      'certain only because something was not seen',
    ).toEqual([]);
    expect(
      known.filter((turn) => !found.has(turn)),
      'mended: take it off the list',
    ).toEqual([]);
  },
  240_000,
);
