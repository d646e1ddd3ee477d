import type { Facts, NodeFacts } from '../facts.ts';

/**
 * The command line of a control-plane component as kubeadm writes it (kubernetes/cmd/kubeadm), with one change that
 * operators who want to see etcd make: its metrics listen on the node's address too, not on loopback alone.
 */
export function staticCommand(facts: Facts, component: string, { name, address }: NodeFacts): string[] {
  const flags = flagsOf(facts, component, name, address);
  return [component, ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)];
}

function flagsOf(facts: Facts, component: string, name: string, address: string): Record<string, string> {
  const kubeconfig = `/etc/kubernetes/${component.replace('kube-', '')}.conf`;
  switch (component) {
    case 'etcd':
      return etcdFlags(facts, name, address);
    case 'kube-apiserver':
      return {
        'advertise-address': address,
        'authorization-mode': 'Node,RBAC',
        'client-ca-file': '/etc/kubernetes/pki/ca.crt',
        'enable-admission-plugins': 'NodeRestriction',
        'etcd-servers': 'https://127.0.0.1:2379',
        'secure-port': '6443',
        'service-cluster-ip-range': '10.96.0.0/12',
      };
    case 'kube-controller-manager':
      return {
        ...{ 'bind-address': '0.0.0.0', 'cluster-cidr': '10.128.0.0/9', kubeconfig, 'leader-elect': 'true' },
        ...(facts.graceFlag === undefined ? {} : { 'node-monitor-grace-period': facts.graceFlag }),
      };
    default:
      return { 'bind-address': '0.0.0.0', kubeconfig, 'leader-elect': 'true' };
  }
}

function etcdFlags({ members, nodes }: Facts, name: string, address: string): Record<string, string> {
  const peers = members.map(({ node }) => {
    const at = nodes.find((candidate) => candidate.name === node)?.address;
    return `${node}=https://${at}:2380`;
  });
  return {
    'advertise-client-urls': `https://${address}:2379`,
    'cert-file': '/etc/kubernetes/pki/etcd/server.crt',
    'data-dir': '/var/lib/etcd',
    'initial-advertise-peer-urls': `https://${address}:2380`,
    'initial-cluster': peers.join(','),
    'listen-client-urls': `https://127.0.0.1:2379,https://${address}:2379`,
    'listen-metrics-urls': `http://127.0.0.1:2381,http://${address}:2381`,
    'listen-peer-urls': `https://${address}:2380`,
    name,
    'snapshot-count': '10000',
  };
}
