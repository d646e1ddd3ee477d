import type { NodeTarget } from '../../../engine/target.ts';
import { onMachine, word } from '../../evidence/shell.ts';
import { type Manual, watchNode } from './commands.ts';

export const checkKernel: Manual = {
  title: 'Read what the kernel says, then reboot or replace the machine',
  risk: 'high',
  steps: (_maybe, target) => [
    {
      kind: 'look',
      title: 'The kernel, tasks that cannot end (state D), file systems that are read-only',
      command: onMachine(
        target,
        'sudo dmesg -T --level=emerg,alert,crit,err | tail -40; ps -eLo stat,wchan:24,comm | grep "^D" | sort | uniq -c; grep -E " ro[ ,]" /proc/mounts',
      ),
    },
    {
      kind: 'change',
      title: 'Move what can be moved, once it is cordoned',
      command: `kubectl drain ${word(target.name)} --ignore-daemonsets --delete-emptydir-data --timeout=120s`,
      verify: { command: podsOn(target), shows: 'pods of DaemonSets only' },
      warning:
        'It hangs where a container cannot end (state D), or on a budget: then go on without it. What lies in emptyDir volumes is lost.',
    },
    {
      kind: 'change',
      title: 'Reboot it; with a disk or memory that is broken have it replaced instead',
      command: onMachine(target, 'sudo shutdown -r now'),
      verify: watchNode(target, 'Ready=True, and the event Rebooted'),
      warning: 'Ends every container on it. A file system with errors wants a check (fsck) before it is written again.',
    },
  ],
};

export const checkVolumes: Manual = {
  title: 'Find who cannot give the volume',
  risk: 'medium',
  steps: (maybe, target) => [
    {
      kind: 'look',
      title: 'The volumes of this machine, and the drivers that attach them',
      command: `kubectl get volumeattachments | grep -F ${word(target.name)}; kubectl get csinode ${word(target.name)} -o yaml; ${podsOn(target)} | grep -iE 'csi|NAME'`,
    },
    ...(maybe.starting?.starts ?? []).flatMap(({ pod, lacks }) =>
      lacks === undefined ? [] : [{ kind: 'look' as const, title: `What ${pod} waits for`, command: describe(pod) }],
    ),
    {
      kind: 'change',
      title: 'Mend the storage or its driver; of "Multi-Attach" end the pod that still holds the volume elsewhere',
      verify: { command: `${podsOn(target)},status.phase=Pending`, shows: 'No resources found' },
      warning: 'Never detach a volume by force from a machine that may still run: two writers corrupt it.',
    },
  ],
};

function podsOn({ name }: NodeTarget): string {
  return `kubectl get pods -A -o wide --field-selector spec.nodeName=${word(name)}`;
}

function describe(pod: string): string {
  const [namespace = '', name = ''] = pod.split('/');
  return `kubectl describe pod -n ${word(namespace)} ${word(name)}`;
}
