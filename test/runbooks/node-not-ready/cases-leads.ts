import type { Case } from '../../../engine/replay.ts';
import { caseOf, lastWord, silence } from './case.ts';
import { absent, answering, prometheusDown, type Reads, recording } from './compose.ts';
import { changed, started, withCondition } from './recording-changes.ts';
import { oneOfForty, well, wellKubelet } from './worlds.ts';

/** As Calico leaves it in every orderly shutdown (node/pkg/lifecycle/shutdown). */
const shuttingDown = {
  type: 'NetworkUnavailable',
  status: 'True',
  reason: 'CalicoIsDown',
  message: 'Calico is shutting down on this node',
  lastTransitionTime: '2026-11-21T07:00:00Z',
};
const thrice = { ...wellKubelet, restarts: 3 };
const nobody = { ...recording('kubelet-killed'), node: { metadata: { name: 'WORKER-3' } } };
const leaseForbidden = (reads: Reads) =>
  answering(reads, ['get Lease kube-node-lease'], { failure: { kind: 'forbidden', message: 'forbidden' } });

/** False leads: what is true, and not the cause. */
export const leads: Readonly<Record<string, Case>> = {
  'network-unavailable-of-a-silent-node': caseOf(
    'As kubelet-killed without Prometheus, and Calico left NetworkUnavailable=True when it was shut down.',
    { recording: withCondition('kubelet-killed', shuttingDown) },
    { inconclusive: [...silence, ...lastWord, 'manyNodes'], recovered: 'ruled-out' },
    prometheusDown,
  ),
  'network-unavailable-of-a-ready-node': caseOf(
    'A node that is Ready, and its network plug-in says NetworkUnavailable=True.',
    { ...well, recording: withCondition('healthy', shuttingDown) },
    { confirmed: ['networkPlugin'], recovered: 'ruled-out' },
  ),
  'kubelet-restarted-without-its-network': caseOf(
    'As cni-missing, and somebody restarted the kubelet three times against it.',
    { recording: changed('cni-missing', { more: [started(900), started(600), started(300)] }), kubelet: thrice },
    { confirmed: ['networkPlugin'], inconclusive: ['kubeletStopped'], recovered: 'ruled-out' },
  ),
  'not-refused-and-lease-forbidden': caseOf(
    'Its calls were not refused before, and nobody may read the lease: how long it may be silent is not known.',
    { recording: recording('kubelet-killed-healed'), apiCalls: { all: 900, succeededPerSecond: 0.5 } },
    { inconclusive: [...silence, ...lastWord], recovered: 'inconclusive' },
    leaseForbidden,
  ),
  'no-node-can-be-called-so': caseOf(
    'The alert names WORKER-3: there is no such Node, and there cannot be one.',
    { recording: { ...nobody, events: [], pods: [], scrapes: {} }, fleet: oneOfForty },
    { inconclusive: ['removed', ...silence, ...lastWord, 'plannedWork', 'systemdSilent'], recovered: 'inconclusive' },
    (reads) => answering(reads, ['get Node', 'get Lease kube-node-lease'], absent),
  ),
};
