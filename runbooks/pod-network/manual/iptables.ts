import { onMachine } from '../../evidence/shell.ts';
import { agentNames, type Manual } from './commands.ts';

export const shareLock: Manual = {
  title: 'Let all share one lock of iptables, and hold it shortly',
  risk: 'medium',
  steps: (maybe, target) => {
    const { namespace, daemonSet } = agentNames(maybe);
    return [
      {
        kind: 'look',
        title: 'Which DaemonSets do not mount the lock of the machine',
        command: `kubectl get daemonsets -A -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name} {.spec.template.spec.volumes[*].hostPath.path}{"\\n"}{end}' | grep -v /run/xtables.lock`,
        shows: 'kube-proxy or a plug-in listed here: its lock is one of its own container',
      },
      {
        kind: 'change',
        title:
          'Add the hostPath /run/xtables.lock (type FileOrCreate) to the one that lacks it; current manifests have it',
        command: `kubectl edit daemonset -n ${namespace} ${daemonSet}`,
        verify: {
          command: `kubectl logs -n ${namespace} daemonset/${daemonSet} --since=5m | grep -c "exit status 4"`,
          shows: '0',
        },
        warning: 'Its pods are replaced node by node.',
      },
      {
        kind: 'look',
        title: 'All share it already: who holds it, and how many rules there are to write',
        command: onMachine(target, 'sudo fuser -v /run/xtables.lock; sudo iptables-save | wc -l'),
        shows: 'many ten thousand rules take seconds to write: nftables mode of kube-proxy, or ipvs, then',
      },
    ];
  },
};
