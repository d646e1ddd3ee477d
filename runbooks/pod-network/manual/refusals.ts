import type { Manual } from './commands.ts';

export const keepNetwork: Manual = {
  title: 'What not to do while the network of a node fails',
  risk: 'high',
  steps: () => [
    {
      kind: 'advice',
      title: 'Do not flush iptables, nor set iptables -P FORWARD ACCEPT',
      warning:
        'A flush cuts off every pod of the node until kube-proxy and the plug-in have written all rules again. The policy was for docker 1.13 and later, which set it to DROP; with containerd nobody does.',
    },
    {
      kind: 'advice',
      title: 'Do not install the plug-in anew, nor delete its DaemonSet',
      warning:
        'That takes the network from all nodes to mend one. An installation with other ranges than before leaves every pod with an address that no route leads to.',
    },
    {
      kind: 'advice',
      title: 'Do not reboot the node first',
      warning:
        'It empties /run, and with it /run/flannel/subnet.env, and loses the logs that tell why. Addresses that were not given back stay kept on the disk.',
    },
    {
      kind: 'advice',
      title: 'Do not delete the pods that wait',
      warning: 'The kubelet tries again by itself, without end. Others in their place wait just the same.',
    },
  ],
};
