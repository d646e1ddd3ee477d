/** `0.6 ms`, `28 ms`, `4.2 s`, `59 s`, `10 min 12 s`, `3 h 20 min`, `5 days`: as a person would say it. */
export function duration(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 1) return `${(size * 1000).toFixed(size < 0.01 ? 1 : 0)} ms`;
  if (size < 20) return `${size.toFixed(1)} s`;
  if (size < 120) return `${Math.round(size)} s`;
  if (size < 7200) return both(Math.round(size), 'min', 's');
  if (size < 172_800) return both(Math.round(size / 60), 'h', 'min');
  return `${Math.round(size / 86_400)} days`;
}

function both(amount: number, unit: string, sixtieth: string): string {
  const rest = amount % 60;
  return `${Math.floor(amount / 60)} ${unit}${rest === 0 ? '' : ` ${rest} ${sixtieth}`}`;
}

/** Seconds from an RFC 3339 time to `now`; negative when it lies ahead. */
export function secondsSince(time: string, now: Date): number {
  return (now.getTime() - Date.parse(time)) / 1000;
}

/** `08:24:18`, in UTC, of an RFC 3339 time. */
export function clockTime(time: string): string {
  return new Date(time).toISOString().slice(11, 19);
}

/** Further back than this a time of day alone would be taken for one of today. */
const TODAY_SECONDS = 20 * 3_600;

/** `08:24:18`, or with its date where it is not of today: `2026-10-12 08:24`. */
export function momentOf(time: string, now: Date): string {
  return secondsSince(time, now) < TODAY_SECONDS
    ? clockTime(time)
    : new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
