import { type Facts, type MemberFacts, type NodeFacts, unknownSince } from '../facts.ts';
import { type KubeObject, meta, pick, suffix, time, uid } from './values.ts';

const namespaces = ['shop', 'checkout', 'search'];
const RUNTIME_ID = 'containerd://';

/** The pods of one node, or at least those of the namespace: its share of the workloads, the DaemonSets', and on the control plane the static ones. */
export function podsOfNode(facts: Facts, node: NodeFacts, now: number, namespace?: string): KubeObject[] {
  const member = facts.members.find((candidate) => candidate.node === node.name);
  const daemons = ['kube-proxy', 'node-exporter'].map((app) => daemonPod(facts, node, app, now));
  const mirrors = member ? mirrorPods(facts, node, member, now) : [];
  const hasWorkloads = !node.controlPlane && (namespace === undefined || namespaces.includes(namespace));
  const count = !hasWorkloads ? 0 : Math.max(0, facts.podsPerNode - daemons.length);
  return [...mirrors, ...daemons, ...Array.from({ length: count }, (_, index) => workloadPod(facts, node, index, now))];
}

/** Name and namespace of a workload pod; `web-7c9d8b6f5d-x2x4z`. */
export function workloadName(
  node: NodeFacts,
  index: number,
): { namespace: string; name: string; app: string; hash: string } {
  const app = `web-${String(pick(40, node.name, String(index))).padStart(2, '0')}`;
  const hash = `${suffix('hash', app)}${suffix('more', app)}`;
  return {
    namespace: namespaces[index % namespaces.length] ?? 'shop',
    name: `${app}-${hash}-${suffix(node.name, String(index))}`,
    app,
    hash,
  };
}

function workloadPod(facts: Facts, node: NodeFacts, index: number, now: number): KubeObject {
  const { namespace, name, app, hash } = workloadName(node, index);
  const owner = ownedBy('ReplicaSet', namespace, `${app}-${hash}`);
  const labels = { app, 'pod-template-hash': hash };
  const address = `10.244.${pick(250, node.name)}.${(index % 250) + 2}`;
  return pod(facts, node, now, {
    namespace,
    name,
    labels,
    owner,
    container: 'web',
    image: `registry.example/${app}:v12`,
    address,
  });
}

function daemonPod(facts: Facts, node: NodeFacts, app: string, now: number): KubeObject {
  const namespace = app === 'kube-proxy' ? 'kube-system' : 'monitoring';
  const labels = app === 'kube-proxy' ? { 'k8s-app': app } : { 'app.kubernetes.io/name': app };
  return pod(facts, node, now, {
    namespace,
    name: `${app}-${suffix(app, node.name)}`,
    labels,
    owner: ownedBy('DaemonSet', namespace, app),
    container: app,
    image: `registry.k8s.io/${app}:v1`,
    address: node.address,
  });
}

/** Static pods as kubeadm writes them: only the flags that tell something are there. */
function mirrorPods(facts: Facts, node: NodeFacts, member: MemberFacts, now: number): KubeObject[] {
  const url = `https://${node.address}`;
  const commands: Record<string, string[]> = {
    etcd: [
      'etcd',
      `--advertise-client-urls=${url}:2379`,
      `--initial-advertise-peer-urls=${url}:2380`,
      `--listen-client-urls=https://127.0.0.1:2379,${url}:2379`,
      `--listen-metrics-urls=http://127.0.0.1:2381,http://${node.address}:2381`,
      `--name=${member.node}`,
      '--snapshot-count=10000',
    ],
    'kube-apiserver': ['kube-apiserver', `--advertise-address=${node.address}`, '--authorization-mode=Node,RBAC'],
    'kube-controller-manager': ['kube-controller-manager', '--leader-elect=true'],
    'kube-scheduler': ['kube-scheduler', '--leader-elect=true'],
  };
  return Object.entries(commands).map(([component, command]) =>
    pod(facts, node, now, {
      namespace: 'kube-system',
      name: `${component}-${node.name}`,
      labels: { component, tier: 'control-plane' },
      owner: { apiVersion: 'v1', kind: 'Node', name: node.name, uid: uid('Node', '', node.name), controller: true },
      annotations: {
        'kubernetes.io/config.mirror': uid(component, node.name).replaceAll('-', ''),
        'kubernetes.io/config.source': 'file',
      },
      container: component,
      command,
      image: `registry.k8s.io/${component}:3.5.21-0`,
      address: node.address,
    }),
  );
}

interface PodPlan {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly container: string;
  readonly command?: readonly string[];
  readonly image: string;
  readonly address: string;
}

function pod(facts: Facts, node: NodeFacts, now: number, plan: PodPlan): KubeObject {
  const startedAt = facts.bornAt + pick(86_400 * 30, plan.namespace, plan.name);
  const silentSince = unknownSince(node, now);
  const condition = (type: string, status: string, at: number) => ({
    type,
    status,
    lastProbeTime: null,
    lastTransitionTime: time(at),
  });
  const { name, namespace, labels, owner, annotations } = plan;
  return {
    metadata: meta('Pod', name, startedAt, {
      namespace,
      labels,
      ownerReferences: [owner],
      ...(annotations ? { annotations } : {}),
    }),
    spec: {
      containers: [
        {
          name: plan.container,
          image: plan.image,
          ...(plan.command ? { command: plan.command } : {}),
          resources: { requests: { cpu: '100m', memory: '100Mi' } },
          imagePullPolicy: 'IfNotPresent',
        },
      ],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      nodeName: node.name,
      schedulerName: 'default-scheduler',
    },
    status: {
      phase: 'Running',
      conditions: [
        condition('Initialized', 'True', startedAt),
        // Only the controller manager's word changed: the containers run on and their own condition keeps saying so.
        silentSince === undefined
          ? condition('Ready', 'True', startedAt + 4)
          : condition('Ready', 'False', silentSince),
        condition('ContainersReady', 'True', startedAt + 4),
        condition('PodScheduled', 'True', startedAt),
      ],
      hostIP: node.address,
      podIP: plan.address,
      podIPs: [{ ip: plan.address }],
      startTime: time(startedAt),
      containerStatuses: [
        {
          name: plan.container,
          state: { running: { startedAt: time(startedAt + 2) } },
          lastState: {},
          ready: true,
          restartCount: 0,
          image: plan.image,
          imageID: `sha256:${uid(plan.image).replaceAll('-', '')}`,
          containerID: `${RUNTIME_ID}${uid('container', plan.name).replaceAll('-', '')}`,
          started: true,
        },
      ],
      qosClass: 'Burstable',
    },
  };
}

function ownedBy(kind: string, namespace: string, name: string): Record<string, unknown> {
  return {
    apiVersion: 'apps/v1',
    kind,
    name,
    uid: uid(kind, namespace, name),
    controller: true,
    blockOwnerDeletion: true,
  };
}
