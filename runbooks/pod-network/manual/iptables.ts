import type { NodeTarget } from '../../../engine/target.ts';
import { onMachine, word } from '../../evidence/shell.ts';
import type { Agent } from '../agents.ts';
import type { Maybe } from '../evidence.ts';
import type { Manual } from './commands.ts';

/** It puts further networks into pods by calling other plug-ins, and writes no rules. */
const WITHOUT_RULES: readonly string[] = ['multus'];

export const shareLock: Manual = {
  title: 'Let all share one lock of iptables, and hold it shortly',
  risk: 'medium',
  steps: (maybe, target) => [
    {
      kind: 'look',
      title: 'Which DaemonSets do not mount the lock of the machine',
      command: `kubectl get daemonsets -A -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name} {.spec.template.spec.volumes[*].hostPath.path}{"\\n"}{end}' | grep -v /run/xtables.lock`,
      shows: 'kube-proxy or a plug-in listed here: its lock is one of its own container',
    },
    ...lackingLock(maybe).map(({ namespace, daemonSet }) => ({
      kind: 'change' as const,
      title:
        'Add the hostPath /run/xtables.lock (type FileOrCreate) to the one that lacks it; current manifests have it',
      command: `kubectl edit daemonset -n ${namespace} ${daemonSet}`,
      verify: {
        command: `${podHere(namespace, daemonSet, target)} | xargs -I{} kubectl logs -n ${namespace} {} --since=5m | grep -c "exit status 4"`,
        shows: '0, of its new pod on this node',
      },
      warning: 'Its pods are replaced node by node.',
    })),
    {
      kind: 'look',
      title: 'All share it already: who holds it, and how many rules there are to write',
      command: onMachine(target, 'sudo fuser -v /run/xtables.lock; sudo iptables-save | wc -l'),
      shows: 'many ten thousand rules take seconds to write: nftables mode of kube-proxy, or ipvs, then',
    },
  ],
};

/** Those of this node that lock a file of their own; one to be filled in where none of them is known to. */
function lackingLock({ agents }: Maybe) {
  const lacks = ({ mountsLock, app }: Agent) => !mountsLock && !WITHOUT_RULES.includes(app);
  const found = (agents?.agents ?? [])
    .filter(lacks)
    .flatMap(({ namespace, daemonSet }) =>
      daemonSet === undefined ? [] : [{ namespace: word(namespace), daemonSet: word(daemonSet) }],
    );
  return found.length > 0 ? found : [{ namespace: '<namespace>', daemonSet: '<daemonset>' }];
}

/** `pod/kube-proxy-7h2kd`: of the DaemonSet on this node, whatever it is called after it was replaced. */
function podHere(namespace: string, daemonSet: string, { name }: NodeTarget): string {
  return `kubectl get pods -n ${namespace} -o name --field-selector spec.nodeName=${word(name)} | grep -E "^pod/${daemonSet}-[a-z0-9]+$"`;
}
