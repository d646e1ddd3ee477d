import type { causes } from '../../../../runbooks/pod-network/causes/all.ts';
import type { Truth } from '../truth.ts';

export const truth: Truth<keyof typeof causes> = [
  { is: [], perhaps: ['agentFails'], cases: 'probe-failed-for-a-moment peers-of-calico-away' },
  {
    is: [],
    cases: `
      healthy running-pods-are-named memory-hours-ago lock-twice lock-half-an-hour-ago lock-two-hours-ago
      forks-refused-before pids-below-the-limit no-pod-cidr-with-calico just-joined api-timed-out-once line-of-last-december no-network-until-it-booted no-network-while-it-was-ready
      subnets-kept-in-etcd pods-stuck-for-weeks-and-well
      agent-of-other-nodes agent-restarts-its-node kube-proxy-replaced node-removed recorded-configuration-back after-a-reboot`,
  },
  { is: [], why: "the runtime's and the kubelet's matter, of other runbooks", cases: 'runtime-gone kubelet-silent' },
  {
    is: [],
    unseen: true,
    cases: `
      prometheus-down kube-proxy-no-target logs-forbidden node-forbidden log-too-long log-gone
      more-agents-than-are-read figures-of-others no-known-plug-in ooms-not-counted pid-limits-not-collected`,
  },
  {
    is: [],
    perhaps: ['poolExhausted', 'subnetMissing', 'pluginMissing'],
    unseen: true,
    cases: 'many-pods-wait',
  },
  { is: [], perhaps: ['xtablesLock'], why: 'no time is told', cases: 'lock-without-a-time' },
  { is: [], perhaps: ['agentPids'], why: 'its zone is not told', cases: 'line-of-another-zone' },
  { is: [], why: 'the way to a registry', cases: 'sandbox-image-unreached' },
  {
    is: [],
    perhaps: ['apiUnreached', 'agentFails'],
    why: 'an appliance that keeps addresses is down; a load balancer of the API server would be told of in the same words',
    cases: 'addresses-of-an-appliance addresses-of-an-appliance-with-an-api',
  },
  { is: [], perhaps: ['agentMemory', 'agentFails'], cases: 'killed-by-whom' },
  { is: [], perhaps: ['agentFails', 'xtablesLock'], cases: 'lock-and-then-much-else' },
  { is: [], perhaps: ['agentFails'], cases: 'plug-in-does-not-reach-its-agent' },
  {
    is: [],
    perhaps: [
      'agentPids',
      'xtablesLock',
      'subnetMissing',
      'apiUnreached',
      'pluginMissing',
      'poolExhausted',
      'agentFails',
    ],
    why: 'the words of a plug-in that nobody knows may stand for each of these',
    cases: 'words-not-known program-that-the-plug-in-lacks',
  },
  {
    is: ['poolExhausted'],
    perhaps: ['agentPids', 'xtablesLock', 'subnetMissing', 'apiUnreached', 'pluginMissing', 'agentFails'],
    cases: 'addresses-and-words-not-known',
  },
  {
    is: [],
    perhaps: ['apiUnreached', 'agentFails'],
    why: 'its name, or the API server itself',
    cases: 'api-by-a-name-that-is-not-found agent-and-an-api-that-fails',
  },
  {
    is: [],
    why: "a kubelet's and a volume's matter, and none of the network",
    cases: 'secret-forbidden-to-its-kubelet',
  },
  { is: [], why: 'it was said long ago, and not since', cases: 'words-not-known-a-quarter-of-an-hour-ago' },
  { is: [], perhaps: ['subnetMissing'], why: 'there is one since a moment', cases: 'pod-cidr-just-given' },
  { is: [], perhaps: ['apiUnreached'], why: 'it is the API server', cases: 'api-server-not-ready' },
  {
    is: [],
    perhaps: ['agentAbsent'],
    cases: 'agent-being-replaced agent-gone-for-a-minute agent-by-affinity',
  },
  { is: [], perhaps: ['pluginMissing'], cases: 'network-unavailable lease-run-out no-network-a-moment-ago' },
  {
    is: [],
    perhaps: ['poolExhausted'],
    why: 'the pod still waits, and nothing was said since',
    cases: 'addresses-a-quarter-of-an-hour-ago',
  },
  {
    is: ['agentMemory'],
    cases: `
      agent-killed-for-memory memory-three-minutes-ago killed-at-a-high-limit killed-and-counted
      kube-proxy-and-what-follows prometheus-down-and-killed`,
  },
  { is: ['agentMemory'], unseen: true, cases: 'etcd-lost' },
  { is: ['agentMemory'], perhaps: ['agentFails'], cases: 'two-that-fail' },
  { is: ['agentMemory', 'xtablesLock'], cases: 'memory-and-a-lock' },
  {
    is: ['agentPids'],
    cases: `
      forks-refused forks-refused-at-eight-minutes own-pid-limit-and-forks-refused plug-in-refused-a-fork`,
  },
  {
    is: ['xtablesLock'],
    cases: `
      lock-of-iptables lock-held-long lock-of-an-agent-that-fails lock-and-the-lines-of-its-end lock-by-the-old-words calico-by-its-own-times
      restarted-and-the-run-before`,
  },
  { is: ['xtablesLock', 'poolExhausted'], cases: 'lock-and-addresses' },
  { is: ['subnetMissing'], cases: 'no-pod-cidr subnet-file-taken-away bridge-of-another-lease' },
  {
    is: ['apiUnreached'],
    cases: `
      no-way-to-the-api no-way-to-the-api-by-its-address token-no-good api-does-not-finish-tls api-not-trusted
      agent-with-an-old-token agent-without-its-rights`,
  },
  { is: ['agentAbsent'], cases: 'agent-kept-away agent-gone-since-the-alert' },
  { is: ['agentAbsent'], unseen: true, cases: 'daemon-sets-forbidden' },
  {
    is: ['pluginMissing'],
    cases: 'configuration-missing program-missing program-of-another-architecture recorded-configuration-missing',
  },
  { is: ['pluginMissing'], unseen: true, cases: 'pods-forbidden' },
  {
    is: ['poolExhausted'],
    cases: `
      addresses-leaked aws-has-no-address addresses-in-use kubelet-repeats-itself-seldom new-pod-starts our-clock-is-ahead
      pods-stuck-for-weeks addresses-of-azure addresses-of-whereabouts`,
  },
  { is: ['poolExhausted'], unseen: true, cases: 'pod-events-forbidden many-stuck-for-weeks-and-one-new' },
  {
    is: ['agentFails'],
    cases:
      'error-of-its-own error-of-its-own-on-three-nodes error-of-its-own-on-one-node init-container-fails between-two-ends probe-fails agent-image-unreached cloud-api-unreached',
  },
  {
    is: ['agentFails'],
    why: 'what it had got over minutes before is over',
    cases: 'lock-once-then-its-own-error api-timed-out-then-its-own-error',
  },
  { is: ['agentFails', 'xtablesLock'], cases: 'lock-thrice-then-its-own-error' },
  { is: ['agentFails', 'agentPids'], cases: 'fork-refused-then-its-own-error' },
  { is: ['agentPids', 'agentLimits'], cases: 'one-at-its-limit-and-another-refused' },
  { is: ['agentLimits'], cases: 'own-pid-limit child-killed-for-memory' },
  { is: ['proxyUnscraped'], cases: 'kube-proxy-not-scraped' },
];
