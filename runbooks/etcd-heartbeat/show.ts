import { duration as longAgo } from '../evidence/node-words.ts';
import { hostOf } from '../evidence/scrape-targets.ts';
import { type Member, silence } from './members.ts';
import type {
  Apply,
  ContainerUse,
  Fsync,
  Heartbeat,
  Machine,
  NodeUse,
  Operation,
  Peer,
  Scrape,
  SpaceUse,
} from './seen.ts';
import { bytes, counted, duration, percent, whole } from './words.ts';
import type { Write } from './writers.ts';

/** A card has room for few lines; an etcd has at most nine members. */
const MOST_ROWS = 9;

function lines<Row>(rows: readonly Row[], line: (row: Row) => string, none = 'nothing'): string {
  if (rows.length === 0) return none;
  const more = rows.length > MOST_ROWS ? [`and ${rows.length - MOST_ROWS} more`] : [];
  return [...rows.slice(0, MOST_ROWS).map(line), ...more].join('; ');
}

/** A figure Prometheus did not have is shown as such, never as zero. */
function shown(value: number | undefined, words: (value: number) => string): string {
  return value === undefined ? '?' : words(value);
}

export const members = (rows: readonly Member[]) =>
  lines(rows, (row) => `${row.instance} ${stateOf(row)}`, 'Prometheus scrapes no etcd');

function stateOf(row: Member): string {
  const silent = silence(row);
  if (silent !== undefined) return `does not answer (${silent} after ${shown(row.scrapeSeconds, duration)})`;
  if (row.up === undefined && row.ageSeconds !== undefined) return `was last scraped ${longAgo(row.ageSeconds)} ago`;
  if (row.up === undefined) return 'is no longer a scrape target';
  if (row.hasLeader === 0) return 'answers, has no leader';
  return row.leads === 1 ? 'answers, leads' : 'answers';
}

export const heartbeats = (rows: readonly Heartbeat[]) =>
  lines(
    rows,
    ({ instance, late, elections }) =>
      `${instance} ${shown(late, (value) => counted(value, 'late heartbeat'))}, ${shown(elections, (value) => counted(value, 'election'))}`,
  );

export const fsync = (rows: readonly Fsync[]) =>
  lines(
    rows,
    ({ instance, p99, count, long }) =>
      `${instance} p99 ${shown(p99, duration)}, ${shown(long, whole)} of ${shown(count, whole)} over 64 ms`,
  );

export const scrapes = (rows: readonly Scrape[]) =>
  lines(
    rows,
    ({ instance, usual, p95, answered }) =>
      `${instance} usually ${shown(usual, duration)}, p95 ${shown(p95, duration)}, ${shown(answered, whole)} answers`,
  );

export const peers = (rows: readonly Peer[]) => {
  const worst = [...rows].sort((a, b) => (b.rttP99 ?? 0) + (b.failures ?? 0) - (a.rttP99 ?? 0) - (a.failures ?? 0));
  return lines(
    worst,
    ({ instance, To, rttP99, failures, active }) =>
      `${instance} → ${To} p99 ${shown(rttP99, duration)}, ${shown(failures, (value) => counted(value, 'failed send'))}` +
      `${active === 0 ? ', not connected' : ''}`,
    'one member: it has no peers',
  );
};

export const apply = (rows: readonly Apply[]) =>
  lines(
    rows,
    ({ instance, slow, lag, defrag }) =>
      `${instance} ${shown(slow, whole)} slow, lag ${shown(lag, whole)}` + `${defrag === 1 ? ', defragmented' : ''}`,
  );

export const space = (rows: readonly SpaceUse[]) =>
  lines(
    rows,
    ({ instance, used, live, sizeBytes, alarm }) =>
      `${instance} ${shown(sizeBytes, bytes)}, ${shown(used, percent)} of quota, ${shown(live, percent)} in use` +
      `${alarm === 1 ? ', NOSPACE alarm' : ''}`,
  );

export const container = (rows: readonly ContainerUse[]) =>
  lines(
    rows,
    ({ pod, throttled, cpuWaiting, ioStalled }) =>
      `${pod} throttled ${shown(throttled, percent)}, waits for CPU ${shown(cpuWaiting, percent)}, stalled on I/O ${shown(ioStalled, percent)}`,
  );

export const nodeLoad = (rows: readonly NodeUse[]) =>
  lines(
    [...rows].sort((a, b) => (b.diskBusy ?? 2) - (a.diskBusy ?? 2)),
    ({ instance, device, busy, steal, diskBusy, diskQueue }) =>
      device === ''
        ? `${hostOf(instance)} CPU ${shown(busy, percent)} busy, ${shown(steal, percent)} stolen`
        : `${hostOf(instance)} ${device} ${shown(diskBusy, percent)} busy, queue ${shown(diskQueue, (value) => value.toFixed(1))}`,
  );

export const machines = (rows: readonly Machine[]) =>
  lines(rows, ({ instance, answers }) => `${instance} ${answers === 1 ? 'answers' : 'does not answer'}`);

/** Per machine the two that write most, and all together. */
const MOST_WRITERS = 2;

export const writers = (rows: readonly Write[]) => {
  const rate = (value: number) => `${bytes(value)}/s`;
  const machines = Map.groupBy(rows, ({ instance }) => hostOf(instance));
  return lines([...machines], ([host, all]) => {
    const most = all
      .filter(({ pod }) => pod !== '')
      .sort((a, b) => (b.written ?? 0) - (a.written ?? 0))
      .slice(0, MOST_WRITERS)
      .map(({ namespace, pod, written }) => `${namespace}/${pod} ${shown(written, rate)}`);
    const figure = (name: 'together' | 'onDisk') => all.find((row) => row[name] !== undefined)?.[name];
    const sums = `all containers ${shown(figure('together'), rate)}, disk ${shown(figure('onDisk'), rate)}`;
    return `${host} ${[...most, sums].join(', ')}`;
  });
};

export const apiServerView = (rows: readonly Operation[]) =>
  lines(rows, ({ operation, mean, errors, storageBytes }) =>
    operation === ''
      ? `${shown(storageBytes, bytes)} stored`
      : `${operation} mean ${shown(mean, duration)}, ${shown(errors, percent)} errors`,
  );
