import { word } from '../../evidence/shell.ts';
import type { Manual } from './commands.ts';

export const restoreQuorum: Manual = {
  title: 'Bring etcd back; decide nothing about nodes until then',
  risk: 'none',
  steps: () => [
    {
      kind: 'look',
      title: 'Which members answer (on a control plane node)',
      command:
        'sudo etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key endpoint status --cluster -w table',
    },
    {
      kind: 'change',
      title:
        'Bring back those that do not (the runbook etcd-heartbeat has the steps): a majority, and all else goes on',
      verify: {
        command: "kubectl get --raw '/readyz?verbose' | grep etcd; kubectl get lease -n kube-system",
        shows: 'etcd ok, and the leases of controller manager and scheduler are seconds old',
      },
      warning: 'No drain, eviction or deletion on the ground of frozen answers; writes hang anyway.',
    },
  ],
};

export const checkControlPlane: Manual = {
  title: 'Look at what the nodes share',
  risk: 'none',
  steps: () => [
    {
      kind: 'look',
      title: 'API server, etcd, controller manager, scheduler',
      command:
        "kubectl get --raw '/readyz?verbose'; kubectl get lease -n kube-system; kubectl get pods -n kube-system -l tier=control-plane -o wide",
    },
    {
      kind: 'look',
      title: 'Which zone or pool the silent nodes have in common',
      command: 'kubectl get nodes -L topology.kubernetes.io/zone,node.kubernetes.io/instance-type | grep NotReady',
      warning: 'Do not drain: the pods have nowhere to go, and the nodes may all be well.',
    },
  ],
};

export const askWhoCordoned: Manual = {
  title: 'Ask who cordoned it; uncordon when the work is done',
  risk: 'low',
  steps: (_maybe, { name }) => [
    {
      kind: 'look',
      title: 'Who set spec.unschedulable, and when',
      command: `kubectl get node ${word(name)} -o yaml --show-managed-fields | grep -B12 'f:unschedulable'`,
    },
    {
      kind: 'look',
      title: 'If a drain hangs: a budget that allows no disruption holds it, and no event says so',
      command: 'kubectl get pdb -A',
      shows: 'ALLOWED DISRUPTIONS 0',
    },
    {
      kind: 'change',
      title: 'When the work is done',
      command: `kubectl uncordon ${word(name)}`,
      verify: {
        command: `kubectl get node ${word(name)} -o jsonpath='{.spec.unschedulable}{.spec.taints}'`,
        shows: 'no unschedulable: the taint node.kubernetes.io/unschedulable goes within a second',
      },
      warning: 'Cordoned nodes are excluded from KubeNodeNotReady: after this the alert may fire again.',
    },
  ],
};
