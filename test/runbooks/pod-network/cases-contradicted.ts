import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import type { World } from './objects.ts';
import {
  calm,
  crashing,
  FORK,
  flannel,
  klog,
  LOCK,
  lines,
  NO_API,
  NOT_INITIALIZED,
  proxy,
  started,
  unready,
  waiting,
} from './worlds.ts';

const OWN_ERROR = 'failed to configure interface flannel.1: address already in use';
const refused = (header: string) => `${header}       1 main.go:330] ${FORK}`;
const failing = (...log: readonly string[]): World => ({
  ...calm,
  agents: [flannel(crashing({ minutesAgo: 2 }, lines(started, ...log)), unready), proxy()],
});
const info = (minutesAgo: number, text: string) => klog(minutesAgo, text).replace(/^E/, 'I');
const registry = (image: string) =>
  `failed to resolve reference "${image}": failed to do request: Head "https://registry.example/v2/": dial tcp 34.96.108.209:443: i/o timeout`;

/** One thing seems to tell, and another says that it does not. */
export const contradicted: Record<string, Case> = {
  'line-of-last-december': caseOf(
    'A fork was refused on the 15th of December: of last year, since klog writes none and this one is not there yet.',
    { ...calm, agents: [flannel(), proxy({ log: lines(started, refused('E1215 03:12:07.000001')) })] },
    { recovered: 'confirmed' },
  ),
  'line-of-another-zone': caseOf(
    'The machine writes the time of Tokyo, nine hours ahead: when a fork was refused to it is not told.',
    { ...calm, agents: [flannel(), proxy({ log: lines(started, refused('E1121 11:52:00.000001')) })] },
    { inconclusive: ['agentPids'], recovered: 'confirmed' },
  ),
  'sandbox-image-unreached': caseOf(
    'The image of the sandbox cannot be fetched: what does not answer on port 443 is a registry, no API server.',
    {
      ...calm,
      pods: [
        ...calm.pods,
        waiting(undefined, 0, {
          events: [
            {
              minutesAgo: 0.5,
              reason: 'FailedCreatePodSandBox',
              message: `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox image "registry.k8s.io/pause:3.9": failed to pull image: ${registry('registry.k8s.io/pause:3.9')}`,
              count: 24,
            },
          ],
        }),
      ],
    },
    { inconclusive: ['agentFails'], recovered: 'ruled-out' },
  ),
  'addresses-of-an-appliance': caseOf(
    'The plug-in takes addresses from an appliance that is down: a private address and port 443, and no API server.',
    {
      ...calm,
      pods: [
        ...calm.pods,
        waiting('plugin type="infoblox" failed (add): allocate address: dial tcp 10.9.8.7:443: i/o timeout'),
      ],
    },
    { inconclusive: ['apiUnreached', 'agentFails'], recovered: 'ruled-out' },
  ),
  'addresses-of-an-appliance-with-an-api': caseOf(
    'The same with an API that has paths like those of Kubernetes.',
    {
      ...calm,
      pods: [
        ...calm.pods,
        waiting(
          'plugin type="netbox" failed (add): Post "https://10.9.8.7/api/ipam/prefixes/1/available-ips/": dial tcp 10.9.8.7:443: i/o timeout',
        ),
      ],
    },
    { inconclusive: ['apiUnreached', 'agentFails'], recovered: 'ruled-out' },
  ),
  'agent-image-unreached': caseOf(
    'The image of flannel cannot be fetched: it never ran, and said nothing of the API server.',
    {
      ...calm,
      agents: [
        flannel(
          { state: 'ImagePullBackOff' },
          {
            ...unready,
            minutesOld: 20,
            events: [
              {
                minutesAgo: 0.5,
                reason: 'Failed',
                message: `Failed to pull image "docker.io/flannel/flannel:v0.26.1": ${registry('docker.io/flannel/flannel:v0.26.1')}`,
              },
            ],
          },
        ),
        proxy(),
      ],
    },
    { confirmed: ['agentFails'], recovered: 'ruled-out' },
  ),
  'cloud-api-unreached': caseOf(
    'The agent of AWS gets no answer from the API of EC2: that is not the API server.',
    {
      ...calm,
      podCidrs: [],
      agents: [
        {
          name: 'aws-node-4k2',
          app: 'aws-node',
          daemonSet: 'aws-node',
          ...unready,
          containers: [
            {
              name: 'aws-node',
              ...crashing(
                { minutesAgo: 1 },
                lines(
                  started,
                  klog(
                    1,
                    'send request failed: Post "https://ec2.eu-west-1.amazonaws.com/": dial tcp 10.0.7.2:443: i/o timeout',
                  ),
                ),
              ),
            },
          ],
        },
        proxy(),
      ],
      sets: [{ name: 'aws-node', app: 'aws-node' }, ...calm.sets.slice(1)],
      use: [],
    },
    { confirmed: ['agentFails'], recovered: 'ruled-out' },
  ),
  'lock-once-then-its-own-error': caseOf(
    'flannel waited for the lock nine minutes ago and went on; it ends by an error of its own.',
    failing(klog(9, LOCK), info(8.9, 'Setting up masking rules'), info(3, 'Running backend.'), klog(2, OWN_ERROR)),
    { inconclusive: ['xtablesLock', 'agentFails'], recovered: 'ruled-out' },
  ),
  'lock-thrice-then-its-own-error': caseOf(
    'It waited for the lock three times, which is a matter of its own; what it ends by is something else.',
    failing(klog(9, LOCK), klog(8.8, LOCK), klog(8.6, LOCK), info(8.5, 'Setting up masking rules'), klog(2, OWN_ERROR)),
    { confirmed: ['xtablesLock'], inconclusive: ['agentFails'], recovered: 'ruled-out' },
  ),
  'api-timed-out-then-its-own-error': caseOf(
    'One time-out at the API server nine minutes ago, and an answer five seconds later; it ends by an error of its own.',
    failing(klog(9, NO_API), info(8.9, 'subnet lease renewed'), klog(2, OWN_ERROR)),
    { inconclusive: ['apiUnreached', 'agentFails'], recovered: 'ruled-out' },
  ),
  'fork-refused-then-its-own-error': caseOf(
    'A fork was refused nine minutes ago; it went on, and ends by an error of its own.',
    failing(klog(9, FORK), info(8.9, 'Setting up masking rules'), klog(2, OWN_ERROR)),
    { confirmed: ['agentPids'], inconclusive: ['agentFails'], recovered: 'ruled-out' },
  ),
  'lock-and-the-lines-of-its-end': caseOf(
    'One line about the lock, and half a minute later the words of an agent that ends: that is why.',
    failing(klog(2.5, LOCK), info(2, 'Stopping shutdownHandler...'), info(2, 'Exiting cleanly...')),
    { confirmed: ['xtablesLock'], recovered: 'ruled-out' },
  ),
  'lock-and-then-much-else': caseOf(
    'One line about the lock, and in the same minute much else before it ends: why it ended is not told.',
    failing(klog(2.5, LOCK), ...Array.from({ length: 6 }, (_, index) => info(2.4 - index / 20, 'subnet added'))),
    { inconclusive: ['xtablesLock', 'agentFails'], recovered: 'ruled-out' },
  ),
  'no-network-until-it-booted': caseOf(
    'The machine booted nine minutes ago, and was without a network until it was Ready; a pod waits for its volume.',
    {
      ...calm,
      readyMinutes: 8,
      pods: [
        ...calm.pods,
        waiting(undefined, 0, {
          events: [
            {
              minutesAgo: 8.5,
              reason: 'NetworkNotReady',
              message: `network is not ready: ${NOT_INITIALIZED}`,
              count: 4,
            },
            {
              minutesAgo: 0.5,
              reason: 'FailedMount',
              message: 'MountVolume.SetUp failed for volume "data": timed out',
            },
          ],
        }),
      ],
    },
    { recovered: 'confirmed' },
  ),
  'no-network-while-it-was-ready': caseOf(
    'A kubelet that has been Ready for twenty minutes said once, eight minutes ago, that there is no network.',
    {
      ...calm,
      pods: [
        ...calm.pods,
        waiting(undefined, 0, {
          events: [{ minutesAgo: 8, reason: 'NetworkNotReady', message: `network is not ready: ${NOT_INITIALIZED}` }],
        }),
      ],
    },
    { recovered: 'confirmed' },
  ),
  'no-network-a-moment-ago': caseOf(
    'It said so half a minute ago, and is Ready: which of the two is of now is not told.',
    {
      ...calm,
      pods: [
        ...calm.pods,
        waiting(undefined, 0, {
          events: [{ minutesAgo: 0.5, reason: 'NetworkNotReady', message: `network is not ready: ${NOT_INITIALIZED}` }],
        }),
      ],
    },
    { inconclusive: ['pluginMissing'], recovered: 'ruled-out' },
  ),
  'subnets-kept-in-etcd': caseOf(
    'flannel keeps its subnets in etcd, so that no node has a podCIDR: all agents are ready, and nobody complains.',
    { ...calm, podCidrs: [] },
    { inconclusive: ['subnetMissing'], recovered: 'confirmed' },
  ),
  'ooms-not-counted': caseOf(
    'A kubelet of 1.20 counts no OOM kills: that none is seen says nothing.',
    { ...calm, uncounted: ['ooms'] },
    { inconclusive: ['agentLimits'], recovered: 'confirmed' },
  ),
  'pid-limits-not-collected': caseOf(
    'The Helm chart drops the limits of PIDs: that no agent is near its own says nothing.',
    { ...calm, uncounted: ['pidsMax'] },
    { inconclusive: ['agentLimits'], recovered: 'confirmed' },
  ),
};
