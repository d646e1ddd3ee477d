import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import type { World } from './world.ts';
import { always, between, calm, flooded, saturated } from './worlds.ts';

const open = ['failingDisk', 'slowDevice'];

const pulled = (minutesAgo: number) => 7 + Math.max(0, 12 - minutesAgo);
/** A pull ended each minute, of 70 s each. */
export const pulling: World = {
  ...saturated,
  sizes: { '0-10MB': always(7), '1GB-5GB': (minutesAgo) => (minutesAgo > 11 ? undefined : 12 - minutesAgo) },
  pulls: {
    seen: (minutesAgo) => 9_000 - minutesAgo * 60,
    ended: pulled,
    seconds: (minutesAgo) => 41 + Math.max(0, 12 - minutesAgo) * 70,
  },
};

/** Two true things of different times, disks or machines: they are not added up to one cause. */
export const apart: Record<string, Case> = {
  'error-of-a-detached-volume': caseOf(
    'A flood on vda; meanwhile one read error of sdq, a volume that was being detached.',
    {
      ...flooded,
      events: [
        ...saturated.events,
        {
          minutesAgo: 10,
          reason: 'IOError',
          from: 'kernel-monitor',
          message: 'Buffer I/O error on dev sdq, logical block 0, async page read',
        },
      ],
    },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter'] },
  ),
  'error-of-forty-minutes-ago': caseOf(
    'A flood on vda for 12 minutes; one read error of vda half an hour before it began.',
    {
      ...flooded,
      events: [
        ...saturated.events,
        { minutesAgo: 42, reason: 'IOError', from: 'kernel-monitor', message: 'Buffer I/O error on dev vda1' },
      ],
    },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter'] },
  ),
  'cpu-busy-at-another-time': caseOf(
    'A cron job takes all CPU for two minutes; the node is called NotReady 20 minutes later.',
    {
      ...calm,
      machine: { ...calm.machine, cpuBusy: between(26, 25, 0.95, 0.15) },
      events: saturated.events.filter(({ minutesAgo }) => minutesAgo < 4),
    },
    { inconclusive: ['cpuStarved'], recovered: 'ruled-out' },
  ),
  'cpu-busy-for-a-minute-before': caseOf(
    'The CPU is busy 95 % in one minute before the node is called NotReady, and idle before and after.',
    {
      ...calm,
      machine: { ...calm.machine, cpuBusy: between(4, 4, 0.95, 0.15) },
      events: saturated.events.filter(({ minutesAgo }) => minutesAgo < 4),
    },
    { inconclusive: ['cpuStarved'], recovered: 'ruled-out' },
  ),
  'flood-on-the-disk-of-etcd': caseOf(
    'The flood saturates the disk of the only control-plane node: leases wait 2.4 s, and one other node flaps.',
    {
      ...flooded,
      labels: { 'node-role.kubernetes.io/control-plane': '' },
      fleet: { nodes: 40, flapping: 1, leaseUpdate: 2.4 },
    },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter', 'controlPlane'] },
  ),
  'flood-while-many-flap': caseOf(
    'A flood saturates the disk of a worker, while 6 of 39 other nodes flap.',
    { ...flooded, fleet: { nodes: 40, flapping: 6, leaseUpdate: 0.006 } },
    { confirmed: ['logFlood'], inconclusive: [...open, 'otherWriter', 'controlPlane'] },
  ),
  'control-plane-node-while-many-flap': caseOf(
    '6 of 39 other nodes flap; the node is itself of the control plane, and its disk is calm.',
    {
      ...calm,
      labels: { 'node-role.kubernetes.io/master': '' },
      fleet: { nodes: 40, flapping: 6, leaseUpdate: 2.4 },
    },
    { inconclusive: ['controlPlane'] },
  ),
  'image-pulls-of-an-untold-size': caseOf(
    'As image-pulls; the kubelet does not tell how large the images were (before Kubernetes 1.30).',
    { ...pulling, sizes: {} },
    { inconclusive: [...open, 'otherWriter', 'imagePulls'] },
  ),
  'host-process-and-a-pull-a-minute': caseOf(
    'As process-of-the-machine; meanwhile a CronJob pulls an image of 150 MB a minute, slowly for the disk is slow.',
    { ...pulling, sizes: { '100MB-500MB': pulled } },
    { inconclusive: [...open, 'otherWriter', 'imagePulls'] },
  ),
};
