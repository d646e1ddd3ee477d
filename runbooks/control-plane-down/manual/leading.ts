import type { LookStep } from '../../../engine/runbook.ts';
import { isHanging } from '../scrapes.ts';
import { kubeletLog, lastLog, type Manual, type Names, namesOf } from './commands.ts';

export const electAnew: Manual = {
  title: 'Have a leader elected',
  risk: 'low',
  steps: (maybe, target) => {
    const names = namesOf(maybe, target);
    const { component, there, node, works, lease = component } = names;
    return [
      {
        kind: 'look',
        title: 'Who held it, until when, and may it be written?',
        command: `kubectl -n kube-system get lease ${lease} -o yaml; kubectl auth can-i update lease/${lease} -n kube-system --as system:${component}`,
        shows: 'renewTime minutes old; "yes": no right is missing',
      },
      lastLog(names),
      {
        kind: 'look',
        title: `On ${node}: does it reach the API server?`,
        command: there(
          `grep server: /etc/kubernetes/${names.short}.conf; curl -sk -m 5 $(grep server: /etc/kubernetes/${names.short}.conf | tr -s " " | cut -d" " -f3)/livez`,
        ),
        shows: 'ok. Else the address in its kubeconfig leads nowhere, or the machine is cut off',
      },
      {
        kind: 'change',
        title: `On ${node}: end the container that hangs; the kubelet starts it again, and it stands for election`,
        command: there(`sudo crictl stop $(sudo crictl ps --name ${component} -q)`),
        verify: works,
        warning: 'Keep its log first (crictl logs): what it hung on is gone with it. One instance at a time.',
      },
    ];
  },
};

export const letPrometheusSee: Manual = {
  title: 'Let Prometheus see it; or do not ask for what nobody offers',
  risk: 'low',
  steps: (maybe, target) => {
    const names = namesOf(maybe, target);
    const { component, port, there, node, manifest } = names;
    const isServer = component === 'kube-apiserver';
    const isSwallowed = maybe.scrapes?.now.some(isHanging) ?? false;
    return [
      ...(isSwallowed ? [behindFirewall(names)] : []),
      {
        kind: 'look',
        title: 'What Prometheus has of it: a target that fails says why in its last column',
        command: `kubectl get servicemonitors,podmonitors -A | grep -iE "${names.short}|apiserver"; kubectl -n kube-system get endpoints,endpointslices | grep -i ${names.short}`,
        shows: 'none: nothing selects it. Endpoints without addresses: the labels of the Service select no pod',
      },
      {
        kind: 'look',
        title: `On ${node}: which address it offers its metrics at`,
        command: there(`sudo ss -ltn sport = :${port}; grep -nE "bind-address|secure-port" ${manifest}`),
        shows: '127.0.0.1 only: nobody from outside gets there (kubeadm sets it so)',
      },
      isServer
        ? {
            kind: 'change',
            title: 'Mend the ServiceMonitor, or the rights of its ServiceAccount to get /metrics',
            command: 'kubectl -n monitoring edit servicemonitor KUBE-APISERVER',
            verify: {
              command: 'kubectl get --raw /metrics | head -1',
              shows: 'a line of HELP; and up is 1 in Prometheus',
            },
          }
        : {
            kind: 'change',
            title: `With kubeadm: let it listen on the machine's address too, extraArgs bind-address 0.0.0.0 in the ClusterConfiguration (kubectl -n kube-system edit cm kubeadm-config), then on each machine`,
            command: there(
              `sudo kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system get cm kubeadm-config -o jsonpath={.data.ClusterConfiguration} | sudo tee /root/kubeadm.yaml && sudo kubeadm init phase control-plane ${names.short} --config /root/kubeadm.yaml`,
            ),
            verify: { command: there(`sudo ss -ltn sport = :${port}`), shows: `LISTEN at *:${port}` },
            warning:
              'Its metrics then want a token that may get them, and everybody who reaches the machine reaches the port: keep a firewall.',
          },
      {
        kind: 'advice',
        title: 'With a control plane that a provider runs there is nothing to scrape: turn the rule off',
        warning: `kube-prometheus-stack: ${isServer ? 'kubeApiServer' : `kube${names.short === 'scheduler' ? 'Scheduler' : 'ControllerManager'}`}.enabled=false, and the group of rules with it. EKS offers metrics of both at /apis/metrics.eks.amazonaws.com (1.28 and later).`,
      },
      kubeletLog(names),
    ];
  },
};

/** What is refused comes back at once; what runs into the time-out was swallowed on its way. */
function behindFirewall({ port, node }: Names): LookStep {
  return {
    kind: 'look',
    title: 'Its scrapes run into their time-out: does a firewall or a security group swallow them?',
    command: `kubectl -n monitoring exec statefulset/prometheus-k8s -- wget -T 5 -qO- --no-check-certificate https://${node}:${port}/healthz`,
    shows: 'ok, or a refusal at once: then nothing swallows it. "timed out": something does',
  };
}
