import type { Case } from '../../../engine/replay.ts';
import { but, caseOf, lastWord, silence } from './case.ts';
import type { World } from './compose.ts';
import { calledNotReady, changed, datedEarlier, type EventAt, storedAnew } from './recording-changes.ts';
import { answers, exporter, fellSilent, wellMachine } from './worlds.ts';
import { failing, wellFor } from './worlds-changed.ts';

/** Clocks, and what tells them. The moment of `time-skew` is of a clock 10 minutes behind, with nothing else to tell it. */
const skewed = (more: Partial<World>, ...only: EventAt[]): World => ({
  recording: changed('time-skew', { only }),
  kubelet: { runtimeCallsPerSecond: 2, slowRelists: 0, restarts: 0 },
  expiredPerSecond: 0,
  ...more,
});
const offBy = (clockOffsetSeconds: number) => ({ exporter, machine: { ...wellMachine, clockOffsetSeconds } });
const wasAhead = (leaseAgeSeconds: number): World => ({
  ...fellSilent,
  leaseAge: 4,
  history: { ready: 0, unknown: 1, leaseMoves: 12, leaseNewestSeconds: -596, leaseAgeSeconds, readinessChanges: 1 },
});

/** Just this side of a limit: with it ten times as small or as large another verdict would come of it. */
export const clocks: Record<string, Case> = {
  'event-dated-10-minutes-early': caseOf(
    'Stored 5 minutes ago, the event is dated 10 minutes before that.',
    skewed({}, datedEarlier(300, 600)),
    { confirmed: ['clockJumped'], inconclusive: ['networkPlugin', 'pressure'] },
  ),
  'event-dated-a-minute-early': caseOf(
    'An event that the kubelet could send only a minute later.',
    wellFor(7200, datedEarlier(300, 60)),
    { recovered: 'confirmed' },
  ),
  'event-stored-anew-after-it-expired': caseOf(
    'An event that goes on since yesterday was stored anew 5 minutes ago, with the first date that it had.',
    wellFor(7200, storedAnew(300, 86_400)),
    { recovered: 'confirmed' },
  ),
  'event-dated-early-half-an-hour-ago': caseOf(
    'An event dated 10 minutes early was stored half an hour ago: that is over.',
    wellFor(7200, datedEarlier(2000, 600)),
    { recovered: 'confirmed' },
  ),
  'pleg-100-seconds-old': caseOf(
    'Cut off, and its PLEG was last seen 100 s ago: whether its clock is right does not show.',
    {
      ...fellSilent,
      recording: changed('kubelet-killed', {}),
      scrapes: answers,
      kubelet: { plegAgeSeconds: 100, plegMoves: 0, runtimeCallsPerSecond: 2, slowRelists: 0 },
      apiCalls: { all: 900, unansweredPerSecond: 0.9 },
      machine: {},
      history: {},
    },
    { confirmed: ['cutOff'], inconclusive: ['clockJumped', 'networkPlugin', 'pressure'] },
  ),
  'lease-was-ahead-as-both-saw': caseOf(
    'Within 10 minutes its lease was renewed 10 minutes ahead; kube-state-metrics was scraped 40 s ago.',
    wasAhead(44),
    { confirmed: ['clockJumped'], inconclusive: [...but(silence, 'clockJumped'), 'networkPlugin', 'pressure'] },
  ),
  'lease-was-ahead-by-one-clock-only': caseOf(
    'The same, but Prometheus finds the lease 200 s old, which the API server finds fresh.',
    wasAhead(204),
    { inconclusive: [...silence, 'networkPlugin', 'pressure'] },
  ),
  'machine-and-lease-behind-alike': caseOf('Lease and machine are 10 minutes behind.', skewed(offBy(-600)), {
    confirmed: ['clockJumped'],
    inconclusive: ['networkPlugin', 'pressure'],
  }),
  'machine-behind-less-than-its-lease': caseOf(
    'Its lease is 10 minutes old, its clock 8 minutes behind that of Prometheus.',
    skewed(offBy(-500)),
    { inconclusive: ['clockJumped', 'networkPlugin', 'pressure'] },
  ),
  'not-ready-2-seconds-ago': caseOf(
    'The controller manager called it NotReady 2 s ago; the cache still says Ready.',
    { recording: changed('kubelet-killed-t020', { more: [calledNotReady(2)] }), leaseAge: 42 },
    { confirmed: ['kubeletStopped'], inconclusive: ['machineDown', ...lastWord], recovered: 'inconclusive' },
  ),
  'lease-5-seconds-ahead': caseOf(
    'Its lease was renewed 5 s in the future: no skew.',
    { ...wellFor(7200), leaseAge: -5 },
    {
      recovered: 'confirmed',
    },
  ),
  'every-lease-46-seconds-late': caseOf(
    'Every lease is late by the same: our own clock is ahead.',
    { ...wellFor(7200), leaseAge: 49, controllerManagerAge: 46, schedulerAge: 47 },
    {
      inconclusive: [
        ...['frozenAnswers', 'unauthorized', 'cutOff', 'clockJumped', 'networkPlugin', 'pressure'],
        'controllerManagerDown',
      ],
      recovered: 'inconclusive',
    },
  ),
  'control-plane-400-seconds-late': caseOf(
    'The control plane renewed 400 s ago, the kubelet 60 s ago: nobody vouches for our own clock.',
    { ...wellFor(7200), leaseAge: 60, controllerManagerAge: 400, schedulerAge: 400 },
    {
      inconclusive: ['frozenAnswers', 'cutOff', 'networkPlugin', 'pressure', 'controllerManagerDown'],
      recovered: 'inconclusive',
    },
  ),
  'no-readyz': caseOf(
    'The API server does not tell of etcd; its control plane renewed its leases 3 s ago.',
    { ...wellFor(7200), leaseAge: 9, controllerManagerAge: 3, schedulerAge: 3 },
    { inconclusive: ['frozenAnswers'], recovered: 'confirmed' },
    failing('probe '),
  ),
  'no-readyz-and-no-fresh-lease': caseOf(
    'The API server does not tell of etcd, and the youngest lease is 12 s old.',
    { ...wellFor(7200), leaseAge: 12, controllerManagerAge: 20, schedulerAge: 20 },
    {
      inconclusive: [
        ...['frozenAnswers', 'manyNodes', 'removed', ...silence, ...lastWord],
        ...['plannedWork', 'controllerManagerDown', 'volumesUnavailable', 'systemdSilent'],
      ],
      recovered: 'inconclusive',
    },
    failing('probe '),
  ),
};
