import type * as z from 'zod';
import { clockTime, duration, plural } from '../evidence/node-words.ts';
import { endOf, type ScrapeError } from '../evidence/scrape-errors.ts';
import type * as schema from './schema.ts';

/** The figures of Prometheus in words, with units and windows. What it had no series for is not mentioned. */

export function scrapes(all: readonly schema.Scrape[]): string {
  if (all.length === 0) return 'Prometheus does not scrape it';
  return all
    .map(({ instance, path, up, seconds, ageSeconds, disagree }) => {
      if (disagree) return `${instance}${path} answered one Prometheus and not another`;
      const how = seconds === undefined ? '' : ` ${up ? 'in' : 'after'} ${duration(seconds)}`;
      const age = ageSeconds === undefined ? '' : `, ${duration(ageSeconds)} ago`;
      return `${instance}${path} ${up ? 'answered' : 'failed'}${how}${age}`;
    })
    .join('; ');
}

export function errors(all: readonly ScrapeError[]): string {
  if (all.length === 0) return 'not asked: one of them is answered, there is none, or the API server has met the port';
  const ends = new Set(all.map(({ instance, lastError }) => `${instance} ${endOf(lastError) || 'no error'}`));
  return [...ends].join('; ');
}

export function kubelet(figures: z.infer<typeof schema.KubeletFigures>): string {
  const { plegAgeSeconds, plegMoves, slowRelists, runtimeCallsPerSecond, runtimeErrorsPerSecond, restarts } = figures;
  return sentence(
    say(plegAgeSeconds, (age) => `PLEG last looked at its containers ${ago(age)}`),
    say(plegMoves, (count) => `${plural(count, 'new look')} seen within 2 min`),
    say(slowRelists, (count) => `${plural(round(count), 'relist')} over 10 s within 10 min`),
    say(runtimeCallsPerSecond, (calls) => `${round(calls)} calls/s to its container runtime`),
    say(runtimeErrorsPerSecond, (errors) => `${round(errors)} calls/s to it fail`),
    say(restarts, (count) => `the kubelet restarted ${times(count)} within 30 min`),
  );
}

export function apiCalls(figures: z.infer<typeof schema.ApiCalls>): string {
  const { all, refused, refusedPerSecond, succeededPerSecond, unansweredPerSecond, brokenPerSecond } = figures;
  const { refusedAtLast, certificateEndsAt } = figures;
  return sentence(
    say(succeededPerSecond, (calls) => `${round(calls)} calls/s succeed`),
    say(refusedPerSecond, (calls) => `${round(calls)}/s are answered 401`),
    say(brokenPerSecond, (calls) => `${round(calls)}/s are answered 429 or 5xx`),
    say(unansweredPerSecond, (calls) => `${round(calls)}/s got no answer when they were last seen`),
    say(all, (count) => `${plural(round(count), 'call')} within 30 min`),
    say(refused, (count) => `${round(count)} of them answered 401`),
    say(refusedAtLast, (calls) => (calls > 0 ? `${round(calls)}/s of the last ones seen` : undefined)),
    say(certificateEndsAt, (at) => `its client certificate ends ${day(at)}`),
  );
}

export function expiredCertificates({ perSecond }: z.infer<typeof schema.ExpiredCertificates>): string {
  if (perSecond === undefined) return 'not counted: Prometheus does not scrape the API server';
  return sentence(say(perSecond, (requests) => `${round(requests)} requests/s, from whom it does not say`));
}

export function history(figures: z.infer<typeof schema.NodeHistory>): string {
  const { leaseAgeSeconds, leaseMoves, leaseOldestSeconds, leaseNewestSeconds, readinessChanges } = figures;
  return sentence(
    say(leaseAgeSeconds, (age) => `its lease was renewed ${ago(age)}`),
    say(leaseMoves, (count) => `${plural(count, 'renewal')} seen within 2 min`),
    say(leaseOldestSeconds, (age) => `at worst ${ago(age)} within 10 min`),
    say(leaseNewestSeconds, (age) => (age < 0 ? `at one time ${ago(age)}` : undefined)),
    readiness(figures),
    say(readinessChanges, (count) => `readiness changed ${times(count)} within 30 min`),
  );
}

function readiness({ ready, unknown }: z.infer<typeof schema.NodeHistory>): string | undefined {
  if (unknown === 1) return 'Ready=Unknown';
  return ready === undefined ? undefined : `Ready=${ready === 1 ? 'True' : 'False'}`;
}

export function fleet(figures: z.infer<typeof schema.Fleet>): string {
  const { nodes, notReady, fellWithinHour, sinceUnseen, ageSeconds, kubelets, kubeletsDown, unhealthyByController } =
    figures;
  return sentence(
    say(nodes, (count) => `${plural(count, 'node')} in all`),
    say(notReady, (count) => `${count} not ready`),
    say(fellWithinHour, (count) => `${count} of them fell within the hour`),
    say(sinceUnseen, (count) => (count === 0 ? undefined : `${count} not counted an hour ago`)),
    say(ageSeconds, (seconds) => `counted ${duration(seconds)} ago`),
    say(kubelets, (count) => `${plural(count, 'kubelet')} scraped`),
    say(kubeletsDown, (count) => `${count} not answering`),
    say(unhealthyByController, (count) => `${count} unhealthy by the controller manager's count`),
  );
}

export function machine(figures: z.infer<typeof schema.MachineFigures>): string {
  const { bootedAt, clockOffsetSeconds, ioStalledShare, memoryAvailableShare, diskAvailableShare, ...systemd } =
    figures;
  return sentence(
    say(bootedAt, (at) => `booted ${day(at)}`),
    say(clockOffsetSeconds, (off) => `its clock is ${duration(off)} ${off < 0 ? 'behind' : 'ahead of'} Prometheus'`),
    say(ioStalledShare, (share) => `all tasks stalled on I/O ${percent(share)} of the time`),
    say(memoryAvailableShare, (share) => `${percent(share)} of memory available`),
    memoryAvailableShare === undefined ? lastMemory(figures) : undefined,
    say(diskAvailableShare, (share) => `${percent(share)} of the fullest disk available`),
    say(systemd.systemdVersion, (version) => `systemd ${version}`),
    say(systemd.systemdAnswers, (answers) => (answers === 1 ? 'systemd answers' : 'systemd does not answer')),
  );
}

/** `1.2 % of its memory was available, all tasks stalled on memory 93 % of the time, 3 min ago`. */
export function lastMemory(figures: z.infer<typeof schema.MachineFigures>): string | undefined {
  const { memoryAvailableAtLast, memoryStalledAtLast, memoryToldSecondsAgo } = figures;
  if (memoryAvailableAtLast === undefined) return undefined;
  return sentence(
    `${percent(memoryAvailableAtLast)} of its memory was available`,
    say(memoryStalledAtLast, (share) => `all tasks stalled on memory ${percent(share)} of the time`),
    say(memoryToldSecondsAgo, ago),
  );
}

function say(value: number | undefined, words: (value: number) => string | undefined): string | undefined {
  return value === undefined ? undefined : words(value);
}

function sentence(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(', ') || 'Prometheus had none of the figures';
}

function ago(seconds: number): string {
  return seconds < 0 ? `${duration(seconds)} in the future` : `${duration(seconds)} ago`;
}

function times(count: number): string {
  const whole = Math.round(count);
  return whole === 0 ? 'never' : whole === 1 ? 'once' : `${whole} times`;
}

/** `2026-10-10 12:39:47`, in UTC. */
function day(unixSeconds: number): string {
  const at = new Date(unixSeconds * 1000).toISOString();
  return `${at.slice(0, 10)} ${clockTime(at)}`;
}

function percent(share: number): string {
  return `${round(share * 100)} %`;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
