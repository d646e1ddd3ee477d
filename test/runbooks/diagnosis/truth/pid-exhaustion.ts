import type { causes } from '../../../../runbooks/pid-exhaustion/causes/all.ts';
import type { Truth } from '../truth.ts';

export const truth: Truth<keyof typeof causes> = [
  { is: [], perhaps: ['podLimit'], cases: 'pool-at-99-percent' },
  { is: ['podLimit'], cases: 'at-its-limit-all-the-time' },
  { is: ['leakingPod'], cases: 'replicas-leak four-replicas-leak' },
  {
    is: [],
    perhaps: ['leakingPod', 'crowd'],
    cases: 'replicas-of-always more-replicas-than-are-named one-of-the-replicas-grows',
    why: 'pods of one Deployment that leak, or are too many: the figures do not tell',
  },
  {
    is: [],
    cases: `
      healthy many-forks forks-of-a-busy-node forks-for-two-minutes raised-pid-max some-threads-without-limits
      figures-contradict etcd-lost node-removed lock-twice lock-thrice-in-half-an-hour lock-of-last-december`,
  },
  {
    is: [],
    why: 'a pool of threads that is as large as that for good, and fits',
    cases: 'pool-near-its-limit pool-filled-near-its-limit was-near-its-limit',
  },
  {
    is: [],
    unseen: true,
    cases: `
      objects-forbidden-and-calm logs-forbidden limits-not-collected machine-not-counted-and-calm forks-not-collected
      more-of-the-network-than-was-read no-known-network figures-old machine-not-counted-any-more limits-of-some-pods
      share-not-seen half-of-their-common-limit`,
  },
  {
    is: [],
    unseen: true,
    cases: 'kubelet-alone-calm kubelet-alone-windows',
  },
  {
    is: [],
    perhaps: ['leakingPod'],
    why: 'three quarters in use, most of it of one pod, and nobody was refused',
    unseen: true,
    cases: 'kubelet-alone-tight-and-silent',
  },
  {
    is: [],
    perhaps: ['leakingPod', 'hostProcess', 'crowd'],
    why: 'pods have more processes than the machine has PIDs in use: one of the counts is wrong',
    unseen: true,
    cases: 'kubelet-alone-contradicting',
  },
  {
    is: [],
    perhaps: ['threshold', 'leakingPod', 'hostProcess', 'crowd'],
    why: 'five minutes ago the kubelet evicted for PIDs, of which there are enough now',
    unseen: true,
    cases: 'kubelet-alone-threshold-long-ago',
  },
  {
    is: [],
    perhaps: ['leakingPod', 'hostProcess', 'crowd'],
    why: 'they may have run out between two looks',
    cases: 'fork-refused-without-a-shortage fork-refused-beside-old-lines',
  },
  { is: [], perhaps: ['threshold', 'leakingPod', 'hostProcess', 'crowd'], cases: 'pressure-at-60-percent' },
  {
    is: [],
    perhaps: ['hostProcess'],
    why: 'three quarters in use, most of it of no pod, and nobody was refused',
    cases: 'tight-without-a-sign signs-of-long-ago memory-is-reclaimed fork-of-another-zone fork-five-minutes-ahead',
  },
  { is: [], perhaps: ['crowd'], why: 'shared by one large pod, the machine and many', cases: 'a-quarter-of-it' },
  {
    is: [],
    perhaps: ['podLimit'],
    cases: 'near-its-limit fork-refused-below-the-limit',
  },
  { is: [], perhaps: ['podLimit'], unseen: true, cases: 'many-threads-without-limits' },
  { is: [], perhaps: ['xtablesLock'], why: 'six hours ago, and a line without a time', cases: 'lock-long-ago' },
  {
    is: ['leakingPod'],
    cases: `
      pod-leaks-threads pod-makes-processes warned-in-time first-seconds-of-an-eviction old-version-leaks leaks-and-its-version-seems-a-minute-late
      healed-three-minutes-ago healed-eight-minutes-ago healed-and-filling-again healed-and-growing-little objects-forbidden lock-and-a-leak-at-once
      steady-pod-beside-one-that-leaks steady-machine-beside-a-pod-that-leaks`,
  },
  {
    is: ['leakingPod'],
    unseen: true,
    cases: `
      prometheus-down no-processes-collector helm-chart kubelet-not-scraped pods-not-seen-meanwhile biggest-not-named`,
  },
  {
    is: ['leakingPod'],
    unseen: true,
    cases: `
      kubelet-alone-processes kubelet-alone-threads kubelet-alone-old kubelet-alone-tight kubelet-refused
      kubelet-forbidden kubelet-counts-the-machine kubelet-not-scraped-but-asked kubelet-asked-too-late`,
  },
  {
    is: ['leakingPod'],
    why: 'the minutes before were seen by others than the kubelet',
    cases: 'kubelet-contradicts-the-shortage kubelet-counts-what-is-newer',
  },
  {
    is: ['leakingPod'],
    perhaps: ['hostProcess', 'crowd'],
    why: 'without its 11,000 there would be enough; who has the 14,400 threads of no known process is not settled',
    unseen: true,
    cases: 'kubelet-alone-third',
  },
  { is: ['leakingPod'], perhaps: ['hostProcess'], cases: 'leak-of-days-and-a-little-more' },
  { is: ['leakingPod', 'podLimit'], cases: 'leak-and-another-pod-at-its-limit' },
  { is: ['leakingPod', 'hostProcess'], cases: 'half-pods-half-machine' },
  { is: ['leakingPod', 'forkStorm'], cases: 'leak-in-a-fork-storm' },
  {
    is: ['hostProcess'],
    cases: `
      host-process host-process-and-the-evicted one-limit-of-two-and-full fork-of-iptables-refused fork-half-a-minute-ahead threads-max-is-the-lower our-clock-is-ahead
      fork-of-iptables-beside-old-lines fork-of-iptables-beside-a-clock-ahead steady-pod-beside-a-surge-of-the-machine
      steady-pod-not-named-before steady-crowd-beside-a-surge-of-the-machine`,
  },
  { is: ['hostProcess'], unseen: true, cases: 'one-limit-of-two' },
  {
    is: ['hostProcess'],
    perhaps: ['xtablesLock'],
    why: 'whoever holds the lock so long may wait for a PID',
    cases: 'host-process-and-a-lock',
  },
  { is: ['hostProcess'], unseen: true, cases: 'kubelet-counts-the-machine-of-a-host-process' },
  { is: ['crowd'], cases: 'many-pods pods-at-their-common-limit' },
  { is: ['crowd'], unseen: true, cases: 'machine-not-counted-and-crowded kubelet-alone-crowd' },
  {
    is: ['podLimit'],
    cases: `
      pod-at-its-limit pod-at-its-limit-between-two-looks limit-reached-and-restarted limit-reached-and-gone full-a-minute-ago
      limit-of-a-container grows-to-its-limit no-node-exporter recorded-pod-limit recorded-pod-limit-full`,
  },
  { is: ['threshold'], cases: 'threshold-too-high' },
  { is: ['threshold'], unseen: true, cases: 'kubelet-alone-threshold' },
  {
    is: ['threshold'],
    perhaps: ['hostProcess'],
    why: '500 sleepers of the machine crossed a threshold that left 250 of 32,768',
    cases: 'recorded-node-counted recorded-node-healed',
  },
  { is: ['threshold'], perhaps: ['hostProcess'], unseen: true, cases: 'recorded-node recorded-node-by-its-kubelet' },
  { is: ['forkStorm'], cases: 'fork-storm' },
  { is: ['xtablesLock'], unseen: true, cases: 'lock-and-machine-not-counted' },
  { is: ['xtablesLock'], cases: 'lock-of-iptables lock-beside-old-lines' },
];
