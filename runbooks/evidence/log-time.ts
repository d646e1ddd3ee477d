import { secondsSince } from './node-words.ts';

/**
 * When a line of a log was written. klog writes neither year nor zone (`E1121 02:56:11.123456`), Calico no zone
 * (`2026-11-21 02:56:11.123`): both are taken for UTC. Others write all of it somewhere in the line (RFC 3339).
 */

const KLOG = /^[IWEF](\d\d)(\d\d) (\d\d:\d\d:\d\d)/;
const CALICO = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) /;
const RFC_3339 = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/;

/** The zone furthest east of UTC. A machine that logs in its own time is ahead of us by so much, and no year behind. */
const EASTMOST_MS = 14 * 3_600_000;
/** Clocks of two machines in step differ by less (judgement). */
const IN_STEP_SECONDS = 60;
/** Leap days are up to eight years apart. */
const YEARS_BACK = 8;

/** RFC 3339; `undefined`: the line tells no time. Its year is the one in which it was written before it was read. */
export function timeOf(line: string, readAt: Date): string | undefined {
  const [, month, day, time] = KLOG.exec(line) ?? [];
  if (month && day && time) return latestYear(`${month}-${day}`, time, readAt);
  const [, date, clock] = CALICO.exec(line) ?? [];
  const written = date ? `${date}T${clock}Z` : RFC_3339.exec(line)?.[0];
  return written === undefined || Number.isNaN(Date.parse(written)) ? undefined : new Date(written).toISOString();
}

function latestYear(day: string, time: string, readAt: Date): string | undefined {
  // East of UTC it may be January already.
  const latest = readAt.getUTCFullYear() + 1;
  for (let year = latest; year >= latest - YEARS_BACK; year -= 1) {
    const at = new Date(`${year}-${day}T${time}Z`);
    const isThere = !Number.isNaN(at.getTime()) && at.toISOString().slice(5, 10) === day;
    if (isThere && at.getTime() <= readAt.getTime() + EASTMOST_MS) return at.toISOString();
  }
  return undefined;
}

/** Whether it was within so many seconds. What lies ahead was not: its clock or its zone is another, and proves nothing. */
export function wasWithin(seconds: number, at: string, now: Date): boolean {
  return !isAhead(at, now) && secondsSince(at, now) < seconds;
}

export function isAhead(at: string, now: Date): boolean {
  return secondsSince(at, now) < -IN_STEP_SECONDS;
}
