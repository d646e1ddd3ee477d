import { servers, type World } from './world.ts';

/** What the API server itself answers: its dumps of priority and fairness, and the pods of the control plane. */

const LEVELS = ['catch-all', 'exempt', 'global-default', 'leader-election', 'system', 'workload-high', 'workload-low'];

export function levelsText({ waiting }: World): string {
  const names = [...new Set([...LEVELS, ...waiting.map(({ level }) => level)])];
  const rows = names.map((name) => {
    if (name === 'exempt') return 'exempt,             <none>,       <none>, <none>,      <none>,          <none>';
    const count = waiting.filter(({ level }) => level === name).reduce((sum, one) => sum + one.count, 0);
    return `${name}, ${count > 0 ? 6 : 0}, ${count === 0}, false, ${count}, ${count > 0 ? 245 : 0}`;
  });
  return `PriorityLevelName, ActiveQueues, IsIdle, IsQuiescing, WaitingRequests, ExecutingRequests\n${rows.join('\n')}\n`;
}

const HEAD =
  'PriorityLevelName, FlowSchemaName, QueueIndex, RequestIndexInQueue, FlowDistingsher, ArriveTime, UserName, Verb, APIPath, Namespace, Name, APIVersion, Resource, SubResource';

export function requestsText({ waiting }: World): string {
  const rows = waiting.flatMap(({ level, flow, user, verb, resource, count }) =>
    Array.from(
      { length: count },
      (_, index) =>
        `${level}, ${flow}, 9, ${index}, ${user}, 2026-11-21T07:48:23.3Z, ${user}, ${verb}, /api/v1/${resource}, , , v1, ${resource}, `,
    ),
  );
  return `${[HEAD, ...rows].join('\n')}\n`;
}

export function podsOf({ pods }: World) {
  if (pods === undefined) return [];
  const { limit, quota, lastExit, restarts = 0 } = pods;
  return ['cp-1', 'cp-2', 'cp-3'].map((node, index) => ({
    metadata: { name: `etcd-${node}`, labels: { component: 'etcd', tier: 'control-plane' } },
    spec: {
      nodeName: node,
      containers: [
        {
          name: 'etcd',
          command: ['etcd', '--data-dir=/var/lib/etcd', ...(quota ? [`--quota-backend-bytes=${quota}`] : [])],
          resources: { limits: limit ? { memory: limit } : {} },
        },
      ],
    },
    status: {
      hostIP: servers[index],
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [
        { name: 'etcd', restartCount: restarts, lastState: lastExit ? { terminated: { reason: lastExit } } : {} },
      ],
    },
  }));
}

export function serverPodsOf({ serversReady = [] }: World) {
  return serversReady.map((ready, index) => ({
    metadata: {
      name: `kube-apiserver-cp-${index + 1}`,
      labels: { component: 'kube-apiserver', tier: 'control-plane' },
    },
    status: { hostIP: servers[index], conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }));
}
