import { livesFor, mebibytes, memoryLimitBytes, startedAt } from '../crash-loop.ts';
import { ratesUnder } from '../disk.ts';
import { phasesOf, staticLimitOf, workingSetBytes } from '../etcd-stall.ts';
import type { Facts, NodeFacts } from '../facts.ts';
import { type PodHistory, podsEverOn } from '../placement.ts';
import { constant, counter } from '../promql/series.ts';
import { threadsOf } from '../threads.ts';
import { type Labels, type Line, merged, metric } from './families.ts';
import { kubeletJob } from './kubelets.ts';
import type { Wanted } from './wanted.ts';

const cadvisor = kubeletJob(['/metrics/cadvisor']);

const MIB = 2 ** 20;

/** The pause container, which holds the namespaces of the pod. */
const SANDBOX_THREADS = 1;

type Read = (node: NodeFacts, place: PodHistory, facts: Facts) => Line['at'];

/** One line for each running container on the node, with the labels cAdvisor gives it. */
function perContainer(name: string, read: Read, own: Labels = {}) {
  return metric(cadvisor, name, ({ node }, facts, wanted): readonly Line[] => {
    const places = podsEverOn(facts, node)
      .filter(({ workload, name: pod }) => wanted.admits('namespace', workload.namespace) && wanted.admits('pod', pod))
      // Of one that is ended again and again there is hardly ever a container to tell of.
      .filter((place) => livesFor(place, Number.POSITIVE_INFINITY) === undefined);
    return [...Map.groupBy(places, identityOf).values()].map((alike) => together(alike, node, facts, read, own));
  });
}

/** The cgroup of each pod itself, of which cAdvisor tells without a container: only limits of PIDs need it here. */
function ofPods(name: string, read: Read) {
  const [family] = Object.values(perContainer(name, read));
  return {
    [name]: function* pods(facts: Facts, wanted: Wanted) {
      for (const { labels, at } of family?.(facts, wanted) ?? []) {
        const { container: _, image: __, ...own } = labels;
        yield { labels: own, at };
      }
    },
  };
}
/** Pods that were made anew under one name share a series, one after the other. */
function together(alike: readonly PodHistory[], node: NodeFacts, facts: Facts, read: Read, own: Labels): Line {
  const [first] = alike;
  const { namespace = '', container = '' } = first?.workload ?? {};
  const readings = alike.map((place) => ({ place, at: read(node, place, facts) }));
  return {
    labels: { namespace, pod: first?.name ?? '', container, image: first ? imageOf(first) : '', ...own },
    at: (moment) => readings.find(({ place }) => runsAt(place, moment))?.at(moment),
  };
}

function identityOf(place: PodHistory): string {
  return [place.workload.namespace, place.name, imageOf(place)].join('\0');
}

function imageOf({ workload, life }: PodHistory): string {
  return life?.revision.image ?? workload.image;
}

function runsAt(place: PodHistory, at: number): boolean {
  return place.wasThere(at) && (place.life?.serial === undefined || at >= startedAt(place));
}

/** Waiting for the disk shows in the pressure of whoever writes to it; of all others it is next to nothing. */
function pressure(calm: number, onBusyDisk: number): Read {
  return (node, { workload }, { bornAt }) => {
    const writes = workload.container === 'etcd' || workload.writesBytesPerSecond !== undefined;
    const changes = writes ? ratesUnder(node, calm, ({ busy }) => onBusyDisk * busy) : [];
    return counter({ perSecond: calm, from: bornAt, changes });
  };
}

/** Bytes a container writes to the node's disk, a second: a log, and what else it is known for. */
function written({ workload, life }: PodHistory): number {
  const known = workload.container === 'etcd' ? 400_000 : workload.writesBytesPerSecond;
  return known !== undefined && (life?.revision.image ?? workload.image) === workload.image ? known : 2_000;
}

/** At its limit all of etcd waits for a page most of the time. */
const WAITS_SHARE = { calm: 0, slow: 0.3, hanging: 0.92, full: 0.92 } as const;

function stalls(facts: Facts) {
  return phasesOf(facts).map(({ at, phase }) => ({ at, perSecond: WAITS_SHARE[phase] }));
}

/** The limit of its cgroup; 0 is none. */
export function memoryLimitOf(place: PodHistory, facts: Facts): (at: number) => number {
  if (place.workload.kind !== 'StaticPod') return () => memoryLimitBytes(place);
  return (at) => mebibytes(staticLimitOf(facts, place.workload, at) ?? '') * MIB;
}

/** What cAdvisor tells of containers. No pod has a CPU limit, so there is no throttling to count. */
export const containers = merged(
  perContainer('container_cpu_usage_seconds_total', (_, __, { bornAt }) => counter({ perSecond: 0.05, from: bornAt })),
  perContainer('container_memory_working_set_bytes', (_, { workload }, facts) =>
    workload.container === 'etcd' ? workingSetBytes(facts) : constant(72 * MIB),
  ),
  perContainer('container_spec_memory_limit_bytes', (_, place, facts) => memoryLimitOf(place, facts)),
  perContainer('container_threads', (_, place, facts) => threadsOf(place, facts)),
  perContainer('container_processes', () => constant(1)),
  ofPods('container_threads', (_, place, facts) => (at) => threadsOf(place, facts)(at) + SANDBOX_THREADS),
  // No podPidsLimit: 0 is none.
  ofPods('container_threads_max', () => constant(0)),
  perContainer(
    'container_fs_writes_bytes_total',
    (_, place, { bornAt }) => {
      const { life, createdAt, workload } = place;
      const young = life?.serial !== undefined || workload.writesBytesPerSecond !== undefined;
      return counter({ perSecond: written(place), from: young ? createdAt : bornAt });
    },
    { device: '/dev/nvme0n1' },
  ),
  perContainer('container_pressure_cpu_waiting_seconds_total', pressure(0.004, 0.006)),
  perContainer('container_pressure_io_waiting_seconds_total', pressure(0.002, 0.7)),
  perContainer('container_pressure_io_stalled_seconds_total', pressure(0.001, 0.6)),
  perContainer('container_pressure_memory_stalled_seconds_total', (_, { workload }, facts) =>
    counter({ perSecond: 0, from: facts.bornAt, changes: workload.container === 'etcd' ? stalls(facts) : [] }),
  ),
);
