import type { AdviceStep } from '../../../engine/runbook.ts';
import { hostOf } from '../../evidence/scrape-targets.ts';
import { hangs } from '../facts.ts';
import { listed } from '../words.ts';
import { LEVELS, type Manual, ready } from './commands.ts';

const notBySysctl: AdviceStep = {
  kind: 'advice',
  title: 'Do not raise net.ipv4.tcp_max_syn_backlog',
  warning:
    'It is the queue of half-open connections. The accept queue is the smaller of what the process asks for and net.core.somaxconn; and it is full because the process does not accept: a longer one only waits longer',
};

export const giveCpu: Manual = {
  title: 'Give the API server CPU',
  risk: 'medium',
  steps: () => [
    {
      kind: 'look',
      title: 'On its machine: who takes the CPU, and is it limited?',
      command:
        'top -b -n 1 | head -15; sudo crictl stats --name kube-apiserver; grep -A4 limits /etc/kubernetes/manifests/kube-apiserver.yaml',
      shows: 'another process in front, or a CPU limit on kube-apiserver',
    },
    {
      kind: 'change',
      title: 'Take its CPU limit away, if it has one: the file on each control-plane node, one after the other',
      command:
        'sudo cp /etc/kubernetes/manifests/kube-apiserver.yaml /root/kube-apiserver.yaml.before && sudo vi /etc/kubernetes/manifests/kube-apiserver.yaml',
      verify: ready,
      warning: 'It starts anew, and all of its clients list anew: only while the other instances serve',
    },
  ],
};

export const waitForCache: Manual = {
  title: 'Wait until the watch cache is filled',
  risk: 'none',
  steps: () => [
    {
      kind: 'look',
      title: 'Is it over? It takes seconds to a few minutes, longer with many objects',
      command: "kubectl get --raw '/api/v1/pods?limit=1' | head -c 60",
      shows: '"kind":"PodList"; not "storage is (re)initializing" (TooManyRequests)',
    },
    {
      kind: 'advice',
      title: 'Do not restart it',
      warning:
        'It begins from the beginning. If it goes on for longer than some minutes look at etcd: the cache is filled from there',
    },
  ],
};

export const waitForShutdown: Manual = {
  title: 'See who ends the API server, and that another one serves',
  risk: 'none',
  steps: () => [
    {
      kind: 'look',
      title: 'Is it an upgrade or a changed flag, one instance after the other?',
      command:
        'kubectl -n kube-system get pods -l component=kube-apiserver -o wide; kubectl -n kube-system get events --field-selector involvedObject.kind=Pod | grep apiserver | tail',
      shows: 'one that is young or ends, the others ready',
    },
    {
      kind: 'advice',
      title: 'Clients try another instance: a load balancer must ask /readyz, not only connect',
      warning:
        'It fails from the first moment of the shutdown, while the port goes on accepting for --shutdown-delay-duration',
    },
  ],
};

export const endInstance: Manual = {
  title: 'End the API server that hangs',
  risk: 'medium',
  steps: ({ servers = [] }) => {
    const stuck = servers.filter(hangs).map(({ instance }) => hostOf(instance));
    const where = stuck.length === 0 ? 'its machine' : listed(stuck);
    return [
      {
        kind: 'look',
        title: `On ${where}: what did it do last? Keep this: it is gone with the process`,
        command:
          'sudo crictl logs --tail 200 "$(sudo crictl ps --name kube-apiserver -q | head -1)" 2>&1 | tail -20; ss -ltn sport = :6443',
        shows: 'a panic, a lock, or nothing for minutes; Recv-Q at Send-Q: connections that nobody accepts',
      },
      {
        kind: 'change',
        title: `On ${where}: end it, the kubelet starts it again`,
        command: 'sudo kill "$(pgrep -x kube-apiserver)"',
        verify: ready,
        warning: 'One instance only, and only while another serves: each start makes all of its clients list anew',
      },
    ];
  },
};

export const acceptFaster: Manual = {
  title: 'Find out who opens so many connections',
  risk: 'none',
  steps: () => [
    {
      kind: 'look',
      title: 'On the machine: is it the queue of the API server, and whose connections are they?',
      command:
        'ss -ltn sport = :6443; ss -tn sport = :6443 | awk \'{print $5}\' | sed "s/:[0-9]*$//" | sort | uniq -c | sort -rn | head',
      shows: 'Recv-Q at Send-Q; addresses with thousands of connections',
    },
    notBySysctl,
  ],
};

/** Advice of old articles, refused with the reason; listed wherever requests are refused for another reason. */
export const whatNotToDo: Manual = {
  title: 'What not to do while requests are refused',
  risk: 'high',
  steps: () => [
    {
      kind: 'advice',
      title: 'Do not restart the API server, and do not reboot',
      warning:
        'All of its clients list anew at once, which is more than it refused before; the cause is still there and the evidence is gone',
    },
    notBySysctl,
    {
      kind: 'look',
      title: 'Instead look where it stands in line',
      command: LEVELS,
      shows: 'the priority level with waiting requests',
    },
  ],
};
