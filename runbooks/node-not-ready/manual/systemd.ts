import { onMachine, word } from '../../evidence/shell.ts';
import { type Manual, watchNode } from './commands.ts';

export const reviveSystemd: Manual = {
  title: 'Let systemd begin anew, then reboot the machine into a newer one',
  risk: 'high',
  steps: (_maybe, target) => [
    {
      kind: 'look',
      title:
        'See that it is systemd: this hangs, or ends with "Connection timed out", while the machine is fine otherwise',
      command: onMachine(
        target,
        'rpm -q systemd || dpkg -l systemd | tail -1; uptime; timeout 10 systemctl status; timeout 10 busctl list',
      ),
      shows: 'a systemd before 242 (el7: before the erratum of bug 1720699) that does not answer',
    },
    {
      kind: 'change',
      title: 'As a stop-gap let it execute itself again: its counter begins anew, and nothing is stopped',
      command: onMachine(target, 'sudo timeout 20 systemctl daemon-reexec || sudo kill -TERM 1'),
      verify: { command: onMachine(target, 'timeout 10 systemctl status | head -3'), shows: 'State: running, at once' },
      warning:
        'systemctl itself may hang: SIGTERM makes systemd as process 1 execute itself again, and nothing else (man systemd).',
    },
    {
      kind: 'change',
      title:
        'Move what can be moved, install the newer systemd and reboot; or have the machine replaced by one with a newer system',
      command: `kubectl drain ${word(target.name)} --ignore-daemonsets --delete-emptydir-data --timeout=120s`,
      verify: watchNode(target, 'Ready=True, and the event Rebooted'),
      warning:
        'Before systemd answers again no container can be ended: then the drain hangs, so revive it first. What lies in emptyDir volumes is lost.',
    },
  ],
};

/** What somebody changed shows as a difference: from the others, or from before. Nothing of it is undone by itself. */
export const compareWithAnother: Manual = {
  title: 'Compare it with a node that is well: was something changed on this one?',
  risk: 'none',
  steps: (_maybe, target) => [
    {
      kind: 'look',
      title: 'Versions of kubelet, runtime, kernel and system beside those of the others',
      command: 'kubectl get nodes -o wide',
      shows: 'this node alone with another version: somebody upgraded it, or forgot it',
    },
    {
      kind: 'look',
      title: 'Who changed the Node object last, and when',
      command: `kubectl get node ${word(target.name)} --show-managed-fields -o jsonpath='{range .metadata.managedFields[*]}{.time}{" "}{.manager}{" "}{.operation}{" "}{.subresource}{"\\n"}{end}' | sort | tail -8`,
      shows: 'anything but kubelet, kube-controller-manager and the network plug-in, shortly before the trouble',
    },
    {
      kind: 'look',
      title: "What was changed of the kubelet's files, units and packages, newest last",
      command: onMachine(
        target,
        'sudo ls -ltr --time-style=full-iso /var/lib/kubelet/config.yaml /etc/kubernetes /etc/systemd/system/kubelet.service.d /etc/containerd 2>/dev/null; rpm -qa --last 2>/dev/null | head -5; tail -5 /var/log/dpkg.log 2>/dev/null',
      ),
      shows:
        'a change from minutes before. Compare the file with that of a node of the same pool before taking it back',
    },
  ],
};
