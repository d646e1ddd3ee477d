import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import { always, between, disk, flooded, last } from './worlds.ts';

const MB = 1e6;
const kB = 1e3;
const open = ['failingDisk', 'slowDevice'];
const notReady = (minutesAgo: number) => ({ minutesAgo, reason: 'NodeNotReady', from: 'node-controller' });

/** The figures of the article that this runbook begins with, as Prometheus would have told them. */
export const article: Record<string, Case> = {
  article: caseOf(
    'Two disks at 100 % with 126 and 128 waiting, a log of 12 GB that grows by 29 MB a second through the runtime, cAdvisor answering after 22 s, leases 125.7 s late.',
    {
      ...flooded,
      provider: '',
      disks: {
        vda: disk(6, { busy: 1, queue: 125.88, written: 16, read: 6, requests: 6.2 }),
        vdb: disk(6, { busy: 1, queue: 128, written: 0, read: 0, requests: 0 }),
      },
      best: { vda: { bytes: 90 * MB, requests: 800 } },
      mounts: [
        { device: '/dev/vda1', mountpoint: '/' },
        { device: '/dev/vda1', mountpoint: '/var/lib/docker' },
      ],
      logs: { 'export-7d9f-abcde': (minutesAgo) => 12e9 - Math.min(minutesAgo, 6) * 60 * 29.128 * MB },
      writers: [{ pod: 'db-0', figure: 'written', is: always(0.4 * MB) }],
      heartbeats: { leaseAge: last(6, 125.7, 9), ready: between(3, 3, 0, 1) },
      stalled: last(6, 0.6, 0.004),
      events: [notReady(3)],
      scrapes: { seconds: last(6, 22, 0.8), up: always(1) },
      fleet: { nodes: 40, flapping: 0, leaseUpdate: 0.006 },
    },
    { confirmed: ['logFlood'], inconclusive: open, recovered: 'ruled-out' },
  ),
  'article-by-process': caseOf(
    'pidstat: java of a pod writes 59,776 kB/s itself, dockerd 29,128 kB/s of its log, filebeat reads 5,976 kB/s of that: the pod is the offender by both ways.',
    {
      ...flooded,
      provider: '',
      disks: { vda: disk(6, { busy: 1, queue: 125.88, written: 88.904, read: 5.976, requests: 400 }) },
      stalled: last(6, 0.6, 0.004),
      events: [notReady(3)],
      logs: { 'export-7d9f-abcde': (minutesAgo) => 12e9 - Math.min(minutesAgo, 8) * 60 * 29_128 * kB },
      writers: [
        { pod: 'export-7d9f-abcde', figure: 'written', is: last(6, 59_776 * kB, 0) },
        { pod: 'agent-x', figure: 'read', is: last(6, 5_976 * kB, 0) },
      ],
      together: { '/dev/vda': last(6, 59_776 * kB, 0) },
    },
    { confirmed: ['otherWriter'], inconclusive: [...open, 'logFlood'] },
  ),
};
