import type { ManualRemedy, ManualStep } from '../../../engine/runbook.ts';
import { hostOf } from '../../evidence/scrape-targets.ts';
import { word } from '../../evidence/shell.ts';
import type { Maybe } from '../facts.ts';
import { limits } from '../limits.ts';
import { membership, nameOf } from '../members.ts';
import type { Seen } from '../seen.ts';
import type { EtcdTarget } from '../target.ts';
import { percent } from '../words.ts';
import { etcdctl, inOrder, refusal, snapshot } from './etcdctl.ts';

type Manual = ManualRemedy<Seen, EtcdTarget>;

/** Compact, defragment one by one, disarm: in this order (etcd FAQ and documentation, "Maintenance"). */
export const freeSpace: Manual = {
  title: "Make space in etcd's database",
  risk: 'high',
  steps: (maybe) => [
    {
      kind: 'look',
      title: 'Find what fills it: the kinds with the most objects',
      command:
        "kubectl get --raw /metrics | grep -E '^(apiserver_storage_objects|etcd_object_counts)' | sort -t' ' -k2 -rn | head",
      shows: 'whoever creates them must be stopped, or it will fill again',
    },
    {
      kind: 'change',
      title: 'Drop old revisions',
      command: `revision=$(${etcdctl('endpoint status -w json', maybe)} | grep -oE '"revision":[0-9]+' | head -1 | cut -d: -f2) && ${etcdctl('compact "$revision"', maybe)}`,
      verify: {
        command: `${etcdctl('endpoint status -w json', maybe)} | grep -oE '"dbSizeInUse":[0-9]+'`,
        shows: 'less than before, once it is through ("compacted revision …" only says that it began)',
      },
    },
    snapshot(maybe),
    ...defragSteps(maybe),
    {
      kind: 'change',
      title: 'Disarm the alarm: until then every write is refused, however much space there is',
      command: etcdctl('alarm disarm', maybe),
      verify: { command: etcdctl('alarm list', maybe), shows: 'nothing, and a write succeeds' },
    },
  ],
};

function defragSteps(maybe: Maybe): readonly ManualStep[] {
  const live = (maybe.space ?? []).flatMap(({ live }) => live ?? []);
  const gain = live.length > 0 ? ` (${percent(1 - Math.max(...live))} of the file is free space to give back)` : '';
  const { size } = membership(maybe.members ?? [], maybe.peers, maybe.pods);
  const no = refusal({ ...maybe, space: [] });
  const outage = size === 1 ? 'This etcd has one member: the API stands still while it runs, seconds per GiB' : no;
  const order = inOrder(maybe);
  const verify = {
    command: etcdctl('endpoint status --cluster -w table', maybe),
    shows: 'its DB SIZE fell, and it answers again',
  };
  const steps = order.map((member, index) => ({
    kind: 'change' as const,
    title: `Defragment ${nameOf(member, maybe.pods)}${index === order.length - 1 && order.length > 1 ? ', the leader, last' : ''}${gain}`,
    command: etcdctl('defrag', maybe, member),
    verify,
    warning: outage ?? 'It blocks reads and writes of this member while it runs. One member at a time',
  }));
  return steps.length > 0
    ? steps
    : [
        {
          kind: 'change',
          title: `Defragment one member after the other, the leader last${gain}`,
          command: etcdctl('defrag', maybe),
          verify,
          warning: outage ?? 'It blocks the member while it runs',
        },
      ];
}

/** Lists without pages, compaction and defragmentation are what keeps the apply loop busy. */
export const calmApplies: Manual = {
  title: 'Find what keeps the apply loop busy',
  risk: 'low',
  steps: (maybe) => [
    {
      kind: 'look',
      title: 'Who reads much? Lists by client and resource',
      command:
        "kubectl get --raw /metrics | grep -E '^apiserver_request_total.*verb=\"LIST\"' | sort -t' ' -k2 -rn | head",
      shows: 'a controller that lists whole kinds again and again: stop or fix it',
    },
    {
      kind: 'look',
      title: "Which requests were slow, in etcd's own log",
      command: 'kubectl -n kube-system logs -l component=etcd --tail=500 --prefix | grep "apply request took too long"',
    },
    {
      kind: 'look',
      title: 'Is a defragmentation or a large compaction scheduled now?',
      command: etcdctl('endpoint status --cluster -w table', maybe),
      shows: 'if so, move it to a quiet hour, one member at a time',
    },
  ],
};

export const giveCpu: Manual = {
  title: 'Let etcd run in time',
  risk: 'medium',
  steps: ({ pods = [] }) => {
    const limited = pods.filter(({ cpuLimit }) => cpuLimit !== undefined);
    return [
      ...(limited.length > 0
        ? [
            {
              kind: 'change' as const,
              title: `Remove the CPU limit of etcd (${limited.map(({ name, cpuLimit }) => `${name}: ${cpuLimit}`).join(', ')}) from /etc/kubernetes/manifests/etcd.yaml, one member at a time`,
              verify: {
                command: `kubectl -n kube-system get pods -l component=etcd -o custom-columns='NAME:.metadata.name,READY:.status.conditions[?(@.type=="Ready")].status,CPU:.spec.containers[0].resources.limits.cpu'`,
                shows:
                  'True and <none>, and rate(container_cpu_cfs_throttled_periods_total{container="etcd"}[5m]) is gone',
              },
              warning: 'The member restarts: all other members must be healthy',
            },
          ]
        : []),
      {
        kind: 'look' as const,
        title: "On the leader's machine: who takes the CPU, and is it withheld by the hypervisor (st)?",
        command: 'top -b -n 1 | head -20; cat /proc/pressure/cpu; ps -o pid,stat,ni,cmd -C etcd',
        shows: `steal (st) above ${percent(limits.stealShare)}: ask whoever runs the hypervisor. STAT T: somebody stopped the process`,
      },
      {
        kind: 'change' as const,
        title: 'As a stop-gap, give etcd precedence until it restarts',
        command: 'sudo renice -n -10 -p "$(pgrep -x etcd)"',
        verify: { command: 'ps -o pid,ni,cmd -C etcd', shows: 'NI -10' },
      },
    ];
  },
};

export const mendNetwork: Manual = {
  title: 'Find what is wrong with the network between the members',
  risk: 'none',
  steps: ({ members = [] }) => {
    const hosts = members.map(({ instance }) => hostOf(instance));
    return [
      {
        kind: 'look',
        title: "From one member's machine to the others",
        command:
          hosts.map((host) => `ping -c 20 -i 0.2 ${word(host)}`).join('; ') ||
          'ping -c 20 -i 0.2 <address of another member>',
        shows: 'an answer to each; round trips well below one heartbeat interval (100 ms unless set), no loss',
      },
      {
        kind: 'look',
        title: 'Errors, drops and full links on their interfaces',
        command: 'ip -s link; ss -tin "( sport = :2380 or dport = :2380 )"',
        shows: 'no growing errors or drops; rtt and retrans of the peer connections are small',
      },
    ];
  },
};
