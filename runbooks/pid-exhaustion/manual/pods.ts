import type { ManualRemedy } from '../../../engine/runbook.ts';
import type { NodeTarget } from '../../../engine/target.ts';
import { word } from '../../evidence/shell.ts';
import { suspectIn } from '../culprit.ts';
import type { Maybe, Seen } from '../schema.ts';
import { kindOf } from '../threads.ts';

type Manual = ManualRemedy<Seen, NodeTarget>;

/** Where a pod's name stands in a command: the suspect's, or what to put in its place. */
function suspect(maybe: Maybe) {
  const found = suspectIn(maybe);
  const own = maybe.deployed?.find(({ namespace, pod }) => namespace === found?.namespace && pod === found.pod);
  return {
    namespace: found ? word(found.namespace) : '<namespace>',
    pod: found ? word(found.pod) : '<pod>',
    deployment: own ? word(own.deployment) : '<deployment>',
    kind: found && kindOf(found),
  };
}

const threadsAdvice = {
  kind: 'advice',
  title: 'Threads that are not ended: give every pool a limit, and end what waits',
  warning:
    'Few processes with very many threads. A thread dump tells what they wait for (kill -3 for a JVM; exec without a shell around it, as in "exec -- kill -3 1", works in a full pod, not on a full machine). Look for pools without a limit, a client made anew for each request, calls without a time-out.',
} as const;
const processesAdvice = {
  kind: 'advice',
  title: 'Processes that are not ended: reap them',
  warning:
    'Many processes: shells of a loop, exec probes that hang, or zombies, which keep their PID until their parent waits for them. An init as PID 1 (tini, shareProcessNamespace) reaps them.',
} as const;

/** What really ends it is in the application. */
export const endLeak: Manual = {
  title: 'Make the application end what it starts: this is what ends it',
  risk: 'medium',
  steps: (maybe, { name }) => {
    const { namespace, pod, deployment, kind } = suspect(maybe);
    return [
      {
        kind: 'look',
        title: 'What it says, and what its kubelet says of it. Neither needs a fork on the node',
        command: `kubectl logs -n ${namespace} ${pod} --tail=50; kubectl get events -n ${namespace} --field-selector involvedObject.name=${pod}`,
        shows:
          '"can\'t fork", "unable to create native thread", "Resource temporarily unavailable": its forks are refused',
        warning:
          'kubectl exec proves nothing: "exec -- true" works at 100 of 100, and a shell in it fails. kubectl debug starts in the same limit.',
      },
      ...(kind === 'processes'
        ? [processesAdvice]
        : kind === 'threads'
          ? [threadsAdvice]
          : [threadsAdvice, processesAdvice]),
      {
        kind: 'change',
        title: 'Cap it by its own configuration (the variable is its own; note its old value)',
        command: `kubectl set env -n ${namespace} deployment/${deployment} <MAX_THREADS>=<200>`,
        verify: {
          command: `kubectl rollout status -n ${namespace} deployment/${deployment} && kubectl get pods -n ${namespace} -o wide`,
          shows: `all ready; and within minutes the PIDs in use on ${name} stay where they are`,
        },
        warning: 'Its pods are replaced step by step. To take it back: the same command with the old value.',
      },
    ];
  },
};

export const spreadPods: Manual = {
  title: 'Spread the pods, or give the machines more PIDs',
  risk: 'low',
  steps: (_maybe, target) => {
    const here = `kubectl get pods -A -o wide --field-selector spec.nodeName=${word(target.name)}`;
    return [
      {
        kind: 'look',
        title: 'How many pods are here, and of which workloads',
        command: `${here} --no-headers | wc -l; ${here}`,
      },
      {
        kind: 'change',
        title: 'While it is cordoned, move some to other nodes; budgets are respected',
        command: `kubectl drain ${word(target.name)} --ignore-daemonsets --delete-emptydir-data --pod-selector=app=<app> --timeout=5m`,
        verify: { command: here, shows: 'fewer, and the PIDs in use fall below 70 %' },
        warning: 'What lies in emptyDir volumes is lost. Uncordon the node afterwards.',
      },
      {
        kind: 'advice',
        title: 'For the next time',
        warning:
          'The scheduler does not count PIDs. Topology spread, a lower maxPods of the kubelet, or machines whose kernel.pid_max fits the pods (32,768 is the default of a kernel up to 32 CPUs; systemd raises it to 4,194,304).',
      },
    ];
  },
};
