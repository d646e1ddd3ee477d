import { type Course, summed } from '../evidence/over-time.ts';
import { usageOf, usageOfPods } from './machine.ts';
import { latest, nearestOf, type PodUse, podsIn } from './threads.ts';
import { amount, count, percent } from './words.ts';

/** The figures in words: the most of half an hour, and what is now. */

const MOST = 3;

export function machine(courses: readonly Course[]): string {
  const usage = usageOf(courses);
  const forks = latest(summed(courses, 'forks'));
  const zombies = latest(summed(courses, 'zombies'));
  const now = usage && latest(usage.threads);
  return [
    usage
      ? `${now === undefined ? '' : `${amount(now)} threads now, `}at most ${percent(usage.peak)} of ${amount(usage.max)} PIDs in half an hour`
      : 'how many PIDs are used is not collected (node_exporter without --collector.processes)',
    ...(zombies ? [count(zombies, 'zombie')] : []),
    ...(forks === undefined ? [] : [`${amount(forks)} processes started a second`]),
  ].join('; ');
}

export function threads(courses: readonly Course[]): string {
  const pods = podsIn(courses);
  const most = (pod: PodUse) => Math.max(0, ...pod.threads.values());
  const biggest = pods
    .filter((pod) => pod.threads.size > 0)
    .toSorted((a, b) => most(b) - most(a))
    .slice(0, MOST)
    .map(
      (pod) =>
        `${pod.namespace}/${pod.pod} up to ${count(most(pod), 'thread')}${pod.processes ? ` (${count(pod.processes, 'process')})` : ''}`,
    );
  const together = latest(summed(courses, 'together'));
  const nearest = nearestOf(pods);
  const all = usageOfPods(courses);
  return [
    ...biggest,
    ...(together === undefined ? [] : [`all pods together ${amount(together)}`]),
    ...(all ? [`at most ${percent(all.peak)} of the ${amount(all.max)} they may have together`] : []),
    limitWords(courses, nearest),
  ].join('; ');
}

function limitWords(courses: readonly Course[], nearest: PodUse | undefined): string {
  if (summed(courses, 'limitsSeen').size === 0) return 'limits of pods are not collected (container_threads_max)';
  if (nearest === undefined) return 'no pod has a limit';
  const { namespace, pod, share, limit } = nearest;
  return `nearest to its limit${limit === undefined ? '' : ` of ${amount(limit)}`} is ${namespace}/${pod}, at most ${percent(Math.max(...share.values()))}`;
}
