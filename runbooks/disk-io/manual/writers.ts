import type { ManualRemedy } from '../../../engine/runbook.ts';
import type { NodeTarget } from '../../../engine/target.ts';
import { onMachine, word } from '../../evidence/shell.ts';
import { growthOf, loudestOf } from '../growth.ts';
import type { Maybe, Seen } from '../schema.ts';

type Manual = ManualRemedy<Seen, NodeTarget>;

/** Where a pod's name stands in a command: the loudest log's, or what to put in its place. */
function loudest({ logs = [] }: Maybe) {
  const found = loudestOf(growthOf(logs));
  return {
    namespace: found ? word(found.namespace) : '<namespace>',
    pod: found ? word(found.pod) : '<pod>',
    container: found ? word(found.container) : '<container>',
  };
}

/** Bytes a container printed within 10 s, through the API: it reads from the disk that is short of time. */
function printed({ namespace, pod, container }: ReturnType<typeof loudest>): string {
  return `kubectl logs -n ${namespace} ${pod} -c ${container} --since=10s --limit-bytes=200000000 | wc -c`;
}

export const quietLog: Manual = {
  title: 'Make the application log less: this is what ends it',
  risk: 'medium',
  steps: (maybe, { name }) => {
    const one = loudest(maybe);
    const { namespace } = one;
    const deployment = maybe.offender ? word(maybe.offender.deployment) : '<deployment>';
    return [
      {
        kind: 'look',
        title: 'Read what it says so often, and how much in 10 s',
        command: `kubectl logs -n ${namespace} ${one.pod} -c ${one.container} --tail=20; ${printed(one)}`,
        shows: 'above 50,000,000 bytes in 10 s (5 MB/s) it floods any node',
        // Reading adds to the load of the disk.
        warning: 'Once is enough: the log is read from the very disk that is saturated.',
      },
      {
        kind: 'change',
        title: 'Lower its log level, or send the lines elsewhere (the variable is its own; note its old value)',
        command: `kubectl set env -n ${namespace} deployment/${deployment} <LOG_LEVEL>=<warn>`,
        verify: {
          command: printed(one).replace(one.pod, `deployment/${deployment}`),
          shows: `a fifth of before at most, and within 5 minutes ${name} waits for its disk no more`,
        },
        warning: 'Its pods are replaced step by step. To take it back: the same command with the old value.',
      },
      {
        kind: 'advice',
        title: 'Smaller log files do not help',
        warning:
          'containerLogMaxSize and containerLogMaxFiles limit the room a log takes, not how fast it is written; the kubelet looks every 10 s only and then reads each file again to compress it.',
      },
    ];
  },
};

export const slowWriter: Manual = {
  title: 'Make the pod ask less of the disk',
  risk: 'medium',
  steps: (_maybe, target) => [
    {
      kind: 'look',
      title: 'Which of its files it writes',
      command: onMachine(
        target,
        'sudo timeout 20 pidstat -d 5 3; sudo find /var/lib/kubelet/pods -type f -size +100M -mmin -10 -ls | head',
      ),
    },
    {
      kind: 'change',
      title: 'Move its data to a volume of its own, or slow it down (a batch size, a rate in its configuration)',
      verify: {
        command: onMachine(target, 'cat /proc/pressure/io; iostat -dx 5 2 2>/dev/null | tail -20'),
        shows: 'full avg60 below 5, and aqu-sz below 10',
      },
    },
    {
      kind: 'advice',
      title: 'A limit of ephemeral-storage does not help',
      warning: 'It evicts a pod by how much it has written, not by how fast.',
    },
  ],
};

/** Listed while the writer cannot be seen well. Nothing here needs a cluster role with nodes/proxy. */
export const findWriter: Manual = {
  title: 'Find who writes, by hand',
  risk: 'none',
  steps: (_maybe, target) => {
    const { name } = target;
    return [
      {
        kind: 'look',
        title: 'Who prints most: bytes each pod of the node logged in 10 s',
        command: `kubectl get pods -A --field-selector spec.nodeName=${word(name)} --no-headers -o custom-columns=NS:.metadata.namespace,POD:.metadata.name | while read ns pod; do echo "$(kubectl logs -n $ns $pod --all-containers --since=10s --limit-bytes=50000000 2>/dev/null | wc -c) $ns/$pod"; done | sort -rn | head -5`,
        shows: 'above 50,000,000 (5 MB/s): it floods the disk',
        warning: 'A kubelet that is stalled hangs here, or answers 401 although nothing is wrong with your rights.',
      },
      {
        kind: 'look',
        title: 'On the machine: which process writes. What the container runtime writes are logs and images',
        command: onMachine(target, 'sudo timeout 20 pidstat -d 5 3; cat /proc/pressure/io; swapon --show; vmstat 1 3'),
        shows: 'containerd, crio or dockerd on top: a log or a pull. si and so above 0: swap',
      },
      {
        kind: 'look',
        title: 'Which logs are large',
        command: onMachine(
          target,
          'sudo du -sm /var/log/pods/* | sort -rn | head -5; sudo find /var/log -type f -size +50M -ls',
        ),
        shows: 'a file above 50 MB: it grows faster than it is rotated',
      },
    ];
  },
};
