import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import { calm, disk, flooded, last } from './worlds.ts';

const root = { device: '/dev/vda1', mountpoint: '/' };
/** Of a hardened machine: writable only while packages are installed. */
const usr = { device: '/dev/vda3', mountpoint: '/usr', turnedReadOnly: true, holdsNothing: true };

/** What is mounted where, and how: not all that lies on a disk is the kubelet's, nor all of the kubelet's in one place. */
export const ofMounts: Record<string, Case> = {
  'usr-turned-read-only': caseOf(
    'After an upgrade /usr was mounted read-only again, as hardening has it; it lies on the disk of the kubelet.',
    { ...calm, mounts: [root, usr] },
    { inconclusive: ['failingDisk'], recovered: 'confirmed' },
  ),
  'usr-turned-read-only-for-an-error': caseOf(
    'The kernel turned /usr read-only, for it cannot read it; the kubelet keeps its data on the same disk.',
    {
      ...calm,
      mounts: [root, usr],
      events: [
        {
          minutesAgo: 20,
          reason: 'Ext4Error',
          from: 'kernel-monitor',
          message:
            'EXT4-fs error (device vda3): ext4_find_entry:1455: inode #2: comm ld.so: reading directory lblock 0',
        },
      ],
    },
    { confirmed: ['failingDisk'], recovered: 'confirmed' },
  ),
  'flood-on-the-disk-of-k3s': caseOf(
    'All that K3s keeps lies on a disk of its own; a log floods it.',
    {
      ...flooded,
      disks: { vda: disk(-1), vdb: disk(12) },
      stalled: last(12, 0.6, 0.004),
      mounts: [root, { device: '/dev/vdb', mountpoint: '/var/lib/rancher' }],
    },
    { confirmed: ['logFlood'], inconclusive: ['failingDisk', 'slowDevice', 'otherWriter'] },
  ),
};
