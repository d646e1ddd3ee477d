import type { Case } from '../../../engine/replay.ts';
import { but, caseOf, everything, lastWord, recorded, silence } from './case.ts';
import { objectsForbidden, prometheusDown, recording } from './compose.ts';
import { fellSilent, well } from './worlds.ts';

export const troubles: Record<string, Case> = {
  'runtime-stopped': recorded('runtime-stopped', { confirmed: ['runtimeHangs'], recovered: 'ruled-out' }),
  'runtime-stopped-t060': recorded('runtime-stopped-t060', { inconclusive: ['runtimeHangs'] }),
  'runtime-stopped-healed': recorded('runtime-stopped-healed', {
    inconclusive: ['runtimeHangs'],
    recovered: 'confirmed',
  }),
  'runtime-killed-t020': recorded('runtime-killed-t020', { inconclusive: ['runtimeGone', 'runtimeHangs'] }),
  'runtime-killed': recorded('runtime-killed', { confirmed: ['runtimeGone'], recovered: 'ruled-out' }),
  'runtime-killed-healed': recorded('runtime-killed-healed', {
    inconclusive: ['runtimeGone', 'runtimeHangs'],
    recovered: 'confirmed',
  }),
  'cni-missing': recorded('cni-missing', { confirmed: ['networkPlugin'], recovered: 'ruled-out' }),
  'kubelet-killed-t020': recorded('kubelet-killed-t020', {
    confirmed: ['kubeletStopped'],
    inconclusive: ['machineDown', 'runtimeHangs'],
    recovered: 'inconclusive',
  }),
  'kubelet-killed': recorded('kubelet-killed', {
    confirmed: ['kubeletStopped'],
    inconclusive: ['machineDown', ...lastWord],
    recovered: 'ruled-out',
  }),
  'kubelet-killed-healed': recorded('kubelet-killed-healed', {
    inconclusive: [...silence, 'runtimeGone'],
    recovered: 'confirmed',
  }),
  'kubelet-frozen': recorded('kubelet-frozen', {
    inconclusive: [...silence, ...lastWord, 'manyNodes'],
    recovered: 'ruled-out',
  }),
  'cert-expired-t030': recorded('cert-expired-t030', { confirmed: ['unauthorized'], recovered: 'inconclusive' }),
  'cert-expired': recorded('cert-expired', {
    confirmed: ['unauthorized'],
    inconclusive: ['networkPlugin', 'pressure'],
    recovered: 'ruled-out',
  }),
  'time-skew': recorded('time-skew', {
    confirmed: ['clockJumped'],
    inconclusive: ['networkPlugin', 'pressure'],
    recovered: 'inconclusive',
  }),
  'time-skew-plus600': recorded('time-skew-plus600', { confirmed: ['clockJumped'], recovered: 'inconclusive' }),
  'time-skew-right-after-plus600': recorded('time-skew-right-after-plus600', {
    inconclusive: silence,
    recovered: 'ruled-out',
  }),
  'pids-node': recorded('pids-node', { confirmed: ['pressure'], inconclusive: silence, recovered: 'ruled-out' }),
  'pids-node-healed': recorded('pids-node-healed', { inconclusive: [...silence, 'pressure'], recovered: 'confirmed' }),
  'disk-pressure-healed': recorded('disk-pressure-healed', {
    inconclusive: ['kubeletStopped', 'pressure'],
    recovered: 'confirmed',
  }),
  'disk-pressure-filled': recorded('disk-pressure-filled', { confirmed: ['pressure'], recovered: 'ruled-out' }),
  'io-stall': recorded('io-stall', { inconclusive: ['kubeletStuck', 'runtimeGone', 'runtimeHangs', 'pressure'] }),
  'cordon-drain': recorded('cordon-drain', { confirmed: ['plannedWork'], recovered: 'confirmed' }),
  'etcd-lost': caseOf(
    'Recorded: a silent node, read while etcd had no quorum; the leases of the control plane composed.',
    { recording: recording('etcd-lost'), controllerManagerAge: 36, schedulerAge: 35 },
    { confirmed: ['frozenAnswers'], inconclusive: but(everything, 'frozenAnswers'), recovered: 'inconclusive' },
  ),
  'etcd-just-lost': caseOf(
    'As etcd-lost, but the control plane renewed its leases 8 s ago.',
    { recording: recording('etcd-lost'), controllerManagerAge: 9, schedulerAge: 8 },
    { inconclusive: everything },
  ),
  healthy: caseOf('Objects of a node that is well; Prometheus composed.', well, { recovered: 'confirmed' }),
};

/** Half of the eyes closed. */
export const blind: Record<string, Case> = {
  'no-prometheus-kubelet-killed': recorded(
    'kubelet-killed',
    { inconclusive: [...silence, ...lastWord, 'manyNodes'], recovered: 'ruled-out' },
    prometheusDown,
  ),
  'no-prometheus-runtime-killed': recorded(
    'runtime-killed',
    { confirmed: ['runtimeGone'], inconclusive: ['manyNodes', 'kubeletStuck'] },
    prometheusDown,
  ),
  'no-prometheus-runtime-stopped': recorded(
    'runtime-stopped',
    { inconclusive: ['kubeletStuck', 'runtimeGone', 'runtimeHangs', 'manyNodes'] },
    prometheusDown,
  ),
  'no-prometheus-cni-missing': recorded(
    'cni-missing',
    { confirmed: ['networkPlugin'], inconclusive: ['manyNodes', 'kubeletStuck'] },
    prometheusDown,
  ),
  'no-prometheus-disk-pressure': recorded(
    'disk-pressure-filled',
    { confirmed: ['pressure'], inconclusive: ['kubeletStuck', 'runtimeGone', 'runtimeHangs', 'manyNodes'] },
    prometheusDown,
  ),
  'no-prometheus-cordon-drain': recorded(
    'cordon-drain',
    { confirmed: ['plannedWork'], inconclusive: ['kubeletStuck', 'runtimeGone', 'runtimeHangs', 'manyNodes'] },
    prometheusDown,
  ),
  'no-prometheus-time-skew': recorded(
    'time-skew',
    { confirmed: ['clockJumped'], inconclusive: [...but(silence, 'clockJumped'), ...lastWord, 'manyNodes'] },
    prometheusDown,
  ),
  'objects-forbidden-kubelet-killed': recorded(
    'kubelet-killed',
    {
      inconclusive: [
        ...silence,
        ...lastWord,
        'plannedWork',
        'removed',
        'controllerManagerDown',
        'volumesUnavailable',
        'systemdSilent',
      ],
      recovered: 'inconclusive',
    },
    objectsForbidden,
  ),
  'objects-forbidden-but-kube-state-metrics': caseOf(
    'As kubelet-killed; no object may be read, but kube-state-metrics tells of the node.',
    { recording: recording('kubelet-killed'), history: fellSilent.history ?? {}, fleet: fellSilent.fleet ?? {} },
    {
      confirmed: ['kubeletStopped'],
      inconclusive: [
        'machineDown',
        ...lastWord,
        'plannedWork',
        'removed',
        'controllerManagerDown',
        'volumesUnavailable',
        'systemdSilent',
      ],
      recovered: 'inconclusive',
    },
    objectsForbidden,
  ),
};
