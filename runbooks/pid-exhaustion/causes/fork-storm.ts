import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { summed } from '../../evidence/over-time.ts';
import { limits } from '../limits.ts';
import { isCovered, minutesFrom } from '../machine.ts';
import type { PidCause } from '../signs.ts';
import { amount, clockMinute, FRESH_MINUTES } from '../words.ts';

/** Processes that live for moments: looked at now and then there are few, while CPU goes and ids are used up in turn. */
export const forkStorm: PidCause = {
  title: 'Processes are started and ended without a pause',
  judge: ({ machine }, _maybe, { now }) => {
    const forks = summed(machine, 'forks');
    if (forks.size === 0) return inconclusive('how many processes the machine starts is not collected');
    const stormy = minutesFrom(forks, limits.forksPerSecond);
    const words = `up to ${amount(Math.max(...forks.values()))} processes were started a second`;
    if (stormy.length >= limits.forkStormMinutes) {
      const last = Math.min(...stormy);
      const until = last <= FRESH_MINUTES ? 'and it goes on' : `until ${clockMinute(now, last)}`;
      return confirmed(
        `${words}, over ${amount(limits.forksPerSecond)} in ${stormy.length} of 30 minutes, ${until}. Whose they are is counted nowhere`,
      );
    }
    if (!isCovered(forks)) return inconclusive(`${words}, but that was not seen all the time`);
    return Math.max(...forks.values()) < limits.calmForksPerSecond ? ruledOut(words) : inconclusive(words);
  },
  remedies: ['calmForks'],
};
