import type { Case } from '../../../engine/replay.ts';
import { requestKey } from '../../../engine/request.ts';
import { kubeletUp } from '../../../runbooks/evidence/scrape-targets.ts';
import { failingIn, PodsOnNode } from '../../../runbooks/pod-network/agents.ts';
import * as queries from '../../../runbooks/pod-network/queries.ts';
import { eventOf, nodeEventsRead } from '../happening.ts';
import { type Answer, agentPod, leaseOf, NODE, nodeOf, now, plainPod, setOf, type World } from './objects.ts';

export type Reads = Case['reads'];

export const kubelet = { job: 'kubelet', instance: '10.20.0.15:10250' };
export const query = (promql: string) => requestKey({ verb: 'query', promql });
const eventsOf = (namespace: string, pod: string) =>
  requestKey({
    verb: 'list',
    kind: 'Event',
    namespace,
    fieldSelector: `involvedObject.kind=Pod,involvedObject.name=${pod}`,
    limit: 100,
    fresh: true,
  });

/** Every read of the runbook in this world, keyed as the engine asks. */
export function readsOf(world: World): Reads {
  const items = [...world.agents.map(agentPod), ...world.pods.map(plainPod)];
  const view = PodsOnNode.parse({ readAt: now.toISOString(), list: { items } });
  const proxy = view.agents.find(({ app }) => app === 'kube-proxy');
  return {
    [`get Node ${NODE}`]: { body: nodeOf(world) },
    [requestKey({ verb: 'get', kind: 'Lease', namespace: 'kube-node-lease', name: NODE })]: { body: leaseOf(world) },
    ...nodeEventsRead(NODE, now, world.events),
    [requestKey({ verb: 'list', kind: 'Pod', fieldSelector: `spec.nodeName=${NODE}` })]: { body: { items } },
    [requestKey({ verb: 'list', kind: 'DaemonSet' })]: { body: { items: world.sets.map(setOf) } },
    [requestKey({ verb: 'probe', path: '/readyz?verbose' })]: world.readyz,
    'get Service default/kubernetes': {
      body: { spec: { clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1', 'fd00:10:96::1'] } },
    },
    [query(kubeletUp(NODE))]: {
      body: ['/metrics', '/metrics/cadvisor'].map((path) => ({
        labels: { ...kubelet, metrics_path: path },
        value: 1,
        at: now.toISOString(),
      })),
    },
    ...(view.agents.length > 0 ? { [query(queries.agentFigures(kubelet, view.agents))]: { body: useOf(world) } } : {}),
    [query(queries.kubeletFigures(kubelet))]: {
      body: figures({ calls: 5, sandboxErrors: world.sandboxErrors }),
    },
    ...(proxy
      ? {
          [query(queries.proxyFigures(proxy))]: {
            body: figures({ up: world.proxyUp, restoreFailures: world.restoreFailures }),
          },
        }
      : {}),
    ...Object.fromEntries(
      [...view.waiting.slice(0, 6), ...view.agents.filter(({ ready }) => !ready).slice(0, 2)].map(
        ({ namespace, name }) => {
          const spec = [...world.agents, ...world.pods].find((one) => one.name === name);
          return [
            eventsOf(namespace, name),
            { body: { items: (spec?.events ?? []).map((event) => eventOf(now, event)) } },
          ];
        },
      ),
    ),
    ...logsOf(world, view),
  };
}

/** Of the agents that are asked, those not ready first. */
function logsOf({ agents }: World, view: ReturnType<typeof PodsOnNode.parse>): Reads {
  const asked = view.agents.toSorted((a, b) => Number(a.ready) - Number(b.ready)).slice(0, 3);
  const quiet: Answer = { body: 'I1121 01:10:04.000000 1 main.go:1] up\n' };
  return Object.fromEntries(
    asked.flatMap((agent) => {
      const { name, namespace } = agent;
      const chosen = (failingIn(agent) ?? agent.containers.find(({ isInit }) => !isInit))?.name;
      const specs = agents.find((one) => one.name === name)?.containers ?? [];
      return specs
        .filter((container) => container.name === chosen)
        .flatMap(({ name: container, log, before, restarts = 0, state = 'running' }) => {
          const options = { verb: 'logs', name, namespace, container, lines: 200 } as const;
          const has = state === 'running' || state === 'ended' || restarts > 0;
          return [
            ...(has ? [[requestKey(options), log ?? quiet] as const] : []),
            ...(state === 'running' && restarts > 0
              ? [[requestKey({ ...options, previous: true }), before ?? quiet] as const]
              : []),
          ];
        });
    }),
  );
}

function figures(all: Readonly<Record<string, number | undefined>>) {
  return Object.entries(all).flatMap(([figure, value]) =>
    value === undefined ? [] : [{ labels: { figure }, value, at: now.toISOString() }],
  );
}

/** What is told of a pod, and that nothing ended in all others that run, which have no limit of PIDs. */
function useOf({ use, agents, uncounted = [] }: World) {
  const told = use.flatMap(({ pod, container = '', pids, ooms, ...shares }) => [
    ...useRow(agents, pod, container, { ...shares, pids, ooms }),
  ]);
  const quiet = agents.flatMap(({ name: pod, containers }) => {
    const running = containers.filter(({ isInit, state = 'running' }) => !isInit && state === 'running');
    const isTold = (name: string) =>
      use.some((one) => one.pod === pod && one.container === name && one.ooms !== undefined);
    const limit = use.some((one) => one.pod === pod && one.pids !== undefined) ? 4_096 : 0;
    return [
      ...running.filter(({ name }) => !isTold(name)).flatMap(({ name }) => useRow(agents, pod, name, { ooms: 0 })),
      ...useRow(agents, pod, '', { pidsMax: limit }),
    ];
  });
  const isCounted = ({ labels: { figure } }: (typeof told)[number]) => !uncounted.some((one) => one === figure);
  return [...told, ...quiet].filter(isCounted).concat(figures({ seen: 2 }) as never);
}

function useRow(agents: World['agents'], pod: string, container: string, row: Parameters<typeof figures>[0]) {
  const namespace = agents.find(({ name }) => name === pod)?.namespace ?? 'kube-system';
  return figures(row).map(({ labels, ...sample }) => ({
    ...sample,
    labels: { ...labels, namespace, pod, ...(container ? { container } : {}) },
  }));
}
