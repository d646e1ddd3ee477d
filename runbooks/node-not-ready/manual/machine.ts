import type { NodeTarget } from '../../../engine/target.ts';
import { conditionOf } from '../../evidence/node.ts';
import { onMachine, word } from '../../evidence/shell.ts';
import type { Maybe } from '../evidence.ts';
import { kubeletUnit, type Manual, watchNode } from './commands.ts';

export const checkMachine: Manual = {
  title: 'See whether the machine runs, by a way that is not its network',
  risk: 'none',
  steps: (_maybe, target) => [
    {
      kind: 'look',
      title: 'Look it up at the provider, or on its console',
      command: `kubectl get node ${word(target.name)} -o jsonpath='{.spec.providerID}{"\\n"}{.status.addresses}{"\\n"}'`,
    },
    {
      kind: 'change',
      title: 'Start it, or have it replaced',
      verify: watchNode(target, 'Ready=True'),
    },
    {
      kind: 'change',
      title: 'Only if it is proved to be off and its volumes are needed elsewhere, release them',
      command: `kubectl taint nodes ${word(target.name)} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`,
      verify: {
        command: `kubectl get volumeattachments | grep -F ${word(target.name)}`,
        shows: 'nothing: its volumes are free, and its pods start elsewhere',
      },
      warning: 'On a machine that still runs this corrupts data.',
    },
    {
      kind: 'change',
      title: 'When the machine is back, take that taint away: nobody else does',
      command: `kubectl taint nodes ${word(target.name)} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute-`,
      verify: {
        command: `kubectl get node ${word(target.name)} -o jsonpath='{.spec.taints}'`,
        shows: 'no out-of-service',
      },
    },
  ],
};

export const checkPath: Manual = {
  title: 'Find where the way from the kubelet to the API server ends',
  risk: 'none',
  steps: (maybe, target) => [
    {
      kind: 'look',
      title: 'Ask the API server from this machine, as the kubelet does',
      command: onMachine(
        target,
        'server=$(sudo grep -ho "https://[^ ]*" /etc/kubernetes/kubelet.conf | head -1); echo $server; curl -sk -m 5 $server/readyz',
      ),
    },
    {
      kind: 'look',
      title: "Read the kubelet's own words",
      command: onMachine(target, `journalctl -u ${kubeletUnit(maybe)} -n 50 --no-pager | grep -iE "lease|node status"`),
    },
    {
      kind: 'change',
      title: 'Mend what is in its way: firewall, routes, the load balancer, and last the API servers',
      verify: watchNode(target, 'Ready=True'),
    },
  ],
};

export const setClock: Manual = {
  title: "Set the machine's clock right",
  risk: 'low',
  steps: (_maybe, target) => [
    {
      kind: 'look',
      title: 'Compare the clocks',
      command: `date -u; ${onMachine(target, 'date -u; timedatectl; chronyc tracking')}`,
    },
    {
      kind: 'change',
      title: 'Step the clock, and find out why it was off (time source, suspended machine)',
      command: onMachine(target, 'sudo chronyc makestep || sudo systemctl restart systemd-timesyncd'),
      verify: {
        command: `kubectl get lease -n kube-node-lease ${word(target.name)} -o jsonpath='{.spec.renewTime}'`,
        shows: 'within seconds of now',
      },
      warning:
        'Setting back a clock that was ahead makes the node Unknown at first: the controller manager waits until the future renewTime has passed, or until it is restarted.',
    },
  ],
};

export const freeResource: Manual = {
  title: 'Free what is short, after finding who took it',
  risk: 'medium',
  steps: (maybe, target) => [
    ...shortages(maybe).map((type) => ({
      kind: 'look' as const,
      title: looking[type].title,
      command: onMachine(target, looking[type].command),
    })),
    {
      kind: 'change',
      title: 'Stop or evict who took it, once found',
      verify: {
        command: `kubectl describe node ${word(target.name)} | grep -E 'Pressure'`,
        shows: 'False, up to 5 minutes later (evictionPressureTransitionPeriod)',
      },
      warning:
        'The pods that were evicted are not the culprits: the kubelet chose them, or turned them away at the door. In the message "was using 40Ki" a volume of 40 MiB was not counted.',
    },
    {
      kind: 'change',
      title: 'Clear the failed pods away when all is well',
      command: `kubectl delete pods -A --field-selector ${failedOn(target)}`,
      verify: { command: `kubectl get pods -A --field-selector ${failedOn(target)}`, shows: 'No resources found' },
    },
  ],
};

function failedOn({ name }: NodeTarget): string {
  return `status.phase=Failed,spec.nodeName=${word(name)}`;
}

const looking = {
  MemoryPressure: {
    title: 'Who holds the memory',
    command: 'free -m; ps -eo rss,pid,cgroup:60,comm --sort=-rss | head -15',
  },
  DiskPressure: {
    title: 'What fills the disk: also files that belong to no pod',
    command:
      'df -h / /var/lib/kubelet /var/lib/containerd; df -i /; sudo du -xsh /var/log/pods /var/lib/containerd /var/lib/kubelet /tmp',
  },
  PIDPressure: {
    title: 'Who has the threads: also processes that belong to no pod',
    command: 'cat /proc/sys/kernel/pid_max; ps -eLo cgroup:60 | sort | uniq -c | sort -rn | head -15',
  },
} as const;

function shortages({ node }: Maybe): (keyof typeof looking)[] {
  const all = ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;
  const under = all.filter((type) => node && conditionOf(node, type)?.status === 'True');
  return under.length > 0 ? under : [...all];
}
