import type { ManualRemedy } from '../../../engine/runbook.ts';
import type { NodeTarget } from '../../../engine/target.ts';
import { onMachine, word } from '../../evidence/shell.ts';
import type { Seen } from '../schema.ts';

type Manual = ManualRemedy<Seen, NodeTarget>;

export const sparePulls: Manual = {
  title: 'Let fewer images be pulled at a time',
  risk: 'low',
  steps: (_maybe, target) => {
    const waiting = `kubectl get pods -A -o wide --field-selector spec.nodeName=${word(target.name)},status.phase=Pending`;
    return [
      {
        kind: 'look',
        title: 'Which pods wait for an image, and who makes them',
        command: `${waiting}; kubectl get events -A --field-selector reason=Pulling --sort-by=.lastTimestamp | tail -10`,
      },
      {
        kind: 'change',
        title: 'Hold back the rollout that brings them until these have started',
        command: 'kubectl rollout pause -n <namespace> deployment/<deployment>',
        verify: { command: waiting, shows: 'fewer from minute to minute, then none' },
        warning: 'Then kubectl rollout resume: a paused rollout stays half done.',
      },
      {
        kind: 'advice',
        title: 'For the next time',
        warning:
          'serializeImagePulls (on by default) and maxParallelImagePulls of the kubelet limit how many run at once; smaller images and imagePullPolicy IfNotPresent make them fewer. A disk under pressure deletes images, which are then pulled again.',
      },
    ];
  },
};

export const freeMemory: Manual = {
  title: 'Free memory: the disk is only where its lack shows',
  risk: 'medium',
  steps: (_maybe, target) => [
    {
      kind: 'look',
      title: 'Who holds the memory, and who is swapped',
      command: onMachine(target, 'free -m; vmstat 1 5; ps -eo rss,pid,cgroup:60,comm --sort=-rss | head -15'),
    },
    {
      kind: 'change',
      title: 'Evict or restart the greatest, and give it a request that fits, so that the scheduler knows',
      verify: { command: onMachine(target, 'vmstat 5 3'), shows: 'si and so at 0' },
    },
  ],
};

export const freeCpu: Manual = {
  title: 'Find who takes the CPU',
  risk: 'low',
  steps: (_maybe, target) => [
    {
      kind: 'look',
      title: 'By pod, and by process: also such as belong to no pod',
      command: `kubectl top pods -A --sort-by=cpu | head -10; ${onMachine(target, 'top -b -n 1 | head -20; cat /proc/pressure/cpu')}`,
    },
    {
      kind: 'change',
      title: 'Give it a CPU limit, or the kubelet a reserve (systemReserved, kubeReserved)',
      verify: { command: onMachine(target, 'cat /proc/pressure/cpu'), shows: 'some avg60 below 10' },
    },
  ],
};

export const lookAtControlPlane: Manual = {
  title: 'Look at the control plane first',
  risk: 'none',
  steps: () => [
    {
      kind: 'look',
      title: 'API server, etcd, and the leases that other nodes renew',
      command:
        "kubectl get --raw '/readyz?verbose' | grep -v '+'; kubectl get lease -n kube-node-lease -o custom-columns=NODE:.metadata.name,RENEWED:.spec.renewTime | sort -k2 | head",
      shows:
        'leases of many nodes that are older than 15 s: it is not this node (the runbook etcd-heartbeat goes on from here)',
    },
  ],
};
