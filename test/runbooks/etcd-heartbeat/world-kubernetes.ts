import { requestKey } from '../../../engine/request.ts';
import { etcdPodSelection } from '../../../runbooks/evidence/etcd-pods.ts';
import type { MemberWorld, World } from './world.ts';

/** What tells whether a pod may be moved. `gone`: nothing of that name is there any more. */
export interface PodObject {
  readonly node?: string;
  readonly owner?: 'ReplicaSet' | 'DaemonSet' | 'Node' | 'none';
  readonly isEnding?: boolean;
  readonly gone?: boolean;
}

function writerOf(namespace: string, name: string, { node = 'cp-1', owner = 'ReplicaSet', ...is }: PodObject) {
  if (is.gone) return undefined;
  return {
    metadata: {
      namespace,
      name,
      ...(is.isEnding ? { deletionTimestamp: '2026-11-21T02:59:50Z' } : {}),
      ...(owner === 'Node' ? { annotations: { 'kubernetes.io/config.mirror': 'd0ab' } } : {}),
      ...(owner === 'none' ? {} : { ownerReferences: [{ kind: owner, name: 'shipper', controller: true }] }),
    },
    spec: { nodeName: node },
  };
}

/** The API server's answers about a world; `undefined` stands for an object that does not exist. */
export function clusterReads(world: World, now: string): Record<string, unknown> {
  const lease = { kind: 'Lease', namespace: 'kube-system', name: 'kube-controller-manager' } as const;
  const items = world.staticPods ? world.members.map((member) => podOf(member, world)) : [];
  return {
    [requestKey({ verb: 'probe', path: '/readyz?verbose' })]: readyzOf(world),
    [requestKey({ verb: 'get', ...lease })]: leaseOf(world, now),
    [requestKey({ verb: 'list', kind: 'Pod', ...etcdPodSelection })]: { items },
    ...(world.staticPods
      ? Object.fromEntries(
          world.members.map((member) => [
            requestKey({ verb: 'get', kind: 'Node', name: member.node }),
            nodeOf(member, world),
          ]),
        )
      : { [requestKey({ verb: 'list', kind: 'Node', limit: 1, fresh: true })]: { items: [workerOf(world)] } }),
    ...(world.staticPods ? Object.fromEntries(world.members.map(logOf)) : {}),
    ...Object.fromEntries(
      world.writers.flatMap(({ namespace, pod, object }) =>
        namespace && pod && object
          ? [[requestKey({ verb: 'get', kind: 'Pod', name: pod, namespace }), writerOf(namespace, pod, object)]]
          : [],
      ),
    ),
  };
}

/** Shape and words as kube-apiserver 1.20 answers them. */
function readyzOf({ etcdCheck }: World) {
  const failed = etcdCheck === 'failed';
  const lines = [
    '[+]ping ok',
    '[+]log ok',
    failed ? '[-]etcd failed: reason withheld' : '[+]etcd ok',
    '[+]informer-sync ok',
  ];
  return {
    status: failed ? 500 : 200,
    text: [...lines, `readyz check ${failed ? 'failed' : 'passed'}`, ''].join('\n'),
  };
}

/** Nothing is renewed through an API server that does not reach etcd. */
function leaseOf({ etcdCheck, leaseAgeSeconds = etcdCheck === 'ok' ? 1 : 120 }: World, now: string) {
  if (leaseAgeSeconds === 'absent') return undefined;
  const renewTime = new Date(Date.parse(now) - leaseAgeSeconds * 1_000).toISOString().replace('Z', '000Z');
  return { spec: { holderIdentity: 'cp-1_0b9f', leaseDurationSeconds: 15, renewTime } };
}

/** While the API server does not reach etcd no kubelet can tell it that a container ended. */
function podOf({ node, host, pod }: MemberWorld, { etcdCheck }: World) {
  const [ready, runs] = etcdCheck === 'ok' ? [pod.ready, pod.runs] : [true, true];
  return {
    metadata: { name: `etcd-${node}`, namespace: 'kube-system' },
    spec: {
      nodeName: node,
      containers: [
        {
          name: 'etcd',
          command: ['etcd', `--name=${node}`, ...pod.flags],
          ...pod.start,
          resources: { limits: pod.limits },
        },
      ],
    },
    status: {
      hostIP: pod.address ?? host,
      podIP: pod.address ?? host,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [
        {
          name: 'etcd',
          restartCount: pod.restarts ?? 0,
          state:
            runs === undefined
              ? {}
              : runs
                ? { running: { startedAt: pod.startedAt } }
                : { waiting: { reason: 'CrashLoopBackOff' } },
          lastState:
            pod.lastExit === undefined ? {} : { terminated: { reason: pod.lastExit, finishedAt: pod.endedAt } },
        },
      ],
    },
  };
}

function logOf({ node, log }: MemberWorld) {
  const asked = { namespace: 'kube-system', name: `etcd-${node}`, sinceSeconds: 1_800, lines: 500 };
  return [requestKey({ verb: 'logs', ...asked }), log.map((line) => `${line}\n`).join('')] as const;
}

function nodeOf({ node, pod }: MemberWorld, { provider }: World) {
  return {
    metadata: { name: node },
    spec: provider ? { providerID: `${provider}:///zone/i-1` } : {},
    status: { conditions: [{ type: 'Ready', status: pod.nodeReady }] },
  };
}

function workerOf({ provider }: World) {
  return {
    metadata: { name: 'worker-1' },
    spec: provider ? { providerID: `${provider}:///zone/i-9` } : {},
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
}
