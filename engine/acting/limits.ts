/** When nothing may be changed, in the local time of `timeZone`. A window over midnight belongs to the day it begins. */
export interface FreezeWindow {
  readonly name: string;
  /** IANA, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** Absent: every day. */
  readonly days?: readonly Weekday[];
  /** `HH:MM`, 24 hours. Equal: the whole day. */
  readonly from: string;
  readonly to: string;
  /** `YYYY-MM-DD`, both included. Absent: always. */
  readonly firstDate?: string;
  readonly lastDate?: string;
}

export const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
export type Weekday = (typeof weekdays)[number];

/** The limits a team sets itself. */
export interface Limits {
  /** Of the nodes of a pool so many percent must stay ready and schedulable. */
  readonly readyNodesPercent: number;
  /** After an execution the same target is left alone for so long. */
  readonly coolDownMinutes: number;
  /** Executions per cluster. */
  readonly actionsPerHour: number;
  readonly freeze: readonly FreezeWindow[];
}

/**
 * Two thirds of a pool is what most clusters are sized to run on; ten minutes is longer than a node or a rollout takes
 * to settle. Both are ours: change them in `limits` of nightshift.yaml.
 */
export const defaultLimits: Limits = { readyNodesPercent: 66, coolDownMinutes: 10, actionsPerHour: 10, freeze: [] };

/** The windows that are on at this moment: when one ends the next may have begun. */
export function frozenBy(windows: readonly FreezeWindow[], now: Date): readonly FreezeWindow[] {
  return windows.filter((window) => beginning(window, now) !== undefined);
}

/** "until Mon 2026-11-23 00:00, Europe/Berlin": of a window that goes on day after day the end of the last of them. */
export function endOf(window: FreezeWindow, now: Date): string {
  const begun = beginning(window, now);
  if (begun === undefined) return 'over';
  const over = lastDay(window, begun);
  let end = over;
  if (window.from === window.to) while (begins(window, end) && end < day(over, MOST_DAYS)) end = day(end, 1);
  if (end === day(over, MOST_DAYS)) return `for more than a year, ${window.timeZone}`;
  return `until ${weekdayOf(end)} ${end} ${window.to}, ${window.timeZone}`;
}

const MOST_DAYS = 366;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The local date on which the window began that is on now. */
function beginning(window: FreezeWindow, now: Date): string | undefined {
  const { date } = localTime(now, window.timeZone);
  return [date, day(date, -1)].find((begun) => begins(window, begun) && isWithin(window, begun, now.getTime()));
}

/** From the first moment that may be its beginning to the last that may be its end. */
function isWithin(window: FreezeWindow, begun: string, nowMs: number): boolean {
  const { from, to, timeZone } = window;
  const [start = 0] = readingsOf(begun, minutesOf(from), timeZone);
  const end = readingsOf(lastDay(window, begun), minutesOf(to), timeZone).at(-1) ?? 0;
  return start <= nowMs && nowMs < end;
}

/** The local date on which it ends, if it began on this one. */
function lastDay({ from, to }: FreezeWindow, begun: string): string {
  return minutesOf(from) < minutesOf(to) ? begun : day(begun, 1);
}

/** Whether a window begins on this local date. */
function begins({ days, firstDate, lastDate }: FreezeWindow, date: string): boolean {
  const weekday = weekdayOf(date);
  if (days && (weekday === undefined || !days.includes(weekday))) return false;
  return (firstDate === undefined || date >= firstDate) && (lastDate === undefined || date <= lastDate);
}

interface LocalTime {
  readonly date: string;
  /** Since midnight. */
  readonly minutes: number;
}

function localTime(now: Date, timeZone: string): LocalTime {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(now);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    minutes: Number(part('hour')) * 60 + Number(part('minute')),
  };
}

/**
 * When a clock there shows this time, the earliest first, in milliseconds. When clocks are put back some times come twice;
 * when they are put forward some never come, and stand for both moments that they could mean. So a freeze never has a hole.
 */
function readingsOf(date: string, minutes: number, timeZone: string): readonly number[] {
  const shown = Date.parse(`${date}T00:00:00Z`) + minutes * MINUTE_MS;
  const offsets = new Set([shown - DAY_MS, shown + DAY_MS].map((near) => offsetMs(near, timeZone)));
  const possible = [...offsets].map((offset) => shown - offset).sort((a, b) => a - b);
  const real = possible.filter((at) => offsetMs(at, timeZone) === shown - at);
  return real.length > 0 ? real : possible;
}

/** What a clock there is ahead of UTC. */
function offsetMs(at: number, timeZone: string): number {
  const { date, minutes } = localTime(new Date(at), timeZone);
  return Date.parse(`${date}T00:00:00Z`) + minutes * MINUTE_MS - Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

/** So many days after this date. */
function day(date: string, days: number): string {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

function weekdayOf(date: string): Weekday | undefined {
  return weekdays[new Date(`${date}T12:00:00Z`).getUTCDay()];
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
