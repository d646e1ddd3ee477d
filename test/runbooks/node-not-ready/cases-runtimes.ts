import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import type { Reads, World } from './compose.ts';
import { withRuntime } from './recording-changes.ts';
import { answers, fellSilent, oneOfForty, refusing, well, wellKubelet } from './worlds.ts';
import { saying, wellFor } from './worlds-changed.ts';

const on = (runtime: string, world: World): World => ({ ...world, recording: withRuntime(world.recording, runtime) });

/** Its `/metrics` asks cAdvisor, not the runtime: it answers also while that hangs. */
const crio = (message: string, kubelet: NonNullable<World['kubelet']>): World =>
  on('cri-o://1.28.4', { ...saying(message), kubelet: { plegMoves: 0, slowRelists: 0, restarts: 0, ...kubelet } });

const down = 'container runtime is down';
const downForMinutes = `[${down}, PLEG is not healthy: pleg was last seen active 4m0s ago; threshold is 3m0s]`;

/** The kubelet's read-only port, which nobody opens on a node that is hardened, in the kubelet's job. */
const ofReadOnlyPort = (reads: Reads): Reads =>
  JSON.parse(JSON.stringify(reads).replaceAll('10.123.0.1:10250', '10.123.0.1:10255')) as Reads;

/** Other runtimes than containerd, and other ports than the kubelet's. */
export const runtimes: Record<string, Case> = {
  'crio-hangs-and-its-calls-do-not-end': caseOf(
    'CRI-O hangs: one call in two minutes ends, by its deadline.',
    crio(downForMinutes, { plegAgeSeconds: 240, runtimeCallsPerSecond: 0.02, runtimeErrorsPerSecond: 0.02 }),
    { confirmed: ['runtimeHangs'], recovered: 'ruled-out' },
  ),
  'crio-hangs-and-no-call-ends': caseOf(
    'CRI-O hangs: no call ended within two minutes.',
    crio(downForMinutes, { plegAgeSeconds: 240, runtimeCallsPerSecond: 0 }),
    { confirmed: ['runtimeHangs'], recovered: 'ruled-out' },
  ),
  'crio-is-gone-or-hangs': caseOf(
    'CRI-O is gone or hangs: that /metrics answers does not tell which.',
    crio(down, { plegAgeSeconds: 100 }),
    { inconclusive: ['runtimeGone', 'runtimeHangs'], recovered: 'ruled-out' },
  ),
  'crio-is-gone': caseOf(
    'CRI-O is gone: each call fails at once, of a kubelet that asks for its status only (EventedPLEG).',
    crio(down, { plegAgeSeconds: 100, runtimeCallsPerSecond: 0.3, runtimeErrorsPerSecond: 0.3 }),
    { confirmed: ['runtimeGone'], recovered: 'ruled-out' },
  ),
  'crio-and-well': caseOf(
    'CRI-O, and PLEG looked 10 s ago.',
    on('cri-o://1.28.4', { ...wellFor(7200), kubelet: { ...wellKubelet, plegAgeSeconds: 10 } }),
    { recovered: 'confirmed' },
  ),
  'docker-and-pleg-looked-a-minute-ago': caseOf(
    'Docker under a kubelet whose PLEG looked a minute ago: it hangs, or waits for events.',
    on('docker://20.10.21', { ...wellFor(7200), kubelet: { ...wellKubelet, plegAgeSeconds: 60 } }),
    { inconclusive: ['runtimeHangs'], recovered: 'confirmed' },
  ),
  'calls-hang-since-100-seconds': caseOf(
    'Ready still, and hardly a call to the runtime has ended for two minutes.',
    on('cri-o://1.28.4', {
      ...wellFor(300),
      kubelet: { plegAgeSeconds: 118, plegMoves: 0, slowRelists: 0, runtimeCallsPerSecond: 0.05, restarts: 0 },
    }),
    { confirmed: ['runtimeHangs'], recovered: 'ruled-out' },
  ),
  'calls-hung-until-100-seconds-ago': caseOf(
    'Hardly a call to the runtime ended within two minutes, and it is Ready since.',
    on('cri-o://1.28.4', {
      ...wellFor(100),
      kubelet: { plegAgeSeconds: 118, plegMoves: 0, slowRelists: 0, runtimeCallsPerSecond: 0.05, restarts: 0 },
    }),
    { inconclusive: ['runtimeHangs'], recovered: 'confirmed' },
  ),
  'few-calls-of-a-kubelet-started-anew': caseOf(
    'Hardly a call to the runtime is counted: the kubelet was started anew meanwhile.',
    on('cri-o://1.28.4', {
      ...wellFor(100),
      kubelet: { plegAgeSeconds: 60, plegMoves: 2, slowRelists: 0, runtimeCallsPerSecond: 0.05, restarts: 1 },
    }),
    { inconclusive: ['runtimeGone', 'runtimeHangs'], recovered: 'confirmed' },
  ),
  'one-slow-relist': caseOf(
    'One relist over 10 s, of a node that is Ready since long.',
    { ...wellFor(86_400), kubelet: { ...wellKubelet, slowRelists: 1.02 } },
    { inconclusive: ['runtimeHangs'], recovered: 'confirmed' },
  ),
  'runtime-gone-while-others-fell': caseOf(
    'Its runtime is gone; three others of twenty nodes fell within the hour, of which nothing is told.',
    {
      ...saying(down),
      kubelet: { plegAgeSeconds: 100, slowRelists: 0, runtimeCallsPerSecond: 2, runtimeErrorsPerSecond: 2 },
      fleet: { ...oneOfForty, nodes: 20, notReady: 4, fellWithinHour: 4, kubelets: 20 },
    },
    { confirmed: ['runtimeGone'], inconclusive: ['manyNodes'], recovered: 'ruled-out' },
  ),
  'read-only-port-refuses': caseOf(
    'It fell silent, and only its read-only port is scraped, where nobody listens on a hardened node.',
    { ...fellSilent, scrapes: refusing, kubelet: {}, apiCalls: {} },
    {
      inconclusive: [
        ...['unauthorized', 'kubeletStopped', 'kubeletStuck', 'cutOff'],
        ...['runtimeGone', 'runtimeHangs', 'networkPlugin', 'pressure'],
      ],
    },
    ofReadOnlyPort,
  ),
  'read-only-port-answers': caseOf(
    'Cut off: its read-only port is open, and answers.',
    { ...fellSilent, scrapes: answers, kubelet: wellKubelet, apiCalls: { all: 900, unansweredPerSecond: 0.9 } },
    { confirmed: ['cutOff'], inconclusive: ['networkPlugin', 'pressure'] },
    ofReadOnlyPort,
  ),
  'port-of-its-own-refuses': caseOf(
    'It fell silent, and the port that its Node tells refuses.',
    { ...fellSilent, scrapes: refusing, kubelet: {}, apiCalls: {}, recording: listeningOn(10_255) },
    {
      confirmed: ['kubeletStopped'],
      inconclusive: ['unauthorized', 'runtimeGone', 'runtimeHangs', 'networkPlugin', 'pressure'],
    },
    ofReadOnlyPort,
  ),
};

function listeningOn(Port: number): World['recording'] {
  const { node, ...rest } = fellSilent.recording;
  const status = { ...(node.status as object), daemonEndpoints: { kubeletEndpoint: { Port } } };
  return { ...rest, node: { ...node, status } };
}

const about = (name: string, world: World, expect: Parameters<typeof caseOf>[2], words: string): Case => ({
  ...caseOf(words, world, expect),
  alert: { name, labels: { alertname: name, instance: '10.123.0.1:9100', job: 'node-exporter' } },
});

/** Alerts about the clock, as the machine's kernel tells of it. */
export const clockAlerts: Record<string, Case> = {
  'clock-3-seconds-off': about(
    'NodeClockSkewDetected',
    { ...wellFor(7200), clock: { offsetSeconds: 3, synchronised: 1, errorSeconds: 0.02 } },
    { confirmed: ['clockOff'], recovered: 'ruled-out' },
    'A clock 3 s off: far from moving the node, and its alert is about just that.',
  ),
  'clock-unkept': about(
    'NodeClockNotSynchronising',
    { ...wellFor(7200), clock: { offsetSeconds: 0, synchronised: 0, errorSeconds: 16 } },
    { confirmed: ['clockOff'], recovered: 'ruled-out' },
    'Nobody keeps the clock.',
  ),
  'clock-unkept-since-a-moment': about(
    'NodeClockNotSynchronising',
    { ...wellFor(7200), clock: { offsetSeconds: 0, synchronised: 0, errorSeconds: 3 } },
    { recovered: 'confirmed' },
    'Its NTP client has lost its source for a moment.',
  ),
  'clock-right-again': about(
    'NodeClockSkewDetected',
    { ...wellFor(7200), clock: { offsetSeconds: -0.012, synchronised: 1, errorSeconds: 0.02 } },
    { recovered: 'confirmed' },
    'The clock is right again.',
  ),
  'clock-untold': about(
    'NodeClockSkewDetected',
    { ...wellFor(7200), clock: {} },
    { inconclusive: ['clockOff'], recovered: 'inconclusive' },
    'No figure of the kernel: node_exporter runs without its collector timex.',
  ),
  'clock-of-a-silent-exporter': about(
    'HostClockSkew',
    { ...wellFor(7200), exporter: { up: 0, seconds: 10 }, clock: { offsetSeconds: 3, synchronised: 1 } },
    { inconclusive: ['clockOff'], recovered: 'inconclusive' },
    'What is told of the clock is of before its exporter fell silent.',
  ),
  'clock-off-and-runtime-gone': about(
    'NodeClockSkewDetected',
    {
      ...saying(down),
      kubelet: { plegAgeSeconds: 100, slowRelists: 0, runtimeCallsPerSecond: 2, runtimeErrorsPerSecond: 2 },
      fleet: { ...well.fleet, notReady: 1, fellWithinHour: 1 },
      clock: { offsetSeconds: -0.3, synchronised: 1, errorSeconds: 0.4 },
    },
    { confirmed: ['runtimeGone', 'clockOff'], recovered: 'ruled-out' },
    'Its clock is off, which its alert is about, and its runtime is gone.',
  ),
};
