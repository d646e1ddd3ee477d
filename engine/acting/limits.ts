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

/** The window that is on at this moment. */
export function frozenBy(windows: readonly FreezeWindow[], now: Date): FreezeWindow | undefined {
  return windows.find((window) => isOn(window, now));
}

/** "until Mon 2026-11-23 00:00, Europe/Berlin": of a window that goes on day after day the end of the last of them. */
export function endOf(window: FreezeWindow, now: Date): string {
  const begun = beginning(window, localTime(now, window.timeZone));
  if (begun === undefined) return 'over';
  const over = minutesOf(window.from) < minutesOf(window.to) ? begun : day(begun, 1);
  let end = over;
  if (window.from === window.to) while (begins(window, end) && end < day(over, MOST_DAYS)) end = day(end, 1);
  if (end === day(over, MOST_DAYS)) return `for more than a year, ${window.timeZone}`;
  return `until ${weekdayOf(end)} ${end} ${window.to}, ${window.timeZone}`;
}

const MOST_DAYS = 366;

function isOn(window: FreezeWindow, now: Date): boolean {
  return beginning(window, localTime(now, window.timeZone)) !== undefined;
}

/** The local date on which the window began that is on now. */
function beginning(window: FreezeWindow, here: LocalTime): string | undefined {
  const [from, to] = [minutesOf(window.from), minutesOf(window.to)];
  const yesterday = day(here.date, -1);
  if (from < to) {
    return here.minutes >= from && here.minutes < to && begins(window, here.date) ? here.date : undefined;
  }
  if (here.minutes >= from && begins(window, here.date)) return here.date;
  return here.minutes < to && begins(window, yesterday) ? yesterday : undefined;
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

/** So many days after this date. */
function day(date: string, days: number): string {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function weekdayOf(date: string): Weekday | undefined {
  return weekdays[new Date(`${date}T12:00:00Z`).getUTCDay()];
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
