import type { ManualRemedy } from '../../../engine/runbook.ts';
import type { NodeTarget } from '../../../engine/target.ts';
import type { Seen } from '../schema.ts';

export const keepPatience: ManualRemedy<Seen, NodeTarget> = {
  title: 'What not to do while the disk is saturated',
  risk: 'high',
  steps: () => [
    {
      kind: 'advice',
      title: 'Do not raise --node-monitor-grace-period',
      warning: 'It hides the stall: pods on the node hang all the same, and Services keep sending to them for longer.',
    },
    {
      kind: 'advice',
      title: 'Do not restart the kubelet or the container runtime',
      warning:
        'Both read much when they start, from this disk. Measured: under the same limit a kubelet just restarted turned Unknown, one that ran on did not.',
    },
    {
      kind: 'advice',
      title: 'Do not mend rights or volumes because of 401 and FailedMount',
      warning:
        'A stalled kubelet cannot ask the API server who you are, so it answers good credentials with 401 Unauthorized; and it mounts nothing in time, not even a token that lies in memory. Both go with the stall.',
    },
    {
      kind: 'advice',
      title: 'Do not force-delete pods of a StatefulSet',
      warning:
        'Their end takes long because it needs the disk; the old container may still write while a second one starts.',
    },
  ],
};
