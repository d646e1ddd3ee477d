import { limits } from './limits.ts';
import { count } from './words.ts';

/**
 * What grows as it did before a pod was ended is not well, however little it is yet: at the pace of the last minutes it is
 * `full` within `limits.refilledWithinMinutes`. In words; `undefined`: it does not, or was not seen long enough to say so.
 */
export function refills(values: ReadonlyMap<number, number>, full: number): string | undefined {
  const [now, before] = [values.get(0), values.get(limits.quietMinutes)];
  if (now === undefined || before === undefined || now <= before) return undefined;
  const minutes = Math.ceil((full - now) / ((now - before) / limits.quietMinutes));
  return minutes <= limits.refilledWithinMinutes
    ? `and it grows: at this pace there are none left in ${count(Math.max(1, minutes), 'minute')}`
    : undefined;
}
