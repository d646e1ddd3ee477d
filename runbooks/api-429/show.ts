import { counted } from '../../engine/words.ts';
import { duration } from '../evidence/node-words.ts';
import { refusalsOf } from './facts.ts';
import type { Member } from './members.ts';
import type { Answer, Container, Flow, Machine, Operation, Rollout, Server, Webhook } from './seen.ts';
import { bytes, few, percent, perSecond } from './words.ts';

const shown = (value: number | undefined, words: (value: number) => string) =>
  value === undefined ? '?' : words(value);
const most = <Row>(rows: readonly Row[], figure: (row: Row) => number | undefined) =>
  [...rows].sort((a, b) => (figure(b) ?? 0) - (figure(a) ?? 0));

export const answers = (rows: readonly Answer[]): string => {
  const { all, broken, refused, clients } = refusalsOf(rows);
  const what = few(refused, ({ words, rate }) => `${words} ${perSecond(rate)}`);
  const who =
    clients.length === 0
      ? ''
      : `; clients that count 429: ${few(clients, ({ job, rate }) => `${job} ${perSecond(rate)}`)}`;
  return `${shown(all, perSecond)} in all, ${shown(broken, perSecond)} answered 5xx, ${what ? `429: ${what}` : 'no 429'}${who}`;
};

export const flows = (rows: readonly Flow[]): string => {
  const rejected = most(
    rows.filter((row) => row.rejected !== undefined),
    (row) => row.rejected,
  );
  const asking = most(
    rows.filter((row) => row.dispatched !== undefined),
    (row) => row.dispatched,
  );
  const full = rows.filter((row) => (row.seats ?? 0) > 0.5);
  return [
    rejected.length === 0
      ? 'nothing rejected'
      : `rejected: ${few(rejected, (row) => `${row.flow_schema} in ${row.priority_level} ${shown(row.rejected, perSecond)} (${row.reason})`, 3)}`,
    `served: ${few(asking, (row) => `${row.flow_schema} ${shown(row.dispatched, perSecond)} (yesterday ${shown(row.usual, perSecond)})`, 3)}`,
    ...(full.length === 0
      ? []
      : [`seats in use: ${few(full, (row) => `${row.priority_level} ${shown(row.seats, percent)}`, 3)}`]),
  ].join('; ');
};

export const etcd = (rows: readonly Operation[]): string =>
  few(
    most(rows, (row) => row.mean),
    ({ operation, mean, usual, errors }) =>
      `${operation} mean ${shown(mean, duration)} (yesterday ${shown(usual, duration)})${errors ? `, ${percent(errors)} errors` : ''}`,
  );

export const members = (rows: readonly Member[]): string =>
  few(rows, ({ instance, up, scrapeSeconds, memoryBytes, lowestBytes, highestBytes }) => {
    const answer = up === 1 ? 'answers' : `does not answer (after ${shown(scrapeSeconds, duration)})`;
    return `${instance} ${answer}, memory ${shown(memoryBytes, bytes)} (six hours: ${shown(lowestBytes, bytes)} to ${shown(highestBytes, bytes)})`;
  });

export const servers = (rows: readonly Server[]): string =>
  few(rows, ({ instance, up, scrapeSeconds, ageSeconds, lists, usualLists }) => {
    const answer = up === 1 ? 'answers' : `does not answer (after ${shown(scrapeSeconds, duration)})`;
    const age = ageSeconds === undefined ? '' : `, started ${duration(ageSeconds)} ago`;
    return `${instance} ${answer}${age}, lists ${shown(lists, perSecond)} (yesterday ${shown(usualLists, perSecond)})`;
  });

export const containers = (rows: readonly Container[]): string =>
  rows.length === 0
    ? 'cAdvisor shows neither: they run elsewhere, or it is not scraped'
    : few(rows, (row) => {
        const limit =
          row.limitBytes === undefined
            ? 'limit not known'
            : row.limitBytes === 0
              ? 'no limit'
              : `of ${bytes(row.limitBytes)}`;
        const stalled = row.memoryStalled === undefined ? '' : `, stalled on memory ${percent(row.memoryStalled)}`;
        const cpu = row.throttled === undefined ? '' : `, throttled ${percent(row.throttled)}`;
        const ends = (row.restarts ?? 0) >= 1 ? `, ${counted(Math.round(row.restarts ?? 0), 'restart')}` : '';
        return `${row.pod} ${shown(row.memoryBytes, bytes)} ${limit}${stalled}${cpu}${ends}`;
      });

export const webhooks = (rows: readonly Webhook[]): string => {
  const called = most(
    rows.filter((row) => (row.calls ?? 0) > 0),
    (row) => row.p99,
  );
  const writes = rows.find((row) => row.writes !== undefined)?.writes;
  const words = few(
    called,
    ({ name, p99, calls }) =>
      `${name} p99 ${shown(p99, duration)}, ${shown(calls, (n) => counted(Math.round(n), 'call'))}`,
  );
  return `${words || 'none was seen to be called'}; writes take ${shown(writes, duration)} on average`;
};

export const machines = (rows: readonly Machine[]): string =>
  few(rows, ({ instance, busy, memoryFree, overflows, load }) => {
    const queue = (overflows ?? 0) > 0 ? `, accept queue full ${shown(overflows, perSecond)}` : '';
    return `${instance} CPU ${shown(busy, percent)} busy, load ${shown(load, (n) => n.toFixed(1))}, memory ${shown(memoryFree, percent)} free${queue}`;
  });

export const rollouts = (rows: readonly Rollout[]): string => {
  const changed = most(
    rows.filter((row) => row.changed !== undefined),
    (row) => row.changed,
  );
  const count = rows.find((row) => row.count !== undefined)?.count ?? 0;
  const all = rows.find((row) => row.known !== undefined)?.known;
  return `${count} of ${shown(all, String)}${changed.length === 0 ? '' : `: ${few(changed, ({ namespace, deployment }) => `${namespace}/${deployment}`)}`}`;
};
