import type { causes } from '../../../../runbooks/endpoint-flapping/causes/all.ts';
import type { Truth } from '../truth.ts';

export const truth: Truth<keyof typeof causes> = [
  {
    is: [],
    cases: 'healthy job-ended over-for-50-minutes service-and-a-pod-evicted-last-week node-shut-down-last-week',
  },
  { is: [], unseen: true, cases: 'service-of-a-thousand' },
  { is: [], perhaps: ['rollout'], why: 'why the pod is gone nobody says', cases: 'pod-gone' },
  { is: [], perhaps: ['nodeHeartbeat', 'readinessProbe'], unseen: true, cases: 'well-again-and-nobody-told' },
  { is: [], perhaps: ['nodeHeartbeat'], unseen: true, cases: 'not-ready-on-a-node-that-was-heard' },
  {
    is: [],
    perhaps: ['nodeHeartbeat', 'readinessProbe', 'readinessGate'],
    unseen: true,
    cases: 'gate-of-a-pod-that-is-well-again',
  },
  { is: [], perhaps: ['nodeHeartbeat', 'containerEnds', 'readinessProbe'], unseen: true, cases: 'old-server' },
  {
    is: ['graceTooSmall', 'nodeHeartbeat'],
    cases: `
      article article-in-its-log grace-of-45-by-flag grace-of-20-by-flag
      grace-below-four-renewals-of-a-short-lease runtime-slow full-and-not-stalled leases-stored-in-400-ms
      clock-3-seconds-off service-of-a-silent-node service-of-a-silent-node-and-pods-evicted-elsewhere service-without-slices steady-for-20-minutes ready-again-for-4-minutes
      seven-pods-with-their-node our-clock-is-ahead our-clock-is-five-seconds-ahead old-server-with-its-event pod-gone-from-a-silent-node`,
  },
  {
    is: ['graceTooSmall', 'nodeHeartbeat'],
    unseen: true,
    cases: 'grace-of-40-and-prometheus-down grace-of-20-and-prometheus-down objects-forbidden nothing-answers',
  },
  {
    is: ['graceTooSmall', 'nodeHeartbeat'],
    perhaps: ['kubeletStalled', 'stuckConnection'],
    why: 'what its kubelet counts is not scraped, or not yet',
    cases: 'back-for-half-a-minute our-clock-is-forty-seconds-ahead relists-not-scraped kubelet-not-scraped-since',
  },
  {
    is: ['graceTooSmall', 'nodeHeartbeat'],
    perhaps: ['controlPlane'],
    cases: 'two-other-nodes four-of-a-hundred',
  },
  {
    is: ['graceTooSmall', 'nodeHeartbeat'],
    perhaps: ['clockJumped'],
    unseen: true,
    cases: 'clock-not-told',
  },
  { is: ['graceTooSmall', 'nodeHeartbeat'], perhaps: ['readinessProbe'], cases: 'seven-pods-minutes-after-their-node' },
  { is: ['graceTooSmall', 'nodeHeartbeat', 'readinessProbe'], cases: 'node-and-probe' },
  { is: ['graceTooSmall', 'nodeHeartbeat', 'stuckConnection'], cases: 'connection-hangs' },
  {
    is: ['graceTooSmall', 'nodeHeartbeat', 'controlPlane'],
    cases: 'many-nodes many-nodes-and-unanswered leases-stored-slowly',
  },
  {
    is: ['nodeHeartbeat'],
    cases: 'grace-of-50-by-default cut-off-for-two-minutes',
  },
  {
    is: ['nodeHeartbeat'],
    perhaps: ['kubeletStalled'],
    why: 'it stood still once, at another time than that of which the node is silent: a cut, which no cause of ours names',
    cases: 'stalled-at-another-time full-and-stalled-at-another-time',
  },
  {
    is: ['graceTooSmall', 'nodeHeartbeat'],
    perhaps: ['stuckConnection'],
    why: 'a connection hung, ten minutes after the silence was over',
    cases: 'unanswered-at-another-time',
  },
  { is: ['nodeHeartbeat'], perhaps: ['graceTooSmall'], cases: 'back-after-20-seconds late-by-48-seconds' },
  {
    is: ['nodeHeartbeat'],
    perhaps: ['graceTooSmall'],
    unseen: true,
    cases: 'managed-control-plane of-unknown-version',
  },
  {
    is: ['nodeHeartbeat'],
    perhaps: ['kubeletStalled', 'stuckConnection'],
    why: 'still silent: what its kubelet counts is not there yet',
    cases: 'still-silent slice-of-a-silent-node',
  },
  {
    is: ['nodeHeartbeat'],
    perhaps: ['controllerManager'],
    why: 'its heartbeats were in time as far as they were seen, and nothing says more',
    cases: 'heartbeats-in-time-and-no-more heartbeats-seen-half-the-time in-time-and-one-other-of-a-thousand',
  },
  {
    is: ['nodeHeartbeat'],
    perhaps: ['controllerManager', 'stuckConnection', 'graceTooSmall'],
    unseen: true,
    cases: 'leases-not-exported',
  },
  {
    is: ['nodeHeartbeat'],
    perhaps: ['controllerManager', 'controlPlane'],
    unseen: true,
    cases: 'in-time-and-others-not-exported',
  },
  {
    is: ['nodeHeartbeat'],
    perhaps: ['controllerManager', 'clockJumped'],
    unseen: true,
    cases: 'how-far-ahead-not-seen',
  },
  {
    is: ['nodeHeartbeat', 'kubeletStalled'],
    perhaps: ['controlPlane'],
    unseen: true,
    cases: 'stalled-and-others-not-exported',
  },
  {
    is: ['graceTooSmall', 'nodeHeartbeat'],
    perhaps: ['stuckConnection', 'controlPlane'],
    unseen: true,
    cases: 'unanswered-and-others-not-exported',
  },
  {
    is: ['nodeHeartbeat'],
    perhaps: ['graceTooSmall'],
    why: 'its grace period is too short for a renewal that is lost, and the silence was longer',
    cases: 'grace-of-20-and-back-after-a-minute',
  },
  {
    is: ['nodeHeartbeat'],
    perhaps: ['graceTooSmall', 'kubeletStalled', 'stuckConnection'],
    why: 'still silent: what its kubelet counts is not there yet, and a short grace period is one trouble more',
    cases: 'off-for-20-minutes-and-a-grace-of-20',
  },
  { is: ['nodeHeartbeat', 'kubeletStalled'], cases: 'kubelet-stalled stalled-once stalled-in-an-earlier-silence' },
  { is: ['nodeHeartbeat', 'kubeletStalled'], perhaps: ['stuckConnection'], cases: 'stalled-and-unanswered' },
  { is: ['nodeHeartbeat', 'kubeletStalled', 'tooDense'], cases: 'too-dense busy-kubelet' },
  {
    is: ['nodeHeartbeat', 'controlPlane'],
    perhaps: ['kubeletStalled'],
    why: 'it stood still, as others did: by something they share',
    cases: 'stalled-with-many-others',
  },
  {
    is: ['nodeHeartbeat', 'controllerManager'],
    why: 'the node was called silent, which is all that its pods show',
    cases: 'manager-slow grace-of-39-and-heartbeats-in-time',
  },
  { is: ['nodeHeartbeat', 'controllerManager', 'controlPlane'], cases: 'manager-misses-others-too' },
  { is: ['nodeHeartbeat', 'clockJumped'], cases: 'clock-ahead clock-was-behind clock-was-ahead' },
  { is: ['controlPlane'], perhaps: ['nodeHeartbeat'], cases: 'etcd-lost' },
  {
    is: ['readinessProbe'],
    cases: `
      probe-fails probe-failed-and-well-now probe-that-never-succeeded ended-yesterday late-lease-and-a-probe`,
  },
  {
    is: ['readinessProbe'],
    unseen: true,
    cases: 'probe-without-rights-to-events probe-nobody-told sidecar-probe-nobody-told',
  },
  {
    is: ['containerEnds'],
    cases: `
      out-of-memory ended-and-runs-again failed sidecar-out-of-memory ended-well-an-hour-ago failed-by-itself
      failed-at-its-deadline`,
  },
  {
    is: ['containerEnds'],
    perhaps: ['readinessProbe'],
    why: 'its probe fails while it ends and starts: that it would without is not told',
    cases: 'out-of-memory-and-its-probe started-again-and-its-probe sidecar-out-of-memory-and-its-probe',
  },
  { is: ['containerEnds', 'readinessProbe'], cases: 'started-again-and-its-probe-fails-since' },
  { is: [], perhaps: ['containerEnds', 'rollout'], unseen: true, cases: 'evicted-and-nobody-tells-when' },
  {
    is: [],
    perhaps: ['containerEnds', 'notStarted', 'rollout'],
    unseen: true,
    cases: 'failed-and-nobody-tells-why',
  },
  { is: ['readinessGate'], cases: 'readiness-gate' },
  {
    is: ['notStarted'],
    cases: `
      image-not-found no-node-takes-it pending-for-10-minutes command-not-found startup-probe-fails
      startup-probe-nobody-told turned-away-for-its-cpu turned-away-by-a-device-plug-in
      turned-away-by-a-node-that-shuts-down turned-away-under-pressure`,
  },
  {
    is: ['notStarted'],
    perhaps: ['containerEnds'],
    why: 'why it ended an hour ago may be why it is not ready, or another story',
    cases: 'config-map-gone-after-its-end',
  },
  { is: [], perhaps: ['notStarted', 'containerEnds'], unseen: true, cases: 'made-again-and-not-told-why' },
  { is: [], perhaps: ['notStarted'], unseen: true, cases: 'started-anew-and-not-told-why' },
  {
    is: ['containerEnds', 'notStarted'],
    cases: 'ended-before-the-others-start image-gone-after-its-end startup-probe-ends-it',
  },
  {
    is: ['containerEnds'],
    perhaps: ['notStarted'],
    why: 'its startup probe fails while it ends and starts: that it would without is not told',
    cases: 'out-of-memory-while-it-starts',
  },
  {
    is: ['doesNotGo'],
    perhaps: ['rollout'],
    why: 'what it was to be replaced by may wait for it',
    cases: 'does-not-go-for-three-days does-not-go-for-twenty-minutes',
  },
  {
    is: ['nodeHeartbeat', 'doesNotGo'],
    perhaps: ['rollout', 'kubeletStalled', 'stuckConnection'],
    why: 'still silent: what its kubelet counts is not there yet; who asked the pod to go is not told',
    cases: 'does-not-go-from-a-silent-node',
  },
  {
    is: ['nodeHeartbeat', 'rollout'],
    perhaps: ['kubeletStalled', 'stuckConnection'],
    why: 'still silent: what its kubelet counts is not there yet',
    cases: 'asked-to-go-from-a-silent-node',
  },
  {
    is: ['rollout'],
    cases: `
      probe-of-a-young-pod probe-of-a-pod-that-is-ended just-made rollout-of-the-service evicted
      goes-a-minute-late ended-well-before-the-others-started
      service-and-a-pod-evicted-while-ending evicted-last-week-and-asked-for evicted-young-and-nobody-tells-when
      ended-as-its-machine-shuts-down ended-for-a-critical-pod ended-by-a-taint ended-by-a-shutdown-of-1-21`,
  },
  {
    is: ['nodeHeartbeat', 'readinessProbe'],
    perhaps: [
      ...(['controlPlane', 'controllerManager', 'clockJumped', 'kubeletStalled', 'tooDense'] as const),
      ...(['stuckConnection', 'graceTooSmall', 'kubeletReport'] as const),
    ],
    why: 'why the node fell silent that was not looked at is not told',
    cases: 'service-on-two-nodes-and-the-other-was-silent',
  },
  {
    is: ['graceTooSmall', 'nodeHeartbeat', 'readinessProbe'],
    cases: 'service-on-two-nodes-and-the-silent-one-has-fewer',
  },
  { is: ['readinessProbe'], cases: 'service-on-two-nodes-and-both-probe' },
  {
    is: [],
    perhaps: ['containerEnds', 'readinessProbe', 'nodeHeartbeat'],
    why: 'its machine was started again, of which the runbook knows no cause',
    cases: 'machine-rebooted-and-back-at-once',
  },
  { is: ['kubeletReport'], cases: 'kubelet-says-so kubelet-said-so' },
  { is: ['kubeletReport', 'containerEnds', 'rollout'], cases: 'recorded-runtime-stopped' },
  { is: ['nodeHeartbeat', 'containerEnds', 'rollout'], cases: 'recorded-kubelet-killed' },
  { is: ['nodeHeartbeat', 'containerEnds'], cases: 'recorded-kubelet-started-again' },
  { is: ['nodeHeartbeat', 'containerEnds', 'clockJumped'], cases: 'recorded-clock-jumped-back' },
];
