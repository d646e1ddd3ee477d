import type { ManualRemedy } from '../../../engine/runbook.ts';
import type { NodeTarget } from '../../../engine/target.ts';
import { onMachine, word } from '../../evidence/shell.ts';
import type { Seen } from '../schema.ts';

type Manual = ManualRemedy<Seen, NodeTarget>;

const CONFIG = '/var/lib/kubelet/config.yaml';

/** So that one pod cannot take all again. */
export const limitPods: Manual = {
  title: 'For the next time: a limit for every pod, and a warning before the end',
  risk: 'medium',
  steps: (_maybe, target) => [
    {
      kind: 'look',
      title: 'What the kubelet has now (none of them is set by default)',
      command: onMachine(target, `grep -nE "podPidsLimit|pid.available|pid:" ${CONFIG}`),
    },
    {
      kind: 'change',
      title: `In ${CONFIG}: podPidsLimit: 4096, evictionHard "pid.available": "10%", systemReserved pid: "1000"; then restart the kubelet, when nothing is short`,
      command: onMachine(target, 'sudo systemctl restart kubelet'),
      verify: { command: `kubectl get node ${word(target.name)}`, shows: 'Ready within a minute' },
      warning:
        'Choose the limit from what pods really use, not from this example. It holds for pods that start after it. List all of evictionHard: what is not named loses its default.',
    },
  ],
};

export const lowerThreshold: Manual = {
  title: 'Set the eviction threshold to what is really too few',
  risk: 'medium',
  steps: (_maybe, target) => {
    const node = word(target.name);
    return [
      {
        kind: 'look',
        title: 'What the kubelet compares with',
        command: onMachine(
          target,
          `grep -nE -A8 "evictionHard|evictionSoft" ${CONFIG}; grep -E "pid" /var/lib/kubelet/kubeadm-flags.env`,
        ),
        shows: 'pid.available far above a tenth of kernel.pid_max',
      },
      {
        kind: 'change',
        title: `Lower it in ${CONFIG} ("pid.available": "10%"), then restart the kubelet`,
        command: onMachine(target, 'sudo systemctl restart kubelet'),
        verify: {
          command: `kubectl get node ${node} -o jsonpath='{.status.conditions[?(@.type=="PIDPressure")].status}'`,
          shows: 'False (a restart forgets the transition period of 5 minutes)',
        },
        warning:
          'Restarted while it still sees pressure, a kubelet fails every pod of the node at once: lower the threshold first. Evicted pods stay as Failed objects until they are deleted.',
      },
    ];
  },
};

/** Listed while the holder cannot be seen well. Nothing here needs a fork on the node, or nodes/proxy. */
export const seeByHand: Manual = {
  title: 'See the PIDs by hand, without a fork on the node',
  risk: 'none',
  steps: (_maybe, target) => [
    {
      kind: 'look',
      title:
        'Ask the kubelet itself (port 10250, a token that may get nodes/stats, $CA: who signs its certificate): it starts nothing',
      command: `curl -s --cacert $CA -H "Authorization: Bearer $TOKEN" https://${word(target.name)}:10250/stats/summary | jq .node.rlimit`,
      shows: 'curproc close to maxpid: the machine is short. curproc counts threads',
      warning:
        'Leave process_count of its pods alone where it is 0 for all of them. curl -k would send the token to anybody who answers.',
    },
    {
      kind: 'look',
      title: 'Threads and limits by pod (a token that may get nodes/metrics)',
      command: `curl -s --cacert $CA -H "Authorization: Bearer $TOKEN" https://${word(target.name)}:10250/metrics/cadvisor | grep -E '^container_threads(_max)?[{].*container="",' | sort -t' ' -k2 -rn | head -20`,
      shows: 'container_threads next to container_threads_max of the same pod: that pod is full. 0 means no limit',
    },
    {
      kind: 'advice',
      title: 'So that it is seen the next time',
      warning:
        'Run node_exporter with --collector.processes, and take container_threads_max out of the metric relabelings of the kubelet ServiceMonitor (the chart kube-prometheus-stack drops it: cAdvisorMetricRelabelings). Or let Nightshift ask kubelets itself: clusters[].kubelet in nightshift.yaml.',
    },
  ],
};
