import { hostOf } from '../../evidence/scrape-targets.ts';
import { onMachine, word } from '../../evidence/shell.ts';
import { losingMost } from '../causes/load.ts';
import { ask, type Manual, nodesOf } from './names.ts';

export const lowerNdots: Manual = {
  title: 'Have clients ask less for one name',
  risk: 'low',
  steps: () => [
    {
      kind: 'look',
      title: 'Who asks most, and for what (plug-in log must be in the Corefile; it costs CPU)',
      command:
        "kubectl -n kube-system logs -l k8s-app=kube-dns --since=1m --tail=-1 | awk '/NXDOMAIN/ {print $7}' | sort | uniq -c | sort -rn | head -20",
      shows: 'foreign names with .svc.cluster.local behind them: search paths',
    },
    {
      kind: 'change',
      title: 'In the workload that asks most: take a name with two dots for a whole one',
      command: `kubectl -n NAMESPACE patch deployment NAME --type=merge -p '{"spec":{"template":{"spec":{"dnsConfig":{"options":[{"name":"ndots","value":"2"}]}}}}}'`,
      verify: {
        command: 'kubectl -n NAMESPACE exec deploy/NAME -- cat /etc/resolv.conf',
        shows: 'options ndots:2. Names as service.namespace.svc still resolve, service.namespace too',
      },
      warning: 'It is a rollout of that workload. A name that ends with a dot (example.com.) needs none of this.',
    },
    {
      kind: 'advice',
      title: 'For all clients at once',
      warning:
        'NodeLocal DNSCache answers on each node, over TCP to CoreDNS (https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/). Plug-in autopath spares the search but keeps every pod in memory.',
    },
  ],
};

/** Of a pod without a limit; where there is one, more of it is the fix. */
export const findMemory: Manual = {
  title: 'Find what has filled the memory of its node',
  risk: 'medium',
  steps: (maybe) => {
    const killed = (maybe.pods?.all ?? []).find(({ ended }) => ended?.reason === 'OOMKilled');
    if (killed?.limits.memory !== undefined) return [];
    const [node = 'NODE'] = killed?.node ? [killed.node] : nodesOf(maybe);
    return [
      {
        kind: 'look',
        title: 'Whom the kernel ended and for what, and who uses most',
        command: `${onMachine(
          { name: node },
          'sudo dmesg -T | grep -iE "out of memory|constraint=" | tail -5; free -m; ps -eo rss,pid,comm --sort=-rss | head -15',
        )}; kubectl get pods -A -o wide --field-selector spec.nodeName=${word(node)}`,
        shows:
          'global_oom: the node had none left, and whoever uses most without a limit is why. coredns itself with more than 200 MB: a loop or a plug-in fills it',
      },
      {
        kind: 'change',
        title: 'Give whoever fills it a limit of its own',
        command: 'kubectl -n NAMESPACE set resources deployment NAME --limits=memory=AMOUNT',
        verify: {
          command: `kubectl describe node ${word(node)} | grep -E "MemoryPressure|SystemOOM"; kubectl -n kube-system get pods -l k8s-app=kube-dns`,
          shows: 'MemoryPressure False, no new SystemOOM, and RESTARTS of CoreDNS not growing any more',
        },
        warning:
          'It is a rollout of that workload, and beyond its limit it is ended itself. Not of CoreDNS: that would only end it sooner.',
      },
    ];
  },
};

export const mendConntrack: Manual = {
  title: 'Make room in the table of connections',
  risk: 'low',
  steps: ({ conntrack = [] }) => {
    // It is confirmed by who loses: a fuller table need not be the one.
    const lost = losingMost(conntrack);
    const machine = lost ? hostOf(lost.at) : 'NODE';
    return [
      {
        kind: 'look',
        title: 'How full it is, what was dropped, and by whose connections',
        command: onMachine(
          { name: machine },
          'sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max; sudo dmesg | grep -c "table full"; sudo conntrack -S; sudo conntrack -L 2>/dev/null | grep -c "dport=53"',
        ),
        shows: 'insert_failed that grows: the race of two questions at once. drop that grows: the table is full',
      },
      {
        kind: 'change',
        title: 'Twice as large, until its next start; for good: kube-proxy, conntrack.maxPerCore',
        command: onMachine(
          { name: machine },
          'sudo sysctl -w net.netfilter.nf_conntrack_max=$(( $(sysctl -n net.netfilter.nf_conntrack_max) * 2 ))',
        ),
        verify: {
          command: onMachine(
            { name: machine },
            'sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max',
          ),
          shows: 'the count well below the maximum (about 320 bytes of kernel memory for each row)',
        },
      },
      {
        kind: 'advice',
        title: 'Against the race',
        warning:
          'NodeLocal DNSCache keeps questions out of the table. In single pods: dnsConfig option single-request-reopen (glibc; musl has none), or use-vc.',
      },
    ];
  },
};

export const reportPanic: Manual = {
  title: 'Keep what it wrote, and report it',
  risk: 'none',
  steps: (maybe) => {
    const crashed = (maybe.logs ?? []).find(({ last }) => last?.crash);
    return [
      ...(crashed
        ? [
            {
              kind: 'look',
              title: 'The panic that ended it, with its stack',
              command: `kubectl -n kube-system logs ${word(crashed.pod)} --previous --tail=-1 | grep -A30 -E "^(panic|fatal error): "`,
              shows:
                'which plug-in: https://github.com/coredns/coredns/issues. With plug-in debug in the Corefile no panic is caught: without it the process goes on',
            } as const,
          ]
        : []),
      {
        kind: 'look',
        title: 'The panic with its stack; plug-in debug in the Corefile keeps it from being caught',
        command:
          'kubectl -n kube-system logs -l k8s-app=kube-dns --since=1h --tail=-1 --prefix | grep -A30 "Recovered from panic"',
        shows:
          'which plug-in: https://github.com/coredns/coredns/issues. Each of these costs one answer (SERVFAIL), the process goes on',
      },
    ];
  },
};

export const keepDns: Manual = {
  title: 'What not to do about answers that do not come',
  risk: 'high',
  steps: () => [
    {
      kind: 'advice',
      title: 'Do not start CoreDNS anew for time-outs',
      warning:
        'Time-outs end no process. All pods at once lose their caches, and ask the upstream that fails for everything again.',
    },
    {
      kind: 'advice',
      title: 'Do not set iptables -P FORWARD ACCEPT, as old articles say',
      warning:
        'It is about Docker 1.13, opens the node to all traffic, and is gone at its next start. Look at the firewall and the network plug-in.',
    },
    {
      kind: 'advice',
      title: 'To verify whatever was changed',
      warning: `${ask.command}: ${ask.shows}; and less than 1 % SERVFAIL for five minutes.`,
    },
  ],
};
