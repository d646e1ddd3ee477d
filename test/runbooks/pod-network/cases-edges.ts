import type { Case } from '../../../engine/replay.ts';
import { but, bySigns, caseOf } from './case.ts';
import type { World } from './objects.ts';
import {
  calm,
  crashing,
  flannel,
  klog,
  LOCK,
  lines,
  NO_API,
  NO_CIDR,
  noNetwork,
  proxy,
  sandbox,
  started,
  unready,
  waiting,
} from './worlds.ts';

const oom = (minutesAgo: number) => ({ minutesAgo, reason: 'OOMKilled' }) as const;
const calico = {
  name: 'calico-node-f4x2p',
  app: 'calico-node',
  daemonSet: 'calico-node',
  containers: [{ name: 'calico-node' }],
};
const ofCalico: World = {
  ...calm,
  podCidrs: [],
  agents: [calico, proxy()],
  sets: [
    { name: 'calico-node', app: 'calico-node' },
    { name: 'kube-proxy', app: 'kube-proxy' },
  ],
  use: [],
};
const NO_ADDRESS =
  'plugin type="flannel" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.244.3.1-10.244.3.254';

/** calico-node runs, and its probe says this; for so many minutes it has not been ready. */
const probed = (why: string, changedMinutesAgo = 5): World => ({
  ...ofCalico,
  agents: [
    {
      ...calico,
      ...unready,
      changedMinutesAgo,
      events: [
        {
          minutesAgo: Math.min(1, changedMinutesAgo),
          reason: 'Unhealthy',
          message: `Readiness probe failed: calico/node is not ready: ${why}`,
        },
      ],
    },
    proxy(),
  ],
});

/** What looks alike, what is between two states, and what follows from something else. */
export const edges: Record<string, Case> = {
  'no-pod-cidr-with-calico': caseOf(
    'No podCIDR, and the controller manager says CIDRNotAvailable all day: Calico gives its own ranges.',
    { ...ofCalico, events: [{ minutesAgo: 2, reason: 'CIDRNotAvailable', from: 'cidrAllocator', count: 1025 }] },
    { recovered: 'confirmed' },
  ),
  'just-joined': caseOf(
    'The node joined a minute ago: it has no podCIDR yet, and flannel is starting.',
    {
      ...calm,
      ...noNetwork,
      nodeMinutes: 1,
      podCidrs: [],
      agents: [flannel({ state: 'PodInitializing' }, { ...unready, minutesOld: 0.9 }), proxy({}, { minutesOld: 0.9 })],
    },
    { inconclusive: [...bySigns, 'pluginMissing', 'agentFails'], recovered: 'ruled-out' },
  ),
  'pod-cidr-just-given': caseOf(
    'The agent wrote a minute ago that there is no podCIDR, and now there is one.',
    {
      ...calm,
      agents: [flannel(crashing({ minutesAgo: 1 }, lines(started, klog(1, NO_CIDR))), unready), proxy()],
    },
    { inconclusive: ['subnetMissing', 'agentFails'], recovered: 'ruled-out' },
  ),
  'api-timed-out-once': caseOf(
    'One time-out at the API server five minutes ago; the agent is ready.',
    { ...calm, agents: [flannel({ log: lines(started, klog(5, NO_API)) }), proxy()] },
    { inconclusive: ['apiUnreached'], recovered: 'confirmed' },
  ),
  'api-server-not-ready': caseOf(
    'The agent finds no API server, and the API server itself says that it is not ready.',
    {
      ...calm,
      readyz: {
        body: {
          status: 500,
          text: '[+]ping ok\n[+]etcd ok\n[-]poststarthook/start-apiextensions-controllers failed\n',
        },
      },
      agents: [flannel(crashing({ minutesAgo: 1 }, lines(started, klog(1, NO_API))), unready), proxy()],
    },
    { inconclusive: ['apiUnreached', 'agentFails'], recovered: 'ruled-out' },
  ),
  'network-unavailable': caseOf(
    'Calico says NetworkUnavailable=True of a node whose agent is ready.',
    { ...ofCalico, unavailable: 'Calico is not up' },
    { inconclusive: ['pluginMissing'], recovered: 'ruled-out' },
  ),
  'kubelet-silent': caseOf(
    'Ready=Unknown: what the kubelet reported of its pods is not of now, neither good nor bad.',
    {
      ...calm,
      ready: 'Unknown',
      message: 'Kubelet stopped posting node status.',
      leaseSeconds: 300,
      agents: [flannel(crashing(oom(6), lines(started)), unready), proxy()],
    },
    { inconclusive: but('agentAbsent', 'agentLimits'), recovered: 'inconclusive' },
  ),
  'lease-run-out': caseOf(
    'Still Ready=False without a network, and the lease ran out 80 s ago: the word is old.',
    { ...calm, ...noNetwork, leaseSeconds: 120 },
    { inconclusive: but('agentAbsent', 'agentLimits'), recovered: 'inconclusive' },
  ),
  'between-two-ends': caseOf(
    'kube-flannel ended two minutes ago for the twelfth time, and is ready at this moment.',
    {
      ...calm,
      agents: [
        flannel({
          restarts: 12,
          ended: { minutesAgo: 2 },
          startedMinutesAgo: 1.9,
          log: lines(klog(1.9, 'up')),
          before: lines(klog(12, 'up'), klog(2, 'failed to watch netlink: socket closed')),
        }),
        proxy(),
      ],
    },
    { confirmed: ['agentFails'], recovered: 'ruled-out' },
  ),
  'after-a-reboot': caseOf(
    'The machine was restarted three minutes ago: its agents ended with it, and are ready again.',
    {
      ...calm,
      agents: [
        flannel({
          restarts: 4,
          ended: { minutesAgo: 3, reason: 'Unknown', exitCode: 255 },
          startedMinutesAgo: 2.5,
          log: lines(klog(2.5, 'up')),
          before: lines(klog(90, 'up')),
        }),
        proxy(),
      ],
    },
    { recovered: 'confirmed' },
  ),
  'probe-fails': caseOf(
    'calico-node runs, and its readiness probe fails: Felix does not answer.',
    probed(
      'felix is not ready: Get "http://localhost:9099/readiness": dial tcp 127.0.0.1:9099: connect: connection refused',
    ),
    { confirmed: ['agentFails'], recovered: 'ruled-out' },
  ),
  'probe-failed-for-a-moment': caseOf(
    'The same for half a minute: a probe or two that came late.',
    probed('felix is not ready: Get "http://localhost:9099/readiness": context deadline exceeded', 0.5),
    { inconclusive: ['agentFails'], recovered: 'ruled-out' },
  ),
  'peers-of-calico-away': caseOf(
    'calico-node counts as not ready, for it hears nothing of two other machines: it may be these.',
    probed('BIRD is not ready: BGP not established with 10.20.0.11,10.20.0.12'),
    { inconclusive: ['agentFails'], recovered: 'ruled-out' },
  ),
  'addresses-a-quarter-of-an-hour-ago': caseOf(
    'The pod still waits; no address was left a quarter of an hour ago, and nothing was said since.',
    { ...calm, pods: [...calm.pods, waiting(NO_ADDRESS, 15, { minutesOld: 40 })] },
    { inconclusive: ['poolExhausted'], recovered: 'confirmed' },
  ),
  'kubelet-repeats-itself-seldom': caseOf(
    'Said eight minutes ago, 25 times in a row: a kubelet then repeats itself once in five minutes only.',
    { ...calm, pods: [...calm.pods, waiting(NO_ADDRESS, 8, { minutesOld: 40 })] },
    { confirmed: ['poolExhausted'], recovered: 'ruled-out' },
  ),
  'words-not-known': caseOf(
    'The kubelet says of a pod what nobody here knows; all agents are ready.',
    { ...calm, pods: [...calm.pods, waiting('plugin type="bandwidth" failed (add): cannot create qdisc')] },
    { inconclusive: [...bySigns, 'pluginMissing', 'agentFails'], recovered: 'ruled-out' },
  ),
  'plug-in-does-not-reach-its-agent': caseOf(
    'The socket of Multus refuses, and its pod counts as ready.',
    {
      ...calm,
      pods: [
        ...calm.pods,
        waiting(
          'plugin type="multus-shim" failed (add): dial unix /run/multus/socket/multus.sock: connect: connection refused',
        ),
      ],
    },
    { inconclusive: ['agentFails'], recovered: 'ruled-out' },
  ),
  'new-pod-starts': caseOf(
    'A pod that is a minute old found no address: young as it is, there is none for it.',
    {
      ...calm,
      pods: [...calm.pods, { name: 'orders-7c4', minutesOld: 1, events: [sandbox(NO_ADDRESS, 0.6)] }],
    },
    { confirmed: ['poolExhausted'], recovered: 'ruled-out' },
  ),
  'agent-restarts-its-node': caseOf(
    'An agent that is being ended, in a rollout.',
    { ...calm, agents: [flannel({}, { ...unready, isEnding: true }), proxy()] },
    { inconclusive: ['agentFails'], recovered: 'ruled-out' },
  ),
  'init-container-fails': caseOf(
    'install-cni ends with an error; kube-flannel never began.',
    {
      ...calm,
      ...noNetwork,
      agents: [
        {
          ...flannel({}, unready),
          containers: [
            {
              name: 'install-cni',
              isInit: true,
              ...crashing(
                { minutesAgo: 1 },
                lines('cp: can not create /etc/cni/net.d/10-flannel.conflist: Read-only file system'),
              ),
            },
            { name: 'kube-flannel', state: 'PodInitializing' },
          ],
        },
        proxy(),
      ],
    },
    { confirmed: ['agentFails'], inconclusive: ['pluginMissing'], recovered: 'ruled-out' },
  ),
  'calico-by-its-own-times': caseOf(
    'Calico writes its times with a blank: 2026-11-21 02:55:00.123.',
    {
      ...ofCalico,
      agents: [
        {
          ...calico,
          containers: [
            {
              name: 'calico-node',
              log: lines(
                `2026-11-21 02:10:00.000 [INFO][61] felix/up`,
                ...[9, 6, 3].map(
                  (minute) => `2026-11-21 02:5${9 - minute}:00.123 [ERROR][61] felix/table.go 790: ${LOCK}`,
                ),
              ),
            },
          ],
        },
        proxy(),
      ],
    },
    { confirmed: ['xtablesLock'], recovered: 'ruled-out' },
  ),
};
