import type { ManualRemedy } from '../../../engine/runbook.ts';
import type { NodeTarget } from '../../../engine/target.ts';
import type { Seen } from '../schema.ts';

export const keepPatience: ManualRemedy<Seen, NodeTarget> = {
  title: 'What not to do while forks are refused',
  risk: 'high',
  steps: () => [
    {
      kind: 'advice',
      title: 'Do not blame, or mend, the pods that were evicted',
      warning:
        '"was low on resource: pids" are victims the kubelet chose, "had condition: [PIDPressure]" are newcomers it turned away, dozens in the ten seconds before the taint. Measured: not one of them had taken the PIDs. Their Failed objects stay until they are deleted.',
    },
    {
      kind: 'advice',
      title: 'Do not raise kernel.pid_max or podPidsLimit before you know who takes them',
      warning:
        'A leak fills any limit; every thread also takes memory of the kernel, and the next limit (threads-max) stops the whole machine instead of one pod.',
    },
    {
      kind: 'advice',
      title: 'Do not look with what forks on the node',
      warning:
        'kubectl exec, kubectl debug, a privileged pod and a journal query through the kubelet each take PIDs there, and fail for that reason, not for another.',
    },
    {
      kind: 'advice',
      title: 'Do not restart the kubelet or the container runtime',
      warning:
        'A kubelet that starts admits every pod of its node anew: under PIDPressure it fails all of them at once. A runtime needs forks to come up.',
    },
  ],
};
