import { limits } from './limits.ts';

/**
 * What grows as it did before a pod was ended is not well, however little it is yet: minutes until it is `short` again at the
 * pace of the last ones. `undefined`: not within `limits.shortAgainMinutes`, or it was not seen long enough to say so.
 */
export function minutesUntil(short: number, values: ReadonlyMap<number, number>): number | undefined {
  const [now, before] = [values.get(0), values.get(limits.quietMinutes)];
  if (now === undefined || before === undefined || now <= before) return undefined;
  const minutes = Math.ceil((short - now) / ((now - before) / limits.quietMinutes));
  return minutes <= limits.shortAgainMinutes ? Math.max(1, minutes) : undefined;
}

/** Whether it grew from each look to the next, over `limits.growingLooks` times as long: a pool that is filled stops. */
export function growsWithoutPause(values: ReadonlyMap<number, number>): boolean {
  const looks = Array.from({ length: limits.growingLooks + 1 }, (_, index) => values.get(index * limits.quietMinutes));
  return looks.every((value, index) => {
    const before = looks[index + 1];
    return value !== undefined && (index === limits.growingLooks || (before !== undefined && before < value));
  });
}
