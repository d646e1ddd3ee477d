import { clockTime, plural } from '../evidence/node-words.ts';
import type { Course } from '../evidence/over-time.ts';
import { allCounted } from './counted.ts';
import { gapsOf } from './heartbeat.ts';
import { nameOf, type Pods } from './pods.ts';
import type { Fleet, History, Kubelet } from './schema.ts';
import { span } from './words.ts';

const SHOWN = 4;

export function pods({ pods: all, gone, more }: Pods): string {
  if (gone) return 'the pod does not exist any more';
  const unready = all.filter(({ isReady, ofJob }) => !isReady && !ofJob);
  const words = unready.slice(0, SHOWN).map((pod) => {
    const containers = pod.containersReady === true ? ', its containers are' : '';
    return `${nameOf(pod)} ${pod.phase}, not ready${pod.changedAt ? ` since ${clockTime(pod.changedAt)}` : ''}${containers}`;
  });
  const rest = unready.length > SHOWN ? [`${unready.length - SHOWN} more`] : [];
  const count = `${plural(all.length, 'pod')}${more ? ' of more' : ''}, ${unready.length} not ready`;
  return words.length === 0 ? count : `${count}: ${[...words, ...rest].join('; ')}`;
}

export function heartbeats(courses: readonly Course[]): string {
  const minutes = (figure: string) =>
    new Set(
      courses
        .filter((course) => course.figure === figure)
        .flatMap(({ values }) => values.flatMap(({ minutesAgo, value }) => (value > 0 ? [minutesAgo] : []))),
    ).size;
  const gaps = gapsOf(courses);
  const [unknown, own] = [minutes('unknown'), minutes('notReady')];
  return [
    gaps ? gaps.words : 'its lease is not exported by kube-state-metrics',
    `Unknown in ${plural(unknown, 'minute')} of half an hour`,
    ...(own > 0 ? [`NotReady by its own word in ${own}`] : []),
  ].join('; ');
}

export function kubelet({ runtime, plegAge, cores, pods: running }: Kubelet): string {
  const words = [
    runtime === undefined ? undefined : `its runtime answers within ${span(runtime)} (p99)`,
    plegAge === undefined ? undefined : `last relist ${span(plegAge)} before the scrape`,
    cores === undefined ? undefined : `${cores.toFixed(2)} cores busy`,
    running === undefined ? undefined : `${plural(running, 'pod')} running`,
  ];
  return words.filter((word) => word !== undefined).join(', ') || 'nothing of it is scraped';
}

export function counts(courses: readonly Course[]): string {
  const words = (figure: string, noun: string, what: string) => {
    const counted = allCounted(courses, figure);
    return counted === undefined ? [] : [`${plural(counted, noun)} ${what}`];
  };
  const all = [
    ...words('late', 'relist', 'began over 10 s late'),
    ...words('slow', 'relist', 'took over 10 s'),
    ...words('unanswered', 'call', 'to the API server without an answer'),
  ];
  return all.length === 0 ? 'nothing of it is scraped' : `${all.join(', ')}, within half an hour`;
}

export function fleet({ nodes, flapping, leaseUpdate, managerPass }: Fleet): string {
  const words = [
    flapping === undefined
      ? undefined
      : `${flapping} of ${plural(Math.max(0, (nodes ?? 1) - 1), 'other node')} came and went, or fell`,
    leaseUpdate === undefined ? undefined : `a lease is stored within ${span(leaseUpdate)} (p99)`,
    managerPass === undefined ? undefined : `the controller manager goes through all nodes within ${span(managerPass)}`,
  ];
  return words.filter((word) => word !== undefined).join(', ') || 'nothing of it is scraped';
}

export function history(rows: History): string {
  if (rows.length === 0) return 'no pod came or went';
  return rows
    .map(({ namespace, pod, readyChanges, containerChanges, restarts, failedProbes }) => {
      const words = [
        readyChanges === undefined ? undefined : `readiness changed ${count(readyChanges, 'time')}`,
        containerChanges === undefined ? undefined : `that of its containers ${count(containerChanges, 'time')}`,
        restarts ? count(restarts, 'restart') : undefined,
        failedProbes ? count(failedProbes, 'failed probe') : undefined,
      ];
      return `${namespace}/${pod}: ${words.filter((word) => word !== undefined).join(', ')}`;
    })
    .join('; ');
}

/** Increases extrapolate. */
function count(value: number, noun: string): string {
  return plural(Math.round(value), noun);
}
