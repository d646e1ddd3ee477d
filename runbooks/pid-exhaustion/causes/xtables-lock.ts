import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { serverTime } from '../../evidence/control-plane.ts';
import { isAhead, wasWithin } from '../../evidence/log-time.ts';
import { momentOf, plural } from '../../evidence/node-words.ts';
import { limits } from '../limits.ts';
import type { NetworkRefusal } from '../network-logs.ts';
import { shortageOf } from '../shortage.ts';
import type { PidCause } from '../signs.ts';
import { listed } from '../words.ts';

/** The same words, another fault: iptables ran, so there was a PID for it, and did not get its lock. */
export const xtablesLock: PidCause = {
  title: 'Not PIDs: iptables waits for its lock',
  judge: (seen, maybe, { now }) => {
    const { of, unread, refusals } = seen.networkLogs;
    const locks = refusals.filter(({ kind }) => kind === 'lock');
    const time = serverTime(seen.readyz, now);
    const recent = locks.filter(({ at }) => at && wasWithin(limits.lockMinutes * 60, at, time));
    const last = recent.at(-1) ?? locks.at(-1);
    if (last && recent.length >= limits.lockLines) {
      const shortage = shortageOf(seen, maybe, now);
      const words = `${lineWords(last, time)}. The program ran, so it had a PID`;
      return shortage.state === 'enough' || shortage.state === 'threshold'
        ? confirmed(words)
        : inconclusive(`${words}; who holds its lock so long may wait for one: ${shortage.words}`);
    }
    if (of.length === 0) return inconclusive('no pod of the network was found on the node, whose log would tell');
    if (last) {
      const few = `${plural(recent.length, 'such line')} in ${limits.lockMinutes} minutes: the next pass makes up for so few`;
      return inconclusive(`${lineWords(last, time)}. ${recent.length === 0 ? 'That is no proof of now' : few}`);
    }
    if (unread > 0) return inconclusive(`${listed(of)} waited for no lock, but others of the network were not read`);
    const fork = refusals.at(-1);
    return ruledOut(fork ? `what ${fork.pod} was refused is a fork: ${fork.line}` : `${listed(of)} waited for no lock`);
  },
  remedies: ['shareLock'],
};

function lineWords({ pod, at, line }: NetworkRefusal, now: Date): string {
  const ahead = at && isAhead(at, now) ? ', which lies ahead: of another zone, or by a clock that is wrong' : '';
  return `${pod} wrote ${at ? `at ${momentOf(at, now)}${ahead}` : 'at a time that the line does not tell'}: ${line}`;
}
