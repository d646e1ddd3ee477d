import type { Case } from '../../../engine/replay.ts';
import { bySigns, caseOf } from './case.ts';
import type { World } from './objects.ts';
import { calm, crashing, flannel, klog, lines, ofCalico, proxy, started, unready, waiting } from './worlds.ts';

const said = (words: string, more: Partial<World> = {}): World => ({
  ...calm,
  ...more,
  pods: [...calm.pods, waiting(words)],
});
const wrote = (words: string): World => ({
  ...calm,
  agents: [flannel(crashing({ minutesAgo: 1 }, lines(started, klog(1, words))), unready), proxy()],
});
const clusterInformation =
  'plugin type="calico" failed (add): error getting ClusterInformation: Get "https://10.96.0.1:443/apis/crd.projectcalico.org/v1/clusterinformations/default"';
const podSpec = "Failed to create SubnetManager: error retrieving pod spec for 'kube-flannel/x'";
const open = [...bySigns, 'pluginMissing', 'agentFails'];

/** By the words of each plug-in; and those that nobody here knows. */
export const words: Record<string, Case> = {
  'api-does-not-finish-tls': caseOf(
    'Calico gets a connection to the API server, and no answer through it.',
    said(`${clusterInformation}: net/http: TLS handshake timeout`, ofCalico),
    { confirmed: ['apiUnreached'], recovered: 'ruled-out' },
  ),
  'api-not-trusted': caseOf(
    'The authority that Calico trusts is not that of the API server any more.',
    said(`${clusterInformation}: x509: certificate signed by unknown authority`, ofCalico),
    { confirmed: ['apiUnreached'], recovered: 'ruled-out' },
  ),
  'api-by-a-name-that-is-not-found': caseOf(
    'The name of the API server is not resolved: whose fault that is these words do not tell.',
    said(`${clusterInformation}: dial tcp: lookup kubernetes.default: no such host`, ofCalico),
    { inconclusive: ['apiUnreached', 'agentFails'], recovered: 'ruled-out' },
  ),
  'agent-with-an-old-token': caseOf('flannel ends, since its token is refused.', wrote(`${podSpec}: Unauthorized`), {
    confirmed: ['apiUnreached'],
    recovered: 'ruled-out',
  }),
  'agent-without-its-rights': caseOf(
    'flannel ends, since its role was taken away.',
    wrote(
      `${podSpec}: pods "x" is forbidden: User "system:serviceaccount:kube-flannel:flannel" cannot get resource "pods" in API group "" in the namespace "kube-flannel"`,
    ),
    { confirmed: ['apiUnreached'], recovered: 'ruled-out' },
  ),
  'agent-and-an-api-that-fails': caseOf(
    'flannel ends, since the API server answers it with 503.',
    wrote('failed to list *v1.Node: the server is currently unable to handle the request (get nodes)'),
    { inconclusive: ['apiUnreached', 'agentFails'], recovered: 'ruled-out' },
  ),
  'addresses-of-azure': caseOf(
    'The pool of azure-vnet on this node is empty.',
    said(
      'plugin type="azure-vnet" failed (add): IPAM Invoker Add failed with error: Failed to allocate pool: Failed to delegate: Failed to allocate address: No available addresses',
    ),
    { confirmed: ['poolExhausted'], recovered: 'ruled-out' },
  ),
  'addresses-of-whereabouts': caseOf(
    'The range of a second network is used up.',
    said(
      'plugin type="multus" name="multus-cni-network" failed (add): error adding container to network "net1": error at storage engine: Could not allocate IP in range: ip: 192.168.2.10 / - 192.168.2.20',
    ),
    { confirmed: ['poolExhausted'], recovered: 'ruled-out' },
  ),
  'program-of-another-architecture': caseOf(
    'The program of the plug-in is there, made for another machine.',
    said('plugin type="calico" failed (add): fork/exec /opt/cni/bin/calico: exec format error', ofCalico),
    { confirmed: ['pluginMissing'], recovered: 'ruled-out' },
  ),
  'program-that-the-plug-in-lacks': caseOf(
    'The plug-in runs, and what it calls is not there: words that nobody here knows leave open all that is told by words.',
    said(
      'plugin type="portmap" failed (add): could not initialize iptables protocol 0: exec: "iptables": executable file not found in $PATH',
    ),
    { inconclusive: open, recovered: 'ruled-out' },
  ),
  'addresses-and-words-not-known': caseOf(
    'Of one pod it is said that no address is left, of another what nobody here knows.',
    {
      ...calm,
      pods: [
        ...calm.pods,
        waiting('plugin type="flannel" failed (add): no IP addresses available in range set: 10.244.3.1-10.244.3.254'),
        waiting('plugin type="flannel" failed (add): cannot create qdisc', 0.5, { name: 'stock-5d9' }),
      ],
    },
    {
      confirmed: ['poolExhausted'],
      inconclusive: open.filter((cause) => cause !== 'poolExhausted'),
      recovered: 'ruled-out',
    },
  ),
  'words-not-known-a-quarter-of-an-hour-ago': caseOf(
    'What nobody here knows was said a quarter of an hour ago, and not since.',
    { ...calm, pods: [...calm.pods, waiting('plugin type="bandwidth" failed (add): cannot create qdisc', 15)] },
    { recovered: 'confirmed' },
  ),
  'secret-forbidden-to-its-kubelet': caseOf(
    'A pod waits for a Secret that its kubelet may not read, and another for a volume whose driver does not reach the API server.',
    {
      ...calm,
      pods: [
        ...calm.pods,
        waiting(undefined, 0, {
          events: [
            {
              minutesAgo: 1,
              reason: 'FailedMount',
              message:
                'MountVolume.SetUp failed for volume "token": secrets "x" is forbidden: User "system:node:worker-3" cannot get resource "secrets" in API group "" in the namespace "shop": no relationship found',
            },
            {
              minutesAgo: 1,
              reason: 'FailedMount',
              message:
                'MountVolume.SetUp failed for volume "data": rpc error: Get "https://10.96.0.1:443/api/v1/nodes/worker-3": net/http: TLS handshake timeout',
            },
          ],
        }),
      ],
    },
    { recovered: 'confirmed' },
  ),
};
