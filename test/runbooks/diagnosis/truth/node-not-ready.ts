import type { causes } from '../../../../runbooks/node-not-ready/causes/all.ts';
import type { Truth } from '../truth.ts';
import { ofTheMachine } from './node-not-ready-machine.ts';

export const truth: Truth<keyof typeof causes> = [
  ...ofTheMachine,
  {
    is: [],
    cases: `
      volumes-whose-cache-is-late volumes-whose-right-is-lost volumes-whose-api-is-not-reached crio-and-well
      one-slow-relist few-calls-of-a-kubelet-started-anew docker-and-pleg-looked-a-minute-ago
      calls-hung-until-100-seconds-ago clock-unkept-since-a-moment clock-right-again
      healthy managed-control-plane
      runtime-killed-healed runtime-stopped-healed kubelet-killed-healed disk-pressure-healed pids-node-healed
      machine-restarted back-for-20-minutes back-for-40-minutes
      some-calls-to-the-runtime-fail most-calls-failed-until-100-seconds-ago slow-relists-before-it-was-well
      eviction-200-seconds-ago event-dated-a-minute-early event-stored-anew-after-it-expired event-dated-early-half-an-hour-ago lease-5-seconds-ahead
      scraped-a-minute-ago no-readyz task-hung-before-it-was-well kernel-watched-and-well
      kernel-watched-until-20-minutes-ago pod-waits-for-a-secret`,
  },
  { is: [], why: 'a token is made in memory: its node stalled', cases: 'token-not-mounted' },
  {
    is: [],
    unseen: true,
    cases: 'scraped-4-minutes-ago not-refused-and-lease-forbidden no-prometheus-at-all-200-seconds',
  },
  { is: [], why: 'our own clock is ahead', cases: 'every-lease-46-seconds-late' },
  { is: [], why: 'there is no such node, and there never was', cases: 'no-node-can-be-called-so' },
  {
    is: [],
    perhaps: ['kubeletStuck', 'runtimeHangs'],
    why: "the I/O of kubelet and runtime was throttled: another runbook's matter, by which both become slow",
    cases: 'io-stall',
  },
  {
    is: [],
    perhaps: ['machineDown', 'unauthorized', 'kubeletStopped', 'kubeletStuck', 'cutOff'],
    why: 'it came and went, or has just fallen silent, and nothing more was made up',
    cases: 'flapping answered-12-seconds-ago',
  },
  { is: [], perhaps: ['unauthorized', 'cutOff'], cases: 'silent-for-30-seconds' },
  { is: [], perhaps: ['cutOff'], cases: 'its-calls-succeed-on-average' },
  { is: [], perhaps: ['kubeletStopped'], why: 'as in a restart', cases: 'refused-for-16-seconds' },
  { is: [], perhaps: ['controllerManagerDown', 'cutOff'], cases: 'control-plane-400-seconds-late' },
  { is: [], perhaps: ['frozenAnswers'], unseen: true, cases: 'no-readyz-and-no-fresh-lease' },
  {
    is: [],
    perhaps: ['clockJumped'],
    why: 'two clocks say the opposite of each other',
    cases: 'lease-was-ahead-by-one-clock-only',
  },
  { is: ['frozenAnswers'], cases: 'etcd-lost etcd-just-lost' },
  { is: ['manyNodes'], cases: 'many-nodes' },
  {
    is: ['manyNodes', 'kubeletStopped'],
    cases: 'four-of-20-fell thirty-of-200-fell-ten-minutes-ago',
  },
  { is: ['removed'], cases: 'removed removed-by-its-event' },
  { is: [], cases: 'no-such-node no-such-node-but-a-kubelet' },
  { is: ['machineDown'], cases: 'machine-down machine-out-of-memory' },
  { is: ['machineDown'], cases: 'node-is-shutting-down' },
  { is: ['machineDown', 'kubeletStopped'], cases: 'machine-restarted-without-its-kubelet' },
  { is: ['machineDown', 'networkPlugin'], cases: 'rebooted-30-seconds-after' },
  { is: ['unauthorized'], cases: 'cert-expired cert-expired-t030 certificate-expired-then-restarted' },
  {
    is: ['kubeletStopped'],
    cases: `
      kubelet-killed kubelet-killed-t020 not-ready-2-seconds-ago refused-after-200ms no-lease-refused-30-seconds-ago
      objects-forbidden-but-kube-state-metrics somebody-elses-certificate four-of-100-fell twelve-of-200-fell-after-it
      refused-to-the-api-server refused-to-both refused-since-it-was-scraped refused-a-scrape-and-no-log-may-be-read`,
  },
  {
    is: ['kubeletStopped'],
    unseen: true,
    cases: `
      no-prometheus-kubelet-killed objects-forbidden-kubelet-killed network-unavailable-of-a-silent-node
      no-lease-refused-90-seconds-ago no-log-may-be-read its-pod-is-just-gone no-tunnel-to-it`,
  },
  {
    is: [],
    perhaps: ['machineDown', 'unauthorized', 'kubeletStopped', 'kubeletStuck', 'cutOff'],
    why: 'nothing more was made up than that nothing comes back from it',
    unseen: true,
    cases: 'no-answer-to-the-api-server no-route-for-the-api-server',
  },
  { is: ['unauthorized'], unseen: true, cases: 'cannot-ask-who-the-api-server-is' },
  { is: [], perhaps: ['kubeletStopped', 'kubeletStuck', 'cutOff'], unseen: true, cases: 'read-only-port-refuses' },
  { is: [], perhaps: ['unauthorized', 'cutOff', 'clockJumped'], unseen: true, cases: 'its-log-is-served' },
  { is: ['kubeletStopped'], perhaps: ['manyNodes'], cases: 'two-of-15-fell fleet-counted-4-minutes-ago' },
  {
    is: ['kubeletStopped', 'manyNodes'],
    unseen: true,
    why: 'they died together, and are fewer than a tenth, or nobody counted them before',
    cases: 'nine-young-nodes-died-together nine-nodes-not-counted-an-hour-ago kube-state-metrics-tells-of-one-node',
  },
  { is: ['kubeletStopped'], cases: 'fleet-counted-a-minute-ago port-of-its-own-refuses' },
  { is: ['kubeletStopped', 'controllerManagerDown'], cases: 'controller-manager-and-kubelet-stopped' },
  { is: ['kubeletStuck'], unseen: true, cases: 'kubelet-frozen' },
  { is: ['kubeletStuck'], cases: 'kubelet-frozen-with-exporter silent-for-2-seconds silent-to-both' },
  { is: ['cutOff'], cases: 'read-only-port-answers cut-off cut-off-for-39.9-seconds cut-off-for-40.1-seconds' },
  {
    is: ['cutOff'],
    perhaps: ['unauthorized'],
    why: 'what it is answered since it shut Prometheus out is not known',
    cases: 'cut-off-and-denies silent-to-a-scrape-and-serves answers-401-and-is-silent',
  },
  { is: ['cutOff'], perhaps: ['clockJumped'], cases: 'pleg-100-seconds-old' },
  {
    is: ['cutOff'],
    perhaps: ['unauthorized'],
    why: 'what it is answered since it shut Prometheus out is not known',
    cases: 'cut-off-and-answers-401 answers-401-late-on-a-quiet-disk',
  },
  {
    is: ['cutOff'],
    perhaps: ['kubeletStuck'],
    why: 'cut off or stuck, it stays silent when it has to ask who comes',
    cases: 'cut-off-and-silent',
  },
  {
    is: [],
    perhaps: ['unauthorized', 'cutOff'],
    why: 'it lives, and what the API server answers it was not made up',
    cases: `
      answers-401-and-its-calls-unseen answers-401-and-was-answered answers-401-and-was-answered-so
      answers-401-late-on-a-busy-disk`,
  },
  { is: [], perhaps: ['kubeletStuck', 'cutOff'], unseen: true, cases: 'silent-and-its-calls-unseen' },
  {
    is: [],
    perhaps: ['unauthorized', 'kubeletStopped', 'kubeletStuck', 'cutOff'],
    why: 'nothing more was made up than that its scrapes fail at once',
    cases: 'no-route-at-once',
  },
  { is: ['kubeletStopped'], unseen: true, cases: 'refused-and-no-targets-told' },
  {
    is: ['clockJumped'],
    cases: `
      time-skew time-skew-plus600 no-prometheus-time-skew clock-behind-by-its-lease event-dated-10-minutes-early
      lease-was-ahead-as-both-saw machine-and-lease-behind-alike machine-behind-less-than-its-lease`,
  },
  {
    is: ['clockJumped'],
    why: 'right again, but the jump back is what the node flaps by until its old renewals are past',
    cases: 'time-skew-right-after-plus600',
  },
  {
    is: ['networkPlugin'],
    cases: `
      cni-missing no-prometheus-cni-missing cni-missing-long-after-a-boot network-unavailable-of-a-ready-node
      kubelet-restarted-without-its-network started-three-times-long-ago booted-65-minutes-ago-with-its-trouble`,
  },
  { is: ['networkPlugin'], perhaps: ['kubeletStopped'], cases: 'started-three-times' },
  { is: ['networkPlugin'], perhaps: ['machineDown'], cases: 'rebooted-200-seconds-after' },
  {
    is: ['pressure'],
    cases: `
      disk-pressure-filled no-prometheus-disk-pressure disk-pressure-long-after-a-boot disk-pressure-while-others-fall
      pids-node eviction-20-seconds-ago`,
  },
  { is: ['pressure', 'plannedWork'], cases: 'disk-pressure-while-cordoned' },
  {
    is: ['plannedWork'],
    cases: 'cordon-drain no-prometheus-cordon-drain cordoned-and-well cordon-drain-while-others-fall',
  },
  { is: ['plannedWork', 'controllerManagerDown'], cases: 'cordoned-while-nobody-controls' },
  { is: ['volumesUnavailable'], cases: 'volumes-beyond-its-limit volumes-of-two-pods-not-mounted' },
  {
    is: [],
    perhaps: ['volumesUnavailable'],
    why: 'of the pods of one owner it may be their own matter, or that of the storage',
    cases: 'volume-attached-elsewhere volume-of-one-pod-not-mounted volumes-of-two-pods-of-one-deployment',
  },
  {
    is: [],
    perhaps: ['volumesUnavailable'],
    why: 'another machine, the server of a share, or a driver that nobody has',
    cases: `
      volumes-of-two-pods-attached-elsewhere volumes-of-two-pods-denied-by-their-server volumes-of-a-driver-unknown-here`,
  },
  { is: [], unseen: true, why: 'node-problem-detector is gone since 40 days', cases: 'kernel-complained-40-days-ago' },
  {
    is: [],
    perhaps: ['plannedWork'],
    why: 'it comes and goes, and was cordoned for that',
    cases: 'cordoned-while-it-flaps',
  },
  { is: ['volumesUnavailable'], unseen: true, cases: 'waiting-pod-unseen' },
  {
    is: [],
    perhaps: ['volumesUnavailable'],
    why: 'the stalled disk may be why',
    cases: 'volumes-not-mounted-on-a-stalled-disk',
  },
  {
    is: ['kubeletStopped'],
    cases: `
      task-hung-seven-minutes-before ten-of-5000-fell killed-after-one-401 certificate-ended-long-before
      thirty-of-200-fell-after-it certificate-ended-after-it-fell-silent certificate-good-and-somebody-elses-expired`,
  },
  { is: ['machineDown'], cases: 'reboots-again-and-again switched-off-after-one-401 prometheus-reaches-35-of-40' },
  {
    is: [],
    perhaps: ['machineDown', 'unauthorized', 'kubeletStopped', 'kubeletStuck', 'cutOff'],
    why: 'it is Prometheus that is cut off',
    cases: 'prometheus-reaches-one-of-40',
  },
  {
    is: [],
    perhaps: ['machineDown', 'unauthorized', 'cutOff'],
    why: 'it comes and goes for its disk, and the reboot did not help',
    cases: 'rebooted-against-its-flapping rebooted-twice-an-hour-ago',
  },
  { is: ['unauthorized'], cases: 'refused-until-it-shut-prometheus-out certificate-ended-as-it-fell-silent' },
  { is: ['unauthorized'], unseen: true, cases: 'refused-while-ready-for-an-hour' },
  { is: [], why: 'it was let in again', perhaps: ['cutOff'], unseen: true, cases: 'refused-before-it-was-ready' },
  { is: ['manyNodes', 'kubeletStopped'], cases: 'thirty-by-the-controllers-count' },
  {
    is: ['kubeletStopped'],
    perhaps: ['manyNodes'],
    cases: 'four-by-the-controllers-count twelve-of-200-fell-ten-minutes-ago',
  },
  { is: [], unseen: true, cases: 'only-cadvisor-scraped-for-200-seconds' },
  { is: ['plannedWork'], cases: 'cordoned-before-its-alert' },
  { is: [], why: 'a cordon that is an answer to the trouble is no cause', cases: 'cordoned-after-its-alert' },
  { is: ['plannedWork'], unseen: true, cases: 'cordoned-nobody-knows-when' },
  { is: [], cases: 'runtime-reported-unhealthy-20-minutes-ago' },
  { is: [], perhaps: ['kubeletStuck'], why: 'it lives, half of it perhaps not', cases: 'kubelet-reported-down' },
  { is: [], perhaps: ['kubeletStopped'], why: 'two count its starts otherwise', cases: 'kubelet-reported-restarting' },
  {
    is: [],
    perhaps: ['networkPlugin'],
    why: 'two say the opposite of each other',
    cases: 'network-reported-not-ready',
  },
];
