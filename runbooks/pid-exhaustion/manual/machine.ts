import type { ManualRemedy } from '../../../engine/runbook.ts';
import type { NodeTarget } from '../../../engine/target.ts';
import { onMachine, word } from '../../evidence/shell.ts';
import type { Seen } from '../schema.ts';

type Manual = ManualRemedy<Seen, NodeTarget>;

/** In bash alone, without a fork: every process with more than 100 threads, then how many there are of each name. */
const BUILTINS = [
  'declare -A n',
  'for p in /proc/[0-9]*; do c=? t=0',
  'while read -r k v; do case $k in Name:) c=$v;; Threads:) t=$v;; esac; done 2>/dev/null <$p/status',
  '[ $t -gt 100 ] && echo "$t threads: $c, $p"',
  `n[$c]=$((\${n[$c]:-0}+1)); done`,
  `for c in "\${!n[@]}"; do [ \${n[$c]} -gt 100 ] && echo "\${n[$c]} processes: $c"; done`,
  'read -r l </proc/loadavg; echo "$l"',
].join('; ');

export const findHostProcess: Manual = {
  title: 'Find the process on the machine, without a fork',
  risk: 'high',
  steps: (_maybe, target) => {
    const node = `kubectl describe node ${word(target.name)}`;
    return [
      {
        kind: 'advice',
        title: 'Every command there needs a PID',
        warning:
          'A login forks, and so do ps, top, exec, a debug pod and a query of the journal through the kubelet. If SSH is refused take a session that is open, or the console of the provider. Type what follows into one bash, as it is: builtins fork nothing.',
      },
      {
        kind: 'look',
        title:
          'In that bash: who has many threads, who many processes. The last line ends with running/all threads and the latest PID',
        command: BUILTINS,
        shows: 'one name far above the others; a shell or a cron job by the thousand is a loop',
      },
      {
        kind: 'change',
        title: 'End it with the builtin kill, the parent first: else it starts the children again',
        command: 'kill <PID of the parent>',
        verify: {
          command: `read -r l </proc/loadavg; echo "$l"; ${node}`,
          shows: 'thousands of threads fewer; no pid-pressure among its taints',
        },
        warning:
          'Not kubelet, containerd or a containerd-shim: they hold what pods are made of. PIDPressure stays for evictionPressureTransitionPeriod (5 min) after that.',
      },
      {
        kind: 'advice',
        title: 'If nothing can be typed any more: restart the machine',
        warning:
          'By the provider, after its pods were moved as far as the kubelet still ends them. For the next time: TasksMax in the unit that ran it, and node_exporter with --collector.processes.',
      },
    ];
  },
};

export const calmForks: Manual = {
  title: 'Find who starts processes without a pause',
  risk: 'low',
  steps: (_maybe, target) => {
    const here = `kubectl get pods -A --field-selector spec.nodeName=${word(target.name)}`;
    return [
      {
        kind: 'look',
        title: 'Probes that run a command: each run is a process or more, every period',
        command: `${here} -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name} {.spec.containers[*].livenessProbe.exec.command} {.spec.containers[*].readinessProbe.exec.command}{"\\n"}{end}' | grep '\\['`,
      },
      {
        kind: 'look',
        title: 'On the machine, for 5 seconds: which programs are started, how often',
        command: onMachine(
          target,
          'sudo timeout 5 bpftrace -e "tracepoint:sched:sched_process_exec { @[str(args.filename)] = count(); }"',
        ),
        shows: 'one program by the thousand: a loop in a script, a supervisor that starts what fails at once',
        warning: 'Only while the machine has PIDs left: this takes some itself.',
      },
      {
        kind: 'change',
        title: 'Mend the loop, or let probes ask over HTTP or gRPC instead of running a command',
        verify: {
          command: onMachine(target, 'grep processes /proc/stat; sleep 10; grep processes /proc/stat'),
          shows: 'a difference below 1,000 in 10 s',
        },
      },
    ];
  },
};

export const shareLock: Manual = {
  title: 'Let all share one iptables lock',
  risk: 'medium',
  steps: () => [
    {
      kind: 'look',
      title: 'Whether each pod that calls iptables mounts the lock of the machine',
      command: `kubectl get daemonsets -A -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name} {.spec.template.spec.volumes[*].hostPath.path}{"\\n"}{end}' | grep -v /run/xtables.lock`,
      shows: 'kube-proxy or the CNI plug-in listed here: it has a lock of its own, and so none',
    },
    {
      kind: 'change',
      title: 'Add the hostPath /run/xtables.lock (type FileOrCreate) to the DaemonSet that lacks it',
      command: 'kubectl edit daemonset -n <namespace> <daemonset>',
      verify: {
        command: 'kubectl logs -n <namespace> daemonset/<daemonset> --since=5m | grep -c "exit status 4"',
        shows: '0',
      },
      warning:
        'Its pods are replaced node by node. A rule set of many thousand lines holds the lock long: nftables or ipvs then.',
    },
  ],
};
