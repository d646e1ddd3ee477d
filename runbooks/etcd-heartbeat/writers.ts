import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import { figureTable, type RowOf, someOf, together } from '../evidence/figures.ts';
import { MovablePod } from '../evidence/movable-pod.ts';
import { limits } from './limits.ts';
import { machinesUnder } from './machines.ts';
import { writerFigures } from './queries.ts';
import * as show from './show.ts';
import type { EtcdTarget } from './target.ts';

/** Bytes a second. Rows with a pod have `written`, those without say it of the machine: containers together, busiest disk. */
const Writes = figureTable(['instance', 'namespace', 'pod'], ['written', 'together', 'onDisk']);
export type Write = RowOf<typeof Writes>;

export interface Writers {
  readonly writes: readonly Write[];
  /** The objects of those that write much and most; of no others, and not of those that are gone. */
  readonly pods: readonly MovablePod[];
}

/** At most one for each machine: a pod that writes enough to matter, and half of what all containers there write. */
function loudest(writes: readonly Write[]): readonly Write[] {
  return writes.filter(({ instance, written = 0 }) => {
    const all = writes.find((row) => row.pod === '' && row.instance === instance)?.together ?? written;
    return written >= limits.writerBytesPerSecond && written >= limits.writerShare * all;
  });
}

/**
 * Who writes. What a container prints is written by the container runtime and counted for no container (measured: a pod
 * whose log grew by 399 MB, `container_fs_writes_bytes_total` of it 0): therefore the disk's own figure beside it.
 */
export const writers: Evidence<Writers, EtcdTarget> = {
  title: 'Pods that write to the disks under etcd',
  schema: z.object({ writes: Writes, pods: z.array(MovablePod) }),
  reads: ['list Pod in kube-system', 'get Pod'],
  read: async (readers, { job }) => {
    const hosts = await machinesUnder(readers, job);
    const writes = await readers.metrics.query(together(writerFigures(hosts)));
    someOf(
      writes.filter(({ labels }) => labels.figure === 'written'),
      `container_fs_writes_bytes_total of the kubelet's cAdvisor on ${hosts.join(', ')}`,
    );
    const pods = await Promise.all(
      loudest(Writes.parse(writes)).map(({ namespace, pod }) => readers.kube.find('Pod', pod, { namespace })),
    );
    return { writes, pods: pods.filter((pod) => pod !== null) };
  },
  show: ({ writes }) => show.writers(writes),
  windowSeconds: 120,
  threshold: 'one pod: 10 MB/s or more, and at least half of all that is written there',
  thresholdSource: 'etcd documentation, Hardware recommendations (10 MB/s); chosen here (half)',
};
