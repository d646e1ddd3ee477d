import type { LookStep } from '../../../engine/runbook.ts';
import type { NodeTarget } from '../../../engine/target.ts';
import { onMachine, word } from '../../evidence/shell.ts';
import { kubeletUnit, type Manual, runtimeUnit, watchNode } from './commands.ts';

const STARTED =
  'Ready=True about 6 s after the start, taints gone 1 s later, pods ready again within 11 s (measured). The Warning InvalidDiskCapacity comes with every start and means nothing.';

export const restartKubelet: Manual = {
  title: 'Start the kubelet',
  risk: 'medium',
  steps: (maybe, target) => [
    {
      kind: 'look',
      title: 'Read why it ended: a restart loses nothing of that, but a loop hides it',
      command: onMachine(
        target,
        `systemctl status ${kubeletUnit(maybe)} --no-pager; journalctl -u ${kubeletUnit(maybe)} -n 100 --no-pager`,
      ),
    },
    {
      kind: 'look',
      title:
        'If it does not stay up, look for what no restart mends: cgroups ("failed to start ContainerManager", a cgroup driver that is not the runtime\'s, cgroup v1 from Kubernetes 1.35 on), swap that is on, an unknown flag',
      command: onMachine(
        target,
        `journalctl -u ${kubeletUnit(maybe)} --no-pager | grep -iE "ContainerManager|cgroup|swap|unknown flag|failed to (load|run)" | tail -5; stat -fc %T /sys/fs/cgroup; swapon --show; grep -i cgroupDriver /var/lib/kubelet/config.yaml; grep -i SystemdCgroup /etc/containerd/config.toml`,
      ),
    },
    {
      kind: 'change',
      title: 'Start it',
      command: onMachine(target, `sudo systemctl restart ${kubeletUnit(maybe)}`),
      verify: watchNode(target, STARTED),
      warning: 'Not while the node is under pressure: see the refusals.',
    },
  ],
};

export const lookBeforeRestart: Manual = {
  title: 'Find what the kubelet waits for, then restart it',
  risk: 'medium',
  steps: (maybe, target) => [
    {
      kind: 'look',
      title: 'Look for a slow disk (state D) and for a stopped process (state T)',
      command: onMachine(
        target,
        'cat /proc/loadavg /proc/pressure/io; ps -eLo stat,wchan:24,comm | grep -E "^[DT]" | sort | uniq -c',
      ),
    },
    {
      kind: 'change',
      title: 'If the kubelet is in state T, let it go on',
      command: onMachine(target, 'sudo pkill -CONT -x kubelet'),
      verify: watchNode(target, 'Ready=True about 1 s later (measured)'),
    },
    {
      kind: 'change',
      title: 'If it is not the disk, restart it',
      command: onMachine(target, `sudo systemctl restart ${kubeletUnit(maybe)}`),
      verify: watchNode(target, STARTED),
      warning: 'On a slow disk a restart adds I/O and makes it worse: stop who writes first.',
    },
  ],
};

export const restartRuntime: Manual = {
  title: 'Restart the container runtime',
  risk: 'medium',
  steps: (maybe, target) => {
    const unit = runtimeUnit(maybe);
    return [
      {
        kind: 'look',
        title: 'See which it is: this fails at once when the runtime is gone, and hangs when the runtime hangs',
        command: onMachine(target, `sudo timeout 10 crictl info; systemctl status ${unit} --no-pager`),
      },
      {
        kind: 'change',
        title: `Restart ${unit}; running containers go on`,
        command: onMachine(target, `sudo systemctl restart ${unit}`),
        verify: watchNode(
          target,
          'Ready=True after about 11 s when it hung, after up to 45 s when it was gone (measured)',
        ),
        warning:
          'Do not judge too early: while the runtime is away the kubelet waits longer and longer between its attempts to connect. Draining is impossible meanwhile: nothing can end a container.',
      },
    ];
  },
};

export const restoreNetworkPlugin: Manual = {
  title: 'Bring the configuration of the network plug-in back, then restart the runtime',
  risk: 'medium',
  steps: (maybe, target) => [
    {
      kind: 'look',
      title: "Ask why the plug-in's own pod on this node does not write it",
      command: `npx nightshift investigate pod-network --target node/${word(target.name)}`,
    },
    {
      kind: 'look',
      title: "See what is there, and how the plug-in's own pod on this node fares",
      command: `${onMachine(target, 'ls -l /etc/cni/net.d /opt/cni/bin')}; kubectl get pods -A -o wide --field-selector spec.nodeName=${word(target.name)}`,
    },
    {
      kind: 'change',
      title:
        "Let the plug-in's DaemonSet write its file again (delete its pod on this node), or copy it from a healthy node",
      verify: { command: onMachine(target, 'ls -l /etc/cni/net.d'), shows: 'a configuration as on a healthy node' },
    },
    {
      kind: 'change',
      title: 'Restart the runtime, even when the file is back',
      command: onMachine(target, `sudo systemctl restart ${runtimeUnit(maybe)}`),
      verify: watchNode(target, 'Ready=True about 5 s later (measured)'),
      warning:
        'The file alone does not do it: containerd 1.6.20 had not taken it up after 60 s. Events NetworkNotReady also name running pods that are well.',
    },
  ],
};

export const renewCertificate: Manual = {
  title: "Renew the kubelet's client certificate",
  risk: 'medium',
  steps: (maybe, target) => [
    ...(maybe.expiredCertificates?.perSecond === 0 ? [signedBy(target)] : []),
    {
      kind: 'look',
      title: 'See until when it is valid',
      command: onMachine(
        target,
        'sudo openssl x509 -noout -subject -enddate -in /var/lib/kubelet/pki/kubelet-client-current.pem',
      ),
    },
    {
      kind: 'look',
      title: 'See whether a request of this node only waits for approval',
      command: requestsOf(target),
      shows: 'Pending in the last column',
    },
    {
      kind: 'change',
      title: 'If one does, approve it by the name in the first column',
      command: 'kubectl certificate approve <name>',
      verify: { command: requestsOf(target), shows: 'Approved,Issued' },
    },
    {
      kind: 'change',
      title:
        'Otherwise (it cannot renew an expired one by itself) make a new kubeconfig on a control plane node that has /etc/kubernetes/pki/ca.key, and put it in place of /etc/kubernetes/kubelet.conf',
      command: `sudo kubeadm kubeconfig user --org system:nodes --client-name ${word(`system:node:${target.name}`)} > kubelet.conf`,
      verify: {
        command: onMachine(
          target,
          'sudo grep -o "client-certificate-data: .*" /etc/kubernetes/kubelet.conf | cut -d" " -f2 | base64 -d | openssl x509 -noout -subject -enddate',
        ),
        shows: `CN = system:node:${target.name}, and an end that is well ahead`,
      },
      warning: 'Keep the old kubelet.conf and move /var/lib/kubelet/pki/kubelet-client* away first.',
    },
    {
      kind: 'change',
      title: 'Restart the kubelet',
      command: onMachine(target, `sudo systemctl restart ${kubeletUnit(maybe)}`),
      verify: watchNode(target, 'Ready=True about 6 s later (measured)'),
      warning: 'Its log may say that the node was "not found": it was refused, the node exists.',
    },
  ],
};

/** 401 although no expired certificate came: a new one from the same place would be refused as well. */
function signedBy(target: NodeTarget): LookStep {
  const certificate = '/var/lib/kubelet/pki/kubelet-client-current.pem';
  return {
    kind: 'look',
    title: 'None that came had expired: see who signed it, before it is renewed in vain',
    command: onMachine(
      target,
      `sudo openssl verify -CAfile /etc/kubernetes/pki/ca.crt ${certificate}; sudo openssl x509 -noout -subject -issuer -in ${certificate}`,
    ),
    shows: `OK and CN = system:node:${target.name}: then the API server trusts another CA (its --client-ca-file)`,
  };
}

function requestsOf({ name }: NodeTarget): string {
  return `kubectl get csr --sort-by .metadata.creationTimestamp | grep -F ${word(`system:node:${name}`)}`;
}
