import { describe, expect, it } from 'vitest';
import { complaintIn, isElsewhere, lastWords, rangeIn } from '../../../runbooks/pod-network/complaints.ts';

const now = new Date('2026-11-21T03:00:00Z');

const sandbox = (words: string) =>
  `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "5c05350c": ${words}`;

describe('what is complained of', () => {
  it.each([
    // The same words, two faults.
    ['fork', 'fork/exec /usr/sbin/iptables: resource temporarily unavailable'],
    [
      'lock',
      'running [/sbin/iptables -t nat -C POSTROUTING]: exit status 4: iptables: Resource temporarily unavailable.',
    ],
    [
      'lock',
      'exit status 4 (Another app is currently holding the xtables lock. Perhaps you want to use the -w option?)',
    ],
    [
      'lock',
      'Failed to execute iptables-restore: failed to acquire old iptables lock: timed out waiting for the condition',
    ],
    // flannel
    [
      'noSubnet',
      sandbox(
        'plugin type="flannel" failed (add): loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory',
      ),
    ],
    [
      'noSubnet',
      'E0519 00:37:28.550351       1 network.go:102] failed to register network: failed to acquire lease: node "k8s-test-2" pod cidr not assigned',
    ],
    [
      'otherSubnet',
      sandbox('failed to set bridge addr: "cni0" already has an IP address different from 10.244.3.1/24'),
    ],
    [
      'noApi',
      `Failed to create SubnetManager: error retrieving pod spec: Get "https://10.96.0.1:443/api/v1/nodes": dial tcp 10.96.0.1:443: i/o timeout`,
    ],
    // The runtime and its programs
    ['noBinary', sandbox('plugin type="flannel" failed (add): failed to find plugin "flannel" in path [/opt/cni/bin]')],
    [
      'noConfig',
      'network is not ready: runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
    ],
    // The API server by what is asked for, by any address and port; where that does not tell, its address must
    ['noApi', 'Get "https://api.example.com:8443/api/v1/nodes/worker-3": dial tcp 34.96.108.209:8443: i/o timeout'],
    ['noAnswer', 'Get "https://172.20.0.1:443/version?timeout=5s": dial tcp 172.20.0.1:443: i/o timeout'],
    ['noAnswer', 'failed to list *v1.Node: dial tcp [fd00:10:96::1]:443: connect: no route to host'],
    // A registry
    [
      'noImage',
      'failed to get sandbox image "registry.k8s.io/pause:3.9": failed to do request: Head "https://registry.k8s.io/v2/": dial tcp 10.0.0.9:443: i/o timeout',
    ],
    ['noImage', 'Error: ErrImagePull'],
    ['noConfig', 'message:docker: network plugin is not ready: cni config uninitialized'],
    // Addresses: host-local, AWS, Calico, Cilium
    [
      'noAddress',
      sandbox('failed to allocate for range 0: no IP addresses available in range set: 10.42.2.1-10.42.2.254'),
    ],
    [
      'noAddress',
      sandbox(
        'plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container',
      ),
    ],
    [
      'noAddress',
      sandbox(
        'plugin type="calico" failed (add): failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; No more free affine blocks',
      ),
    ],
    [
      'noAddress',
      sandbox(
        'plugin type="cilium-cni" failed (add): unable to allocate IP via local cilium agent: [POST /ipam] range is full',
      ),
    ],
    // The agent does not answer its plug-in
    [
      'noAgent',
      sandbox(
        'plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory: check that the calico/node container is running',
      ),
    ],
    [
      'noAgent',
      sandbox(
        'unable to connect to Cilium daemon: Get "http:///var/run/cilium/cilium.sock/v1/config": dial unix /var/run/cilium/cilium.sock: connect: no such file or directory',
      ),
    ],
    [
      'noAgent',
      sandbox(
        'add cmd: Error received from AddNetwork gRPC call: dial tcp 127.0.0.1:50051: connect: connection refused',
      ),
    ],
    [
      'noApi',
      sandbox(
        'plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized',
      ),
    ],
    // azure-vnet and whereabouts
    [
      'noAddress',
      sandbox('AllocateIPConfig failed: not enough IPs available for 9c6a7f37, waiting on Azure CNS to allocate more'),
    ],
    [
      'noAddress',
      sandbox('Failed to allocate pool: Failed to delegate: Failed to allocate pool: No available address pools'),
    ],
    ['noAddress', sandbox('error at storage engine: Could not allocate IP in range: ip: 10.0.0.98 / - 10.0.0.99')],
    // A program that cannot be run, of the plug-in itself
    ['noBinary', sandbox('plugin type="bridge" failed (add): fork/exec /opt/cni/bin/bridge: permission denied')],
    ['noBinary', sandbox('plugin type="ptp" failed (add): fork/exec /home/kubernetes/bin/ptp: exec format error')],
    // The API server: cut off, not trusted, refused; and in words that nobody here knows
    [
      'noApi',
      'Get "https://10.96.0.1:443/api/v1/nodes/worker-3": read tcp 10.20.0.15:4000->10.96.0.1:443: read: connection reset by peer',
    ],
    ['noApi', 'Get "https://10.96.0.1:443/api/v1/nodes/worker-3": context deadline exceeded'],
    ['noApi', 'Get https://10.96.0.1:443/api/v1/nodes/worker-3: unexpected EOF'],
    ['noApi', 'failed to list *v1.Node: Unauthorized'],
    ['noApi', 'failed to list *v1.Node: the server has asked for the client to provide credentials (get nodes)'],
    ['noAnswer', 'Get "https://api.internal/apis/x": something else'],
    ['noAnswer', 'failed to list *v1.Node: etcdserver: request timed out'],
  ])('%s: %s', (kind, text) => {
    expect(complaintIn(text, now)?.kind).toBe(kind);
  });

  it.each([
    'I1121 02:10:04.000000       1 main.go:363] Found network config - Backend type: vxlan',
    'Back-off pulling image "registry.example/shop/web:v12"',
    'MountVolume.SetUp failed for volume "data": stat /data: no such file or directory',
    'Error: failed to dial tcp 10.0.0.9:5432: connect: connection refused',
    'Post "https://ec2.eu-west-1.amazonaws.com/": dial tcp 10.0.7.2:443: i/o timeout',
    'plugin type="portmap" failed (add): fork/exec /usr/sbin/iptables: permission denied',
    'GET "https://registry.example/v2/flannel": 401 Unauthorized',
    'Liveness probe failed: Get "http://127.0.0.1:10256/livez": context deadline exceeded',
    'Post "https://10.9.8.7/session": Unauthorized',
    'cannot reach the backend: dial tcp 54.227.20.253:443: i/o timeout',
  ])('nothing, of what is another matter: %s', (text) => {
    expect(complaintIn(text, now)).toBeUndefined();
  });
});

describe('the words that are shown', () => {
  it('have the time told apart, of klog and of Calico', () => {
    const klog = complaintIn(
      'E1121 02:58:00.000001       1 main.go:330] fork/exec /sbin/ip: resource temporarily unavailable',
      now,
    );
    expect(klog).toEqual({
      kind: 'fork',
      at: '2026-11-21T02:58:00.000Z',
      line: 'fork/exec /sbin/ip: resource temporarily unavailable',
    });
    const calico = complaintIn(
      '2026-11-21 02:58:00.123 [ERROR][61] felix/x.go 9: dial tcp 10.96.0.1:443: i/o timeout',
      now,
    );
    expect(calico).toMatchObject({ kind: 'noAnswer', to: '10.96.0.1', at: '2026-11-21T02:58:00.123Z' });
  });

  it('are the end of what nobody here knows', () => {
    const long = `${'x'.repeat(300)} cannot create qdisc`;
    expect(lastWords(long)).toMatch(/^….*cannot create qdisc$/);
    expect(lastWords('  short \t words ')).toBe('short words');
  });

  it('tell how many addresses a range has', () => {
    expect(rangeIn('in range set: 10.42.2.1-10.42.2.254')).toBe(254);
    expect(rangeIn('in range set: 10.0.0.1-10.0.3.254')).toBe(1_022);
    expect(rangeIn('range is full')).toBeUndefined();
  });
});

it.each([
  ['192.168.50.200-192.168.50.203', ['10.42.2.0/24'], true],
  ['10.42.2.1-10.42.2.254', ['10.42.2.0/24'], false],
  ['10.42.2.1-10.42.2.254', ['fd00::/64', '10.42.0.0/16'], false],
  ['10.42.2.1-10.42.2.254', [], false],
  ['10.42.2.1-10.42.2.254', ['fd00::/64'], false],
])('the range %s is that of another network than %o: %s', (range, cidrs, elsewhere) => {
  expect(isElsewhere(`no IP addresses available in range set: ${range}`, cidrs)).toBe(elsewhere);
});
