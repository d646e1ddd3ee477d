import { readFileSync } from 'node:fs';
import type { Told } from './case.ts';
import { now } from './objects.ts';
import { heartbeatCauses } from './told.ts';
import { NODE, quiet, type Reads } from './world.ts';

interface Snapshot {
  readonly now: string;
  readonly node: { readonly status: object };
  readonly lease: object;
  readonly events: readonly object[];
}
interface Pods {
  readonly pods: readonly { readonly metadata: { readonly name: string; readonly namespace: string } }[];
  readonly podEvents: readonly { readonly involvedObject: { readonly name: string } }[];
}

/** What a real API server (Kubernetes 1.20) answered about a real node, as if it had been read now. */
function recorded(name: string): Reads {
  const file = (path: string) => readFileSync(new URL(`../../recorded/${path}`, import.meta.url), 'utf8');
  const snapshot = file(`node-troubles/${name}.json`);
  const all = JSON.parse(file('node-troubles-pods.json')) as Readonly<Record<string, Pods>>;
  const later = now.getTime() - Date.parse((JSON.parse(snapshot) as Snapshot).now);
  const shifted = <T>(text: string): T =>
    JSON.parse(
      text
        .replaceAll(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (time) =>
          new Date(Date.parse(time) + later).toISOString(),
        )
        .replaceAll('rig-node-1', NODE),
    );
  const { node, lease, events } = shifted<Snapshot>(snapshot);
  const { pods, podEvents } = shifted<Pods>(JSON.stringify(all[name]));
  const eventsOf = (kind: string, namespace: string, object: string, limit: number) =>
    `list Event --namespace ${namespace} --field-selector involvedObject.kind=${kind},involvedObject.name=${object} --limit ${limit} --fresh`;
  const bodies = {
    [`list Pod --field-selector spec.nodeName=${NODE}`]: { items: pods },
    // The recording was cut down to what another runbook reads of a Node.
    [`get Node ${NODE}`]: { ...node, status: { ...node.status, capacity: { pods: '110' } } },
    [`get Lease kube-node-lease/${NODE}`]: lease,
    [eventsOf('Node', 'default', NODE, 500)]: { items: events },
    ...Object.fromEntries(
      pods.map(({ metadata }) => [
        eventsOf('Pod', metadata.namespace, metadata.name, 100),
        { items: podEvents.filter(({ involvedObject }) => involvedObject.name === metadata.name) },
      ]),
    ),
  };
  return Object.fromEntries(Object.entries(bodies).map(([key, body]) => [key, { body }]));
}

/** Objects alone: the recorded cluster had no kube-state-metrics, and its controller manager ran in no pod. */
function objectsOnly(about: string, name: string, expect: Told['expect']): Told {
  return { about, world: { ...quiet, manager: null }, answers: recorded(name), failing: ['range', 'query'], expect };
}

export const recordedCases: Readonly<Record<string, Told>> = {
  'recorded-kubelet-killed': objectsOnly(
    'Recorded 24 s after a killed kubelet was noticed: its pods are called not ready although they run; another has crashed for hours, and two are being ended.',
    'kubelet-killed',
    {
      confirmed: ['nodeHeartbeat', 'containerEnds', 'rollout'],
      inconclusive: heartbeatCauses,
      recovered: 'ruled-out',
    },
  ),
  'recorded-kubelet-started-again': objectsOnly(
    'Recorded 13 s after the kubelet was started again: all is ready, but for the pod that crashes.',
    'kubelet-killed-healed',
    { confirmed: ['nodeHeartbeat', 'containerEnds'], inconclusive: heartbeatCauses, recovered: 'ruled-out' },
  ),
  'recorded-clock-jumped-back': objectsOnly(
    'Recorded after a clock that was 600 s ahead was set right: Unknown with a fresh lease. Its pods have events that are dated into the future.',
    'time-skew-right-after-plus600',
    {
      confirmed: ['clockJumped', 'nodeHeartbeat', 'containerEnds'],
      inconclusive: [...heartbeatCauses.filter((cause) => cause !== 'clockJumped'), 'readinessProbe'],
      recovered: 'ruled-out',
    },
  ),
  'recorded-runtime-stopped': objectsOnly(
    'Recorded while the container runtime hangs: the kubelet says NotReady itself, and its pods stay ready.',
    'runtime-stopped',
    { confirmed: ['kubeletReport', 'containerEnds', 'rollout'], recovered: 'ruled-out' },
  ),
};
