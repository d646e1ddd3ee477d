import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import {
  calm,
  crashing,
  FORK,
  flannel,
  klog,
  LOCK,
  lines,
  NO_API,
  NO_CIDR,
  noNetwork,
  ofCalico,
  proxy,
  started,
  unready,
  waiting,
} from './worlds.ts';

const oom = { minutesAgo: 3, reason: 'OOMKilled' } as const;
const SUBNET_ENV =
  'plugin type="flannel" failed (add): loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory';
const NO_ADDRESS =
  'plugin type="flannel" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.244.3.1-10.244.3.254';

/** One thing is wrong, and it is proved. */
export const proved: Record<string, Case> = {
  'agent-killed-for-memory': caseOf(
    'kube-flannel outgrows its 50Mi again and again; new pods wait for /run/flannel/subnet.env, which follows from it.',
    {
      ...calm,
      agents: [flannel(crashing(oom, lines(started)), unready), proxy()],
      pods: [...calm.pods, waiting(SUBNET_ENV)],
      sets: [{ name: 'kube-flannel-ds', namespace: 'kube-flannel', app: 'flannel', ready: 5 }, ...calm.sets.slice(1)],
    },
    { confirmed: ['agentMemory'], inconclusive: ['subnetMissing'], recovered: 'ruled-out' },
  ),
  'child-killed-for-memory': caseOf(
    'iptables-restore of kube-proxy is ended by the kernel 4 times in 10 minutes, and kube-proxy itself goes on.',
    {
      ...calm,
      agents: [flannel(), proxy({ memory: '64Mi' })],
      use: [{ pod: 'kube-proxy-7h2kd', container: 'kube-proxy', memory: 0.97, ooms: 4 }],
    },
    { confirmed: ['agentLimits'], recovered: 'ruled-out' },
  ),
  'forks-refused': caseOf(
    'kube-proxy: "fork/exec /usr/sbin/iptables: resource temporarily unavailable". There is no PID for it.',
    { ...calm, agents: [flannel(), proxy({ log: lines(started, klog(4, FORK), klog(2, FORK)) })] },
    { confirmed: ['agentPids'], recovered: 'ruled-out' },
  ),
  'own-pid-limit': caseOf(
    'The pod of flannel has 98 % of the PIDs that its own limit gives it; it has written nothing yet.',
    { ...calm, use: [{ pod: 'kube-flannel-ds-x2x9q', pids: 0.98 }] },
    { confirmed: ['agentLimits'], recovered: 'ruled-out' },
  ),
  'own-pid-limit-and-forks-refused': caseOf(
    'The same, and flannel writes that its forks are refused: one cause, and it says whose PIDs they are.',
    {
      ...calm,
      agents: [flannel({ log: lines(started, klog(2, FORK)) }), proxy()],
      use: [{ pod: 'kube-flannel-ds-x2x9q', pids: 0.98 }],
    },
    { confirmed: ['agentPids'], recovered: 'ruled-out' },
  ),
  'one-at-its-limit-and-another-refused': caseOf(
    'kube-proxy is refused a fork, and flannel is at its own limit: that of one is nothing to the other.',
    {
      ...calm,
      agents: [flannel(), proxy({ log: lines(started, klog(2, FORK)) })],
      use: [{ pod: 'kube-flannel-ds-x2x9q', pids: 0.98 }],
    },
    { confirmed: ['agentPids', 'agentLimits'], recovered: 'ruled-out' },
  ),
  'plug-in-refused-a-fork': caseOf(
    'It is the plug-in that cannot be started: "fork/exec /opt/cni/bin/host-local: resource temporarily unavailable".',
    {
      ...calm,
      pods: [...calm.pods, waiting('fork/exec /opt/cni/bin/host-local: resource temporarily unavailable')],
    },
    { confirmed: ['agentPids'], recovered: 'ruled-out' },
  ),
  'lock-of-iptables': caseOf(
    'flannel: "exit status 4: iptables: Resource temporarily unavailable." four times. It does not mount the lock of the machine.',
    {
      ...calm,
      agents: [
        flannel({ log: lines(started, ...[9, 7, 5, 3].map((minute) => klog(minute, LOCK))) }, { sharesLock: false }),
        proxy(),
      ],
    },
    { confirmed: ['xtablesLock'], recovered: 'ruled-out' },
  ),
  'lock-held-long': caseOf(
    'All share the lock, and kube-proxy could not write its rules twice: somebody holds it long.',
    {
      ...calm,
      agents: [
        flannel(),
        proxy({
          log: lines(
            started,
            klog(
              3,
              'Failed to execute iptables-restore: exit status 4 (Another app is currently holding the xtables lock)',
            ),
          ),
        }),
      ],
      restoreFailures: 2.2,
    },
    { confirmed: ['xtablesLock'], recovered: 'ruled-out' },
  ),
  'no-pod-cidr': caseOf(
    'The controller manager has no range left: the node has no podCIDR, and flannel ends for that.',
    {
      ...calm,
      ...noNetwork,
      podCidrs: [],
      nodeMinutes: 30,
      events: [{ minutesAgo: 4, reason: 'CIDRNotAvailable', from: 'cidrAllocator', count: 9 }],
      agents: [
        flannel(crashing({ minutesAgo: 2 }, lines(started, klog(2, NO_CIDR))), { ...unready, minutesOld: 29 }),
        proxy(),
      ],
    },
    { confirmed: ['subnetMissing'], inconclusive: ['pluginMissing'], recovered: 'ruled-out' },
  ),
  'subnet-file-taken-away': caseOf(
    'Somebody emptied /run/flannel while flannel ran: it is ready, and its file is not there.',
    { ...calm, pods: [...calm.pods, waiting(SUBNET_ENV)] },
    { confirmed: ['subnetMissing'], recovered: 'ruled-out' },
  ),
  'bridge-of-another-lease': caseOf(
    'The node joined anew with another subnet, and cni0 still has the address of the former one.',
    {
      ...calm,
      pods: [
        ...calm.pods,
        waiting(
          'plugin type="flannel" failed (add): failed to set bridge addr: "cni0" already has an IP address different from 10.244.3.1/24',
        ),
      ],
    },
    { confirmed: ['subnetMissing'], recovered: 'ruled-out' },
  ),
  'no-way-to-the-api': caseOf(
    'flannel times out at 10.96.0.1:443 and ends; kube-proxy here is ready, the API server answers from elsewhere.',
    {
      ...calm,
      agents: [flannel(crashing({ minutesAgo: 1 }, lines(started, klog(1, NO_API))), unready), proxy()],
    },
    { confirmed: ['apiUnreached'], recovered: 'ruled-out' },
  ),
  'no-way-to-the-api-by-its-address': caseOf(
    'flannel says only whom it dials: that is the Service of the API server, by its second address.',
    {
      ...calm,
      agents: [
        flannel(
          crashing(
            { minutesAgo: 1 },
            lines(started, klog(1, 'failed to list *v1.Node: dial tcp [fd00:10:96::1]:443: connect: no route to host')),
          ),
          unready,
        ),
        proxy(),
      ],
    },
    { confirmed: ['apiUnreached'], recovered: 'ruled-out' },
  ),
  'token-no-good': caseOf(
    'The plug-in of Calico is refused with an old token; its agent is ready.',
    {
      ...calm,
      ...ofCalico,
      pods: [
        ...calm.pods,
        waiting(
          'plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized',
        ),
      ],
    },
    { confirmed: ['apiUnreached'], recovered: 'ruled-out' },
  ),
  'agent-kept-away': caseOf(
    'The node has a taint of its own that the DaemonSet of flannel does not tolerate: no agent, no network.',
    {
      ...calm,
      ...noNetwork,
      taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }],
      agents: [proxy()],
      sets: [
        { name: 'kube-flannel-ds', namespace: 'kube-flannel', app: 'flannel', tolerations: [] },
        { name: 'kube-proxy', app: 'kube-proxy' },
      ],
    },
    { confirmed: ['agentAbsent'], inconclusive: ['pluginMissing'], recovered: 'ruled-out' },
  ),
  'configuration-missing': caseOf(
    'The file in /etc/cni/net.d was taken away; flannel runs on, and so do the pods that are there.',
    { ...calm, ...noNetwork },
    { confirmed: ['pluginMissing'], recovered: 'ruled-out' },
  ),
  'program-missing': caseOf(
    'An update of packages emptied /opt/cni/bin: the kubelet is Ready, and no pod can be made.',
    {
      ...calm,
      pods: [
        ...calm.pods,
        waiting('plugin type="flannel" failed (add): failed to find plugin "flannel" in path [/opt/cni/bin]'),
      ],
    },
    { confirmed: ['pluginMissing'], recovered: 'ruled-out' },
  ),
  'addresses-leaked': caseOf(
    'No address is left in 10.244.3.1-10.244.3.254, and two pods hold one: the others were never given back.',
    { ...calm, pods: [...calm.pods, waiting(NO_ADDRESS)], sandboxErrors: 24 },
    { confirmed: ['poolExhausted'], recovered: 'ruled-out' },
  ),
  'aws-has-no-address': caseOf(
    "AWS's plug-in assigns no address: it says the same of a full subnet and of a role that may not ask.",
    {
      ...calm,
      pods: [
        ...calm.pods,
        waiting(
          'plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container',
        ),
      ],
    },
    { confirmed: ['poolExhausted'], recovered: 'ruled-out' },
  ),
  'addresses-in-use': caseOf(
    'A range of 14 addresses, and 13 pods that have one.',
    {
      ...calm,
      podCidrs: ['10.244.3.0/28'],
      pods: [
        ...Array.from({ length: 13 }, (_, index) => ({ name: `web-${index}`, address: `10.244.3.${index + 2}` })),
        waiting(NO_ADDRESS.replace('.254', '.14')),
      ],
    },
    { confirmed: ['poolExhausted'], recovered: 'ruled-out' },
  ),
  'error-of-its-own': caseOf(
    'kube-flannel ends with an error that is none of those known.',
    {
      ...calm,
      agents: [
        flannel(
          crashing(
            { minutesAgo: 2 },
            lines(started, klog(2, 'failed to configure interface flannel.1: address already in use')),
          ),
          unready,
        ),
        proxy(),
      ],
    },
    { confirmed: ['agentFails'], recovered: 'ruled-out' },
  ),
  'error-of-its-own-on-three-nodes': caseOf(
    'A new version of flannel ends on three of six nodes.',
    {
      ...calm,
      agents: [
        flannel(crashing({ minutesAgo: 2 }, lines(started, klog(2, 'unknown flag: --iface-can-reach'))), unready),
        proxy(),
      ],
      sets: [
        { name: 'kube-flannel-ds', namespace: 'kube-flannel', app: 'flannel', ready: 3 },
        { name: 'kube-proxy', app: 'kube-proxy' },
      ],
    },
    { confirmed: ['agentFails'], recovered: 'ruled-out' },
  ),
  'error-of-its-own-on-one-node': caseOf(
    'Flannel ends on one of six nodes: its agents elsewhere are well, and are not restarted.',
    {
      ...calm,
      agents: [
        flannel(crashing({ minutesAgo: 2 }, lines(started, klog(2, 'unknown flag: --iface-can-reach'))), unready),
        proxy(),
      ],
      sets: [
        { name: 'kube-flannel-ds', namespace: 'kube-flannel', app: 'flannel', ready: 5 },
        { name: 'kube-proxy', app: 'kube-proxy' },
      ],
    },
    { confirmed: ['agentFails'], recovered: 'ruled-out' },
  ),
  'kube-proxy-not-scraped': caseOf(
    'kube-proxy is ready; its metrics listen on 127.0.0.1 only, as they do by default.',
    { ...calm, proxyUp: 0 },
    { confirmed: ['proxyUnscraped'], recovered: 'confirmed' },
  ),
};
