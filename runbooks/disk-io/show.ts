import { duration, plural } from '../evidence/node-words.ts';
import type { Course } from '../evidence/over-time.ts';
import { disksOf } from './devices.ts';
import { grownIn, growthOf } from './growth.ts';
import type * as schema from './schema.ts';
import { ALL_MINUTES } from './stall.ts';
import { amount, percent, rate, size } from './words.ts';

/** The figures in words: the worst minute of half an hour, with units. */

const MOST = 3;
/** Bytes a second not worth a word. */
const HARDLY_BYTES = 50_000;

export function disks(courses: readonly Course[]): string {
  const words = disksOf(courses).map(({ device, minutes, saturated }) => {
    const most = (figure: 'busy' | 'queue' | 'written' | 'read') =>
      Math.max(0, ...minutes.map((minute) => minute[figure] ?? 0));
    const state = saturated.length > 0 ? `saturated in ${plural(saturated.length, 'minute')}` : 'never saturated';
    return `${device} ${state}: at most ${percent(most('busy'))} busy, ${amount(most('queue'))} waiting, ${rate(most('written'))} written, ${rate(most('read'))} read`;
  });
  const stalled = peak(courses, 'stalled');
  return [
    ...words,
    ...(stalled === undefined ? [] : [`all tasks stalled on I/O at most ${percent(stalled)} of the time`]),
  ].join('; ');
}

export function mounts(rows: schema.Mounts): string {
  const holds = [...new Set(rows.flatMap(({ device, holdsData }) => (holdsData === undefined ? [] : [device])))];
  const turned = rows.flatMap(({ mountpoint, turnedReadOnly }) => (turnedReadOnly === 1 ? [mountpoint] : []));
  return [
    `their data is on ${holds.join(', ') || 'no device that is seen'}`,
    ...(turned.length > 0 ? [`turned read-only: ${turned.join(', ')}`] : []),
  ].join('; ');
}

export function best(rows: schema.Best): string {
  return rows
    .map(
      ({ device, written, read, requests }) =>
        `${device} wrote ${written === undefined ? '?' : rate(written)}, read ${read === undefined ? '?' : rate(read)}, and did ${requests === undefined ? '?' : amount(requests)} requests/s`,
    )
    .join('; ');
}

export function machine(courses: readonly Course[]): string {
  const cpu = peak(courses, 'cpuBusy');
  const swapped = peak(courses, 'swapped');
  const swap = peak(courses, 'swapBytes');
  const memory = least(courses, 'memoryAvailable');
  return [
    ...(cpu === undefined ? [] : [`CPU at most ${percent(cpu)} busy`]),
    ...(memory === undefined ? [] : [`at least ${percent(memory)} of memory available`]),
    ...(swap === 0 ? ['no swap'] : swapped === undefined ? [] : [`at most ${rate(swapped)} to and from swap`]),
  ].join(', ');
}

export function writers(courses: readonly Course[]): string {
  const tops = courses
    .filter(({ figure }) => figure === 'written' || figure === 'read')
    .map(({ figure, labels, values }) => ({
      words: `${labels.namespace}/${labels.pod} ${figure} up to ${rate(Math.max(0, ...values.map(({ value }) => value)))}`,
      most: Math.max(0, ...values.map(({ value }) => value)),
    }))
    .filter(({ most }) => most >= HARDLY_BYTES)
    .toSorted((a, b) => b.most - a.most || (a.words < b.words ? -1 : 1))
    .slice(0, MOST);
  const all = peak(courses, 'together');
  return [
    ...tops.map(({ words }) => words),
    ...(all === undefined ? [] : [`all pods together wrote at most ${rate(all)} themselves`]),
  ].join('; ');
}

export function logs(courses: readonly Course[]): string {
  const large = growthOf(courses)
    .map((log) => ({ ...log, grownBytes: grownIn(log, ALL_MINUTES) }))
    .toSorted((a, b) => b.grownBytes - a.grownBytes || b.largest - a.largest)
    .slice(0, MOST)
    .map(
      ({ namespace, pod, grownBytes, largest }) =>
        `${namespace}/${pod} up to ${size(largest)}, grew by ${size(grownBytes)} at least`,
    );
  const seen = courses.find(({ figure }) => figure === 'seen')?.values ?? [];
  const logsSeen = plural(Math.max(0, ...seen.map(({ value }) => value)), 'log');
  return `${logsSeen} seen in ${plural(seen.length, 'minute')}; ${large.join('; ') || 'none ever larger than 8 MB'}`;
}

export function pulls(courses: readonly Course[]): string {
  const ended = courses.find(({ figure }) => figure === 'ended')?.values ?? [];
  const [first, last] = [ended[0]?.value, ended.at(-1)?.value];
  if (first === undefined || last === undefined) return 'this kubelet has pulled no image since it started';
  return `${plural(Math.max(0, last - first), 'pull')} ended in half an hour`;
}

export function heartbeats(courses: readonly Course[]): string {
  const age = peak(courses, 'leaseAge');
  const ready = courses.find(({ figure }) => figure === 'ready')?.values ?? [];
  const not = ready.filter(({ value }) => value === 0).length;
  return [
    ...(age === undefined ? [] : [`the lease was at most ${duration(age)} old`]),
    ...(ready.length === 0 ? [] : [not === 0 ? 'Ready throughout' : `not Ready in ${plural(not, 'minute')}`]),
  ].join(', ');
}

export function scrapes(courses: readonly Course[]): string {
  const seconds = peak(courses, 'seconds');
  const failed = courses.find(({ figure }) => figure === 'up')?.values.filter(({ value }) => value === 0).length ?? 0;
  return [
    ...(seconds === undefined ? [] : [`at most ${duration(seconds)}`]),
    ...(failed === 0 ? [] : [`failed in ${plural(failed, 'minute')}`]),
  ].join(', ');
}

export function fleet({ nodes, flapping, leaseUpdate }: schema.Fleet): string {
  return [
    ...(nodes === undefined ? [] : [plural(nodes, 'node')]),
    ...(flapping === undefined ? [] : [`${flapping} of the others came and went, or fell, in half an hour`]),
    ...(leaseUpdate === undefined ? [] : [`a lease is stored within ${duration(leaseUpdate)} (p99)`]),
  ].join(', ');
}

function peak(courses: readonly Course[], figure: string): number | undefined {
  const values = valuesOf(courses, figure);
  return values.length === 0 ? undefined : Math.max(...values);
}

function least(courses: readonly Course[], figure: string): number | undefined {
  const values = valuesOf(courses, figure);
  return values.length === 0 ? undefined : Math.min(...values);
}

function valuesOf(courses: readonly Course[], figure: string): readonly number[] {
  return courses.filter((course) => course.figure === figure).flatMap(({ values }) => values.map(({ value }) => value));
}
