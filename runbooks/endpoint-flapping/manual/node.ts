import { onMachine } from '../../evidence/shell.ts';
import { type Manual, nodeName } from './names.ts';

export const lookAtControlPlane: Manual = {
  title: 'Look at the control plane first',
  risk: 'none',
  steps: () => [
    {
      kind: 'look',
      title: 'API server, etcd, and the leases that other nodes renew',
      command:
        "kubectl get --raw '/readyz?verbose' | grep -v '+'; kubectl get lease -n kube-node-lease -o custom-columns=NODE:.metadata.name,RENEWED:.spec.renewTime | sort -k2 | head",
      shows: 'leases of many nodes older than 15 s: the runbooks etcd-heartbeat and api-429 go on from here',
    },
  ],
};

/** Of kubeadm. A static pod ends when its file goes, and starts anew when it comes back. */
const MANIFEST = '/etc/kubernetes/manifests/kube-controller-manager.yaml';

export const lookAtManager: Manual = {
  title: 'See why the controller manager misses heartbeats',
  risk: 'low',
  steps: ({ manager }) => {
    const leader = manager?.leader ?? '<control-plane-node>';
    return [
      {
        kind: 'look',
        title: 'Whether it was started anew, is short of CPU, or has lost its watch',
        command: `kubectl get pods -n kube-system -l component=kube-controller-manager; kubectl logs -n kube-system kube-controller-manager-${leader} --tail=200 | grep -iE "watch|throttl|timed out|leader" | tail -20`,
      },
      {
        kind: 'change',
        title: 'If its watch of leases hangs: have another instance take over',
        command: onMachine(
          { name: leader },
          `sudo mv ${MANIFEST} /root/ && sleep 20 && sudo mv /root/kube-controller-manager.yaml ${MANIFEST}`,
        ),
        verify: {
          command: `kubectl get lease -n kube-system kube-controller-manager -o jsonpath='{.spec.holderIdentity}'`,
          shows: 'another node, or the same with another id',
        },
        warning:
          'Its pod is a copy that the kubelet reports: to delete that ends nothing. Do not leave the manifest in /root. A new leader counts the grace period of every node afresh: a node that is dead is noticed that much later.',
      },
    ];
  },
};

export const setClock: Manual = {
  title: "Set the node's clock right, and find who changes it",
  risk: 'medium',
  steps: (maybe, target) => {
    const on = (command: string) => onMachine({ name: nodeName(maybe, target) }, command);
    return [
      {
        kind: 'look',
        title: 'Who keeps its time, and how far off it is',
        command: on('timedatectl; chronyc tracking; chronyc sources'),
      },
      {
        kind: 'change',
        title: 'Step it',
        command: on('sudo chronyc makestep'),
        verify: { command: on('chronyc tracking'), shows: 'System time within 0.1 s of NTP time' },
        warning:
          'After a step back its heartbeats do not count until the real time has passed the one it had: it stays silent for so long, unless the controller manager is started anew.',
      },
    ];
  },
};

export const findStall: Manual = {
  title: 'Find what holds the kubelet up',
  risk: 'none',
  steps: (maybe, target) => [
    {
      kind: 'look',
      title: 'Waiting for the disk, for CPU, or stopped',
      command: onMachine(
        { name: nodeName(maybe, target) },
        'cat /proc/pressure/io /proc/pressure/cpu /proc/pressure/memory; ps -eLo state,pid,comm,wchan:30 | grep -E "^D" | head -20; top -b -n 1 | head -20',
      ),
      shows:
        'threads in state D: its disk (the runbook disk-io goes on). Neither D nor pressure: look whether somebody stops or limits the process (systemctl show kubelet -p CPUQuotaPerSecUSec)',
    },
  ],
};

export const fewerPods: Manual = {
  title: 'Let the node carry fewer pods',
  risk: 'medium',
  steps: (maybe, target) => [
    {
      kind: 'look',
      title: 'What costs its kubelet CPU: pods, and threads (cAdvisor reads every one)',
      command: onMachine(
        { name: nodeName(maybe, target) },
        'top -H -b -n 1 -p $(pgrep -x kubelet) | head -20; ps -eLf | wc -l',
      ),
    },
    {
      kind: 'change',
      title: 'Set maxPods lower in the configuration of its kubelet, for all nodes of its kind, and start it anew',
      verify: {
        command: `kubectl get node ${nodeName(maybe, target)} -o jsonpath='{.status.capacity.pods}'`,
        shows: 'the new number',
      },
      warning:
        'Pods beyond it stay until they are evicted. Not by deleting images: since leases exist they hold up no heartbeat.',
    },
  ],
};

export const lookAtPath: Manual = {
  title: 'Find what cuts the connection to the API server',
  risk: 'none',
  steps: (maybe, target) => [
    {
      kind: 'look',
      title: 'What the kubelet says of it, and who stands in between',
      command: onMachine(
        { name: nodeName(maybe, target) },
        'sudo journalctl -u kubelet --since -1h | grep -iE "lease|connection lost|http2|timeout" | tail -20; sudo ss -tnpio | grep -A1 kubelet',
      ),
      shows:
        'retrans, or "http2: client connection lost": a load balancer or firewall that forgets connections (its idle time-out, a failover) is the usual reason',
    },
  ],
};

export const lookAtNode: Manual = {
  title: 'Ask why the kubelet complains',
  risk: 'none',
  steps: (maybe, target) => [
    {
      kind: 'look',
      title: 'By the runbook for nodes that are not ready',
      command: `npx nightshift investigate node-not-ready --target node/${nodeName(maybe, target)}`,
    },
  ],
};
