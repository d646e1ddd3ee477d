/** `1 alert`, `2 alerts`; a noun with another plural says which. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** `2,900`, of the nearest whole number. Not by `Intl`, whose first use takes longer (17 ms) than all other words of a start. */
export function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `once`, `3 times`. */
export function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** `2026-11-21 03:12 UTC`, of an ISO date: in UTC, as the logs it is compared with. */
export function minuteOf(at: string): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC`;
}

/** `03:12 UTC`, of an ISO date. */
export function clockOf(at: string): string {
  return `${at.slice(11, 16)} UTC`;
}
