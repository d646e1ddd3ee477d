import type { LookStep } from '../../../engine/runbook.ts';
import { aboutOf } from '../target.ts';
import { lastLog, type Manual, type Names, namesOf } from './commands.ts';

export const whatWorksOn: Manual = {
  title: 'What stands still meanwhile, and what works on',
  risk: 'none',
  steps: (_maybe, { name }) => [
    { kind: 'advice', title: `Stands still without any ${name}`, warning: aboutOf(name).standsStill },
    { kind: 'advice', title: 'Works on', warning: aboutOf(name).worksOn },
    {
      kind: 'advice',
      title: 'So there is time',
      warning:
        'Nothing that runs is ended by it. What is lost is repair: hold rollouts and drains, because what they end does not come back.',
    },
  ],
};

export const findApiServers: Manual = {
  title: 'See on the machines why no API server answers',
  risk: 'none',
  steps: (maybe, target) => {
    const names = namesOf(maybe, { name: 'kube-apiserver' });
    return [
      {
        kind: 'look',
        title: `On ${names.node}: does it listen, and what says it of itself?`,
        command: names.there('sudo ss -ltn sport = :6443; curl -sk https://127.0.0.1:6443/livez?verbose | tail -5'),
        shows: 'no line of LISTEN: it does not run; "[-]etcd failed": etcd is the cause',
      },
      lastLog(names),
      {
        kind: 'look',
        title: 'Its certificates, and those of etcd',
        command: names.there('sudo kubeadm certs check-expiration'),
        shows: '<invalid> in the column RESIDUAL TIME',
      },
      {
        kind: 'change',
        title: 'Mend what these say, on one machine first',
        verify: { command: 'kubectl get --raw "/readyz?verbose"', shows: 'readyz check passed' },
        warning: `${target.name === 'kube-apiserver' ? 'Its' : 'Other'} alerts end by themselves when it answers again. Do not reboot machines whose etcd works.`,
      },
    ];
  },
};

export const mendTheWay: Manual = {
  title: 'Mend the way to the API servers',
  risk: 'medium',
  steps: () => [
    {
      kind: 'look',
      title: 'Which address is asked, and does it answer from here?',
      command:
        'kubectl config view --minify -o jsonpath="{.clusters[0].cluster.server}"; kubectl get --raw /livez -v 6 2>&1 | tail -5',
      shows: 'connection refused, i/o timeout, no such host, or a certificate for another name',
    },
    {
      kind: 'look',
      title: 'Does a machine of the control plane answer by its own address?',
      command: 'curl -sk -m 5 https://CONTROL-PLANE-NODE:6443/livez',
      shows: 'ok: then it is the load balancer, its health check, its name or a firewall',
    },
    {
      kind: 'change',
      title: 'Mend that: its health check must ask /readyz over TLS, and its backends be the machines that exist now',
      verify: { command: 'kubectl get --raw /readyz', shows: 'ok' },
      warning: 'Kubelets use the same address as a rule: nodes turn Unknown after 50 s while it leads nowhere.',
    },
  ],
};

export const askDependency: Manual = {
  title: 'Ask what it depends on, from its own machine',
  risk: 'low',
  steps: (maybe, target) => {
    const names = namesOf(maybe, target);
    const isServer = names.component === 'kube-apiserver';
    return [
      lastLog(names),
      isServer ? itsEtcd(names) : itsServer(names),
      {
        kind: 'change',
        title: isServer
          ? `On ${names.node}: mend etcd there, or the address that --etcd-servers names; it comes back by itself`
          : `On ${names.node}: mend that API server, or the address in the kubeconfig; it comes back by itself`,
        verify: names.works,
        warning: 'Its kubelet waits up to five minutes between two starts.',
      },
    ];
  },
};

function itsEtcd({ manifest, there, node }: Names): LookStep {
  return {
    kind: 'look',
    title: `On ${node}: does its member of etcd run, and answer?`,
    command: there(
      `sudo grep -n etcd- ${manifest}; sudo crictl ps -a --name etcd; curl -s -m 5 http://127.0.0.1:2381/health; sudo crictl logs --tail 20 $(sudo crictl ps -a --name etcd -q | head -1)`,
    ),
    shows:
      '"health":"true" and a container Running. Else its last lines say why; with other names of it: --etcd-servers',
  };
}

function itsServer({ short, there, node }: Names): LookStep {
  const file = `/etc/kubernetes/${short}.conf`;
  return {
    kind: 'look',
    title: `On ${node}: does the API server answer that it asks?`,
    command: there(
      `sudo grep server: ${file}; curl -sk -m 5 $(sudo grep server: ${file} | tr -s " " | cut -d" " -f3)/livez`,
    ),
    shows: 'ok. Else the address in its kubeconfig leads nowhere, or that API server is down',
  };
}

export const askEtcd: Manual = {
  title: 'Look at etcd: scheduler and controller manager only follow it',
  risk: 'none',
  steps: () => [
    {
      kind: 'look',
      title: 'Why etcd does not answer, or is slow',
      command: 'nightshift investigate etcd-heartbeat --target component/etcd',
      shows: 'which member, and its disk, memory, network or quorum',
    },
    {
      kind: 'advice',
      title: 'Leave scheduler and controller manager alone',
      warning:
        'They end themselves when they cannot renew for 10 s, and their kubelets start them again: they come back with etcd. Longer leases only hide it.',
    },
  ],
};

export const recoverMachine: Manual = {
  title: 'Bring the machine back',
  risk: 'medium',
  steps: (maybe, target) => {
    const { node, works } = namesOf(maybe, target);
    return [
      {
        kind: 'look',
        title: 'Why it is silent',
        command: `nightshift investigate node-not-ready --target node/${node}`,
        shows: 'its kubelet, its runtime, its network, or the machine itself',
      },
      {
        kind: 'change',
        title: 'Do what that says; one machine of the control plane at a time',
        verify: works,
        warning:
          'etcd has a member there as well: with two of three machines away it has no quorum. Do not delete the Node object, and remove no member while the machine can come back.',
      },
    ];
  },
};

export const whatNotToDo: Manual = {
  title: 'What not to do meanwhile',
  risk: 'high',
  steps: (maybe, target) => {
    const { component } = namesOf(maybe, target);
    return [
      {
        kind: 'advice',
        title: 'Do not delete its pod, nor restart it by the API',
        warning: 'It is a copy that the kubelet reports: it comes back, and the container has not noticed.',
      },
      {
        kind: 'advice',
        title: 'Do not change all machines at once',
        warning: `What is wrong in one manifest is then wrong in all. One machine, see that its ${component} works, then the next.`,
      },
      {
        kind: 'advice',
        title: 'Do not delete the Lease, and do not set --leader-elect=false',
        warning:
          'The Lease holds nobody up: who can write it takes it over after 15 s. Without an election two of them work against each other.',
      },
    ];
  },
};
