import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import { calm, proxy } from './worlds.ts';

/** Where an agent should be, and is not; or should not be. */
export const absent: Record<string, Case> = {
  'agent-gone-since-the-alert': {
    ...caseOf(
      'Nothing forbids it, and for twenty minutes there has been no pod of flannel here.',
      { ...calm, agents: [proxy()] },
      { confirmed: ['agentAbsent'], recovered: 'inconclusive' },
    ),
    since: '2026-11-21T02:40:00.000Z',
  },
  'agent-being-replaced': caseOf(
    'The same, asked by a person: it may be between two pods of a rollout.',
    { ...calm, agents: [proxy()] },
    { inconclusive: ['agentAbsent'], recovered: 'inconclusive' },
  ),
  'agent-gone-for-a-minute': {
    ...caseOf(
      'The same a minute after the alert began.',
      { ...calm, agents: [proxy()] },
      { inconclusive: ['agentAbsent'], recovered: 'inconclusive' },
    ),
    since: '2026-11-21T02:59:00.000Z',
  },
  'agent-by-affinity': caseOf(
    'A DaemonSet that chooses its nodes by affinity has no pod here.',
    {
      ...calm,
      agents: [proxy()],
      sets: [
        { name: 'kube-flannel-ds', namespace: 'kube-flannel', app: 'flannel', hasAffinity: true },
        { name: 'kube-proxy', app: 'kube-proxy' },
      ],
    },
    { inconclusive: ['agentAbsent'], recovered: 'inconclusive' },
  ),
  'agent-of-other-nodes': caseOf(
    'Beside flannel there is a DaemonSet for Windows, and one that is kept off this node on purpose.',
    {
      ...calm,
      taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }],
      sets: [
        { name: 'kube-flannel-ds', namespace: 'kube-flannel', app: 'flannel' },
        { name: 'kube-proxy', app: 'kube-proxy' },
        { name: 'kube-flannel-ds-windows', app: 'kube-flannel', nodeSelector: { 'kubernetes.io/os': 'windows' } },
        { name: 'aws-node', app: 'aws-node', tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'cpu' }] },
      ],
    },
    { recovered: 'confirmed' },
  ),
  'no-known-plug-in': caseOf(
    'No agent of a known name is in this cluster: what it runs with cannot be told.',
    { ...calm, agents: [], sets: [], use: [] },
    {
      inconclusive: [
        'agentMemory',
        'agentPids',
        'xtablesLock',
        'subnetMissing',
        'apiUnreached',
        'agentAbsent',
        'pluginMissing',
        'poolExhausted',
        'agentFails',
        'agentLimits',
      ],
      recovered: 'confirmed',
    },
  ),
};
