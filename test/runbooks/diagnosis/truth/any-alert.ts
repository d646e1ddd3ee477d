import type { causes } from '../../../../runbooks/any-alert/causes.ts';
import type { Truth } from '../truth.ts';

export const truth: Truth<keyof typeof causes> = [
  { is: ['cannotStart'], cases: 'deployment-over-its-quota' },
  { is: [], perhaps: ['cannotStart'], cases: 'deployment-over-its-quota-and-ready' },
  { is: ['nodeTrouble'], unseen: true, cases: 'evicted-for-memory-that-is-there-again' },
  { is: ['containerEnds'], perhaps: ['nodeTrouble'], cases: 'pressure-that-came-and-went' },
  {
    is: [],
    cases: `
      well-and-still-firing well-and-over prometheus-scrapes-nothing expression-of-another-pod asked-by-a-person
      crashed-2-hours-before crashed-once held-back-by-a-gate not-scheduled-yet pod-gone new-version-well deployment deployment-of-many
      deployment-and-a-pod-evicted-last-week deployment-whose-pods-all-failed evicted
      replica-set daemon-set deployment-of-the-stable-track service persistent-volume-claim node cluster`,
  },
  { is: [], unseen: true, cases: 'prometheus-only' },
  { is: ['newVersion', 'containerEnds'], cases: 'new-version-fails new-version-30-seconds-after' },
  {
    is: ['newVersion', 'containerEnds'],
    why: 'when it was turned back to that version, no ReplicaSet tells',
    cases: 'turned-back-to-a-bad-version',
  },
  {
    is: [],
    why: 'its machine was started anew, and all that ran there ended',
    cases: 'restarted-with-its-machine restarted-with-its-machine-in-docker asked-to-end-with-its-machine',
  },
  {
    is: [],
    perhaps: ['containerEnds'],
    why: 'nobody saw it end, or only one end of it is told',
    cases: 'ended-and-nobody-saw-it two-restarts-in-200-days static-pod-made-anew-in-the-api',
  },
  { is: ['probeEnds'], cases: 'ended-by-its-liveness-probe ended-by-its-liveness-probe-in-order' },
  {
    is: ['probeEnds'],
    perhaps: ['containerEnds'],
    why: 'the events tell of another end than the last',
    cases: 'ended-by-itself-and-by-its-liveness-probe',
  },
  {
    is: [],
    perhaps: ['containerEnds'],
    why: 'its kubelet says of no probe that it ended it: who sent the signal is not told',
    cases: 'ended-by-a-signal',
  },
  { is: ['containerEnds'], perhaps: ['probeEnds'], why: 'the events of its pods are not read', cases: 'stateful-set' },
  {
    is: [],
    perhaps: ['containerEnds', 'probeEnds'],
    why: 'who sent the signal, or asked it to end, is not told',
    cases: `
      stateful-set-ended-by-a-signal ended-in-order-without-rights-to-events
      ended-in-order-75-minutes-ago`,
  },
  {
    is: ['memoryLimit'],
    cases:
      'out-of-memory resize-that-never-fits out-of-memory-and-its-machine-5-minutes-before deployment-out-of-memory',
  },
  {
    is: ['memoryLimit'],
    perhaps: ['nodeMemory'],
    why: 'the machine of the third was not looked at',
    cases: 'deployment-out-of-memory-on-three-nodes',
  },
  { is: ['nodeMemory'], cases: 'limit-larger-than-its-machine' },
  {
    is: ['nodeMemory'],
    why: 'before 1.21 kubelets said so of a container at its own limit, too',
    cases: 'out-of-memory-and-its-machine-as-well out-of-memory-and-its-machine-30-seconds-later',
  },
  {
    is: [],
    perhaps: ['memoryLimit', 'nodeMemory'],
    why: 'what its machine had left then is not told',
    cases: 'limit-of-all-that-is-for-pods out-of-memory-80-minutes-ago out-of-memory-without-rights-to-events',
  },
  { is: ['nodeMemory', 'nodeTrouble'], cases: 'out-of-memory-without-a-limit' },
  { is: ['nodeTrouble'], perhaps: ['memoryLimit', 'nodeMemory'], cases: 'out-of-memory-beside-a-full-node' },
  { is: [], perhaps: ['memoryLimit', 'nodeMemory'], unseen: true, cases: 'out-of-memory-and-no-word-of-a-limit' },
  {
    is: ['cannotStart'],
    cases: `
      image-not-found command-not-found signature-refused volume-not-mounted no-address-for-it
      no-network-and-each-try-an-event-of-its-own volume-held-by-another-node
      volume-held-by-another-node-and-nothing-since`,
  },
  {
    is: [],
    perhaps: ['cannotStart'],
    why: 'it may be started in a moment',
    cases: 'volume-not-mounted-once volume-not-mounted-20-minutes-ago is-being-made volume-given-back',
  },
  {
    is: [],
    perhaps: ['nodeTrouble'],
    why: 'its node is well again, and was not when that began, or shortly before',
    cases: 'node-ready-again node-ready-since-50-minutes-before',
  },
  { is: [], cases: 'node-ready-since-two-hours-before' },
  { is: ['unscheduled'], cases: 'no-node-takes-it' },
  { is: ['nodeTrouble'], cases: 'node-silent node-gone node-under-pressure network-of-its-node-unavailable' },
  {
    is: ['containerEnds'],
    cases: `
      crash-loop crashed-20-minutes-before crash-loop-without-rights-to-logs objects-only turned-back-long-before
      another-container-ended-by-its-probe new-version-5-minutes-after new-version-2-hours-before
      ends-in-a-loop-since-a-reboot ends-with-255-long-after-a-reboot started-anew-and-ended-again waits-to-be-started-anew`,
  },
];
