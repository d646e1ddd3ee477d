import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { serverTime } from '../../evidence/control-plane.ts';
import { clockTime, secondsSince } from '../../evidence/node-words.ts';
import { limits } from '../limits.ts';
import type { PidCause } from '../signs.ts';
import { listed } from '../words.ts';

/** The same words, another fault: iptables ran, so there was a PID for it, and did not get its lock. */
export const xtablesLock: PidCause = {
  title: 'Not PIDs: iptables waits for its lock',
  judge: ({ networkLogs, readyz }, _maybe, { now }) => {
    const { of, unread, refusals } = networkLogs;
    const locks = refusals.filter(({ kind }) => kind === 'lock');
    const time = serverTime(readyz, now);
    const recent = locks.filter(({ at }) => at && secondsSince(at, time) < limits.signMinutes * 60).at(-1);
    if (recent?.at) {
      return confirmed(
        `${recent.pod} wrote at ${clockTime(recent.at)}: ${recent.line}. The program ran, so it had a PID`,
      );
    }
    if (of.length === 0) return inconclusive('no pod of the network was found on the node, whose log would tell');
    const other = locks.at(-1);
    if (other) {
      const when = other.at ? `long ago, at ${clockTime(other.at)}` : 'at a time that the line does not tell';
      return inconclusive(`${other.pod} wrote, ${when}: ${other.line}`);
    }
    if (unread > 0) return inconclusive(`${listed(of)} waited for no lock, but others of the network were not read`);
    const fork = refusals.at(-1);
    return ruledOut(fork ? `what ${fork.pod} was refused is a fork: ${fork.line}` : `${listed(of)} waited for no lock`);
  },
  remedies: ['shareLock'],
};
