import type { ManualRemedy } from '../../../engine/runbook.ts';
import type { NodeTarget } from '../../../engine/target.ts';
import { onMachine, word } from '../../evidence/shell.ts';
import { diskOf, disksOf } from '../devices.ts';
import type { Seen } from '../schema.ts';
import { worstOf } from '../stall.ts';

type Manual = ManualRemedy<Seen, NodeTarget>;

/** Without what lies in memory, or in a file. */
const ALL_DISKS = '$(lsblk -dnpo NAME | grep -vE "/(loop|ram|zram|sr|fd|nbd)[0-9]")';

/** The disk that fails as far as it is told: the one that was saturated, or under what turned read-only. */
function suspectIn({ disks = [], mounts = [] }: Partial<Seen>): string | undefined {
  const known = disksOf(disks);
  const turned = mounts.find(({ turnedReadOnly }) => turnedReadOnly === 1);
  const worst = worstOf(known, mounts);
  if (worst && worst.saturated.length > 0) return worst.device;
  const device = turned && diskOf(turned.device);
  return known.find((one) => one.device === device)?.device;
}

export const replaceDisk: Manual = {
  title: 'Move the pods away and have the disk replaced',
  risk: 'high',
  steps: (maybe, target) => {
    const name = word(target.name);
    const disk = suspectIn(maybe);
    return [
      {
        kind: 'look',
        title: "Read what the kernel says, and the disk's own word",
        command: onMachine(
          target,
          'sudo dmesg -T | grep -iE "I/O error|EXT4-fs|XFS|blk_update|nvme|ata[0-9]" | tail -20; ' +
            `for disk in ${disk ? word(`/dev/${disk}`) : ALL_DISKS}; do echo "$disk"; sudo smartctl -H -A "$disk" 2>/dev/null; done`,
        ),
      },
      {
        kind: 'change',
        title: 'Move the pods away while the node still can; budgets are respected',
        command: `kubectl drain ${name} --ignore-daemonsets --delete-emptydir-data --timeout=10m`,
        verify: {
          command: `kubectl get pods -A -o wide --field-selector spec.nodeName=${name}`,
          shows: 'pods of DaemonSets only',
        },
        warning:
          'Ending a container needs the disk as well: it may take minutes. What lies in emptyDir volumes is lost.',
      },
      {
        kind: 'change',
        title: 'Have the disk, or the whole node, replaced',
        verify: { command: `kubectl get node ${name} -w`, shows: 'Ready, with another machine id' },
      },
    ];
  },
};

export const askProvider: Manual = {
  title: 'See whether the volume is at its limit, and raise that',
  risk: 'low',
  steps: (_maybe, target) => [
    {
      kind: 'look',
      title: 'What kind of volume it is, and which machine',
      command: `kubectl get node ${word(target.name)} -o jsonpath='{.spec.providerID}{"\\n"}{.metadata.labels.node\\.kubernetes\\.io/instance-type}{"\\n"}'`,
    },
    {
      kind: 'look',
      title: 'What it does now',
      command: onMachine(target, 'iostat -dxm 5 3'),
      shows:
        "rMB/s + wMB/s, or r/s + w/s, flat at a round number: that is the limit. The provider's metrics show its credits",
    },
    {
      kind: 'change',
      title: 'Raise its limit with the provider (size, class, provisioned IOPS, a larger machine)',
      verify: {
        command: onMachine(target, 'cat /proc/pressure/io; iostat -dxm 5 2'),
        shows: 'more MB/s than before, aqu-sz below 10',
      },
      warning: 'Whoever floods it will fill a faster disk too: look for a writer first.',
    },
  ],
};
