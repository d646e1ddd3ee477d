import type { causes } from '../../../../runbooks/node-not-ready/causes/all.ts';
import type { Truth } from '../truth.ts';

/** What is wrong with the runtime, the kernel or the clock of a kubelet that lives. */
export const ofTheMachine: Truth<keyof typeof causes> = [
  { is: [], perhaps: ['runtimeHangs'], unseen: true, cases: 'no-prometheus-at-all-100-seconds' },
  { is: [], perhaps: ['runtimeGone', 'runtimeHangs'], unseen: true, cases: 'crio-is-gone-or-hangs' },
  {
    is: ['runtimeGone'],
    perhaps: ['manyNodes'],
    why: 'what the others have nobody told',
    cases: 'runtime-gone-while-others-fell',
  },
  { is: ['clockOff'], cases: 'clock-3-seconds-off clock-unkept' },
  { is: [], perhaps: ['clockOff'], unseen: true, cases: 'clock-untold clock-of-a-silent-exporter' },
  { is: ['runtimeGone', 'clockOff'], cases: 'clock-off-and-runtime-gone' },
  {
    is: ['runtimeGone'],
    cases: `
      runtime-killed runtime-killed-t020 no-prometheus-runtime-killed
      no-prometheus-runtime-dialled-5-minutes-ago`,
  },
  {
    is: [],
    perhaps: ['runtimeGone'],
    why: 'a runtime that is gone for half of the window shows in Ready: it comes and goes, or fails some calls only',
    cases: 'most-calls-to-the-runtime-fail',
  },
  {
    is: [],
    perhaps: ['runtimeGone', 'runtimeHangs', 'networkPlugin'],
    why: 'it has just been started, and has not heard of its runtime yet',
    cases: 'kubelet-just-started',
  },
  { is: ['runtimeGone'], perhaps: ['networkPlugin'], cases: 'runtime-down-and-network-not-ready' },
  { is: ['runtimeGone'], cases: 'docker-is-not-there crio-is-gone' },
  { is: ['runtimeHangs'], unseen: true, cases: 'docker-does-not-answer-its-shim' },
  { is: ['runtimeGone'], unseen: true, cases: 'no-prometheus-runtime-dialled-half-an-hour-ago' },
  { is: ['runtimeGone'], perhaps: ['clockJumped'], cases: 'runtime-gone-and-clock-ahead' },
  {
    is: ['runtimeHangs'],
    cases: 'runtime-stopped runtime-stopped-t060 slow-relists-while-ready runtime-hangs-on-a-quiet-disk',
  },
  { is: ['runtimeHangs'], unseen: true, cases: 'no-prometheus-runtime-stopped' },
  { is: [], perhaps: ['runtimeHangs'], why: 'the disk may be why', cases: 'runtime-hangs-on-a-busy-disk' },
  { is: ['runtimeHangs', 'plannedWork'], cases: 'cordoned-and-its-runtime-hangs' },
  { is: ['runtimeHangs', 'systemdSilent'], cases: 'old-systemd-is-silent' },
  {
    is: ['runtimeHangs'],
    perhaps: ['systemdSilent'],
    cases: 'old-systemd-is-silent-after-20-days old-systemd-never-answered some-systemd-is-silent',
  },
  { is: ['runtimeHangs'], perhaps: ['systemdSilent'], unseen: true, cases: 'old-systemd-never-asked' },
  {
    is: ['runtimeHangs'],
    cases: `
      old-systemd-answers mended-systemd-is-silent crio-hangs-and-its-calls-do-not-end crio-hangs-and-no-call-ends
      calls-hang-since-100-seconds`,
  },
  { is: ['kernelTrouble'], cases: 'file-system-is-read-only' },
  { is: ['kernelTrouble', 'runtimeHangs'], cases: 'task-hung-while-not-ready' },
  { is: [], perhaps: ['runtimeHangs'], unseen: true, cases: 'no-prometheus-and-ready-for-100-seconds' },
  { is: ['runtimeHangs'], cases: 'pleg-not-healthy' },
  {
    is: ['runtimeHangs'],
    unseen: true,
    cases: `
      only-cadvisor-scraped-and-the-runtime-stopped only-cadvisor-scraped-for-100-seconds slow-relists-not-counted
      pleg-not-healthy-and-its-disk-unseen`,
  },
  {
    is: [],
    perhaps: ['runtimeHangs'],
    why: 'the disk may be why',
    cases: 'pleg-not-healthy-on-a-stalled-disk',
  },
  { is: ['kernelTrouble', 'runtimeHangs'], cases: 'task-hung-100-seconds-before' },
  { is: ['kernelTrouble'], cases: 'file-system-reported-corrupt' },
  {
    is: [],
    perhaps: ['runtimeGone', 'runtimeHangs'],
    why: 'two who ask the runtime say the opposite of each other',
    cases: 'runtime-reported-unhealthy',
  },
];
