import { duration } from './words.ts';

/** Milliseconds, as etcd's flags take them. */
export interface Timers {
  readonly heartbeatMs: number;
  readonly electionMs: number;
}

/** etcd, `embed/config.go`. */
export const defaultTimers: Timers = { heartbeatMs: 100, electionMs: 1_000 };
/** The slow profile OpenShift ships for slow disks and networks (cluster-etcd-operator, `pkg/hwspeedhelpers`). */
export const slowTimers: Timers = { heartbeatMs: 500, electionMs: 2_500 };
/** Beyond these no advice of ours goes: a lost leader would be noticed too late (judgement: twice the slow profile). */
export const highestTimers: Timers = { heartbeatMs: 1_000, electionMs: 5_000 };
/** The advice of old articles about slow disks. It passes etcd's own checks, and is refused here. */
export const folkloreTimers: Timers = { heartbeatMs: 6_000, electionMs: 30_000 };

/** Enforced by every etcd since 3.2 (`embed/config.go`): it refuses to start otherwise. */
const LEAST_RATIO = 5;
const HIGHEST_ELECTION_MS = 50_000;
/** etcd documentation, "Tuning": election at least ten round trips, heartbeat half to one and a half of one. */
const ROUND_TRIPS_PER_ELECTION = 10;
const ROUND_TRIPS_PER_HEARTBEAT = 0.5;

export interface TimerAdvice {
  readonly fits: 'fine' | 'invalid' | 'too-high' | 'too-low';
  readonly reason: string;
  /** What to set instead; absent when nothing needs to be set. */
  readonly instead?: Timers;
}

/** Judges timers by etcd's own rules and, if known, by the usual mean round trip between the members (seconds). */
export function adviseTimers(timers: Timers, roundTripSeconds?: number): TimerAdvice {
  const { heartbeatMs, electionMs } = timers;
  const instead = recommendedTimers(roundTripSeconds);
  if (electionMs < LEAST_RATIO * heartbeatMs) {
    const ratio = (Math.floor((electionMs / heartbeatMs) * 1e4) / 1e4).toString();
    return {
      fits: 'invalid',
      reason: `etcd refuses to start: the election timeout is ${ratio} heartbeats, at least 5 are needed`,
      instead,
    };
  }
  if (electionMs > HIGHEST_ELECTION_MS) {
    return {
      fits: 'invalid',
      reason: `etcd refuses to start: election timeout ${electionMs} ms is over 50000 ms`,
      instead,
    };
  }
  if (heartbeatMs > highestTimers.heartbeatMs || electionMs > highestTimers.electionMs) {
    return { fits: 'too-high', reason: costOf(timers), instead };
  }
  if (roundTripSeconds !== undefined) {
    const rttMs = roundTripSeconds * 1_000;
    const usual = `the usual round trip of ${duration(roundTripSeconds)}`;
    if (electionMs < ROUND_TRIPS_PER_ELECTION * rttMs) {
      return { fits: 'too-low', reason: `election timeout ${electionMs} ms is under ten times ${usual}`, instead };
    }
    if (heartbeatMs < ROUND_TRIPS_PER_HEARTBEAT * rttMs) {
      return { fits: 'too-low', reason: `heartbeat interval ${heartbeatMs} ms is under half of ${usual}`, instead };
    }
  }
  return { fits: 'fine', reason: `${named(timers)} passes etcd's rules` };
}

/** The lowest timers that fit this round trip, never below etcd's defaults; they may still be more than we advise. */
export function recommendedTimers(roundTripSeconds = 0): Timers {
  const rttMs = roundTripSeconds * 1_000;
  const heartbeatMs = Math.max(defaultTimers.heartbeatMs, upTo(50, ROUND_TRIPS_PER_HEARTBEAT * rttMs));
  const fromRoundTrip = upTo(100, ROUND_TRIPS_PER_ELECTION * rttMs);
  return {
    heartbeatMs,
    electionMs: Math.max(defaultTimers.electionMs, fromRoundTrip, LEAST_RATIO * heartbeatMs),
  };
}

/** How long etcd lets a request wait: 5 s and two elections (etcd, `server/config`, ReqTimeout). */
export function requestTimeoutSeconds({ electionMs }: Timers): number {
  return 5 + (2 * electionMs) / 1_000;
}

/** What timers as high as these cost. */
export function costOf(timers: Timers): string {
  return (
    `with ${named(timers)} a lost leader is noticed after ${timers.electionMs / 1_000} s at the earliest, requests wait up to ` +
    `${requestTimeoutSeconds(timers)} s, and the API server's etcd check (2 s) fails through every election; it hides a slow disk and heals nothing`
  );
}

/** `heartbeat 100 ms, election 1000 ms`. */
export function named({ heartbeatMs, electionMs }: Timers): string {
  return `heartbeat ${heartbeatMs} ms, election ${electionMs} ms`;
}

function upTo(step: number, value: number): number {
  return Math.ceil(Number((value / step).toFixed(6))) * step;
}
