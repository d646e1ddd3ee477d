import { confirmed, inconclusive } from '../../../engine/verdict.ts';
import { nameOf } from '../agents.ts';
import type { Maybe, Seen } from '../evidence.ts';
import { limits } from '../limits.ts';
import {
  isLastOf,
  latelyIn,
  type NetworkCause,
  signsOf,
  signWords,
  trusting,
  unwellOf,
  withoutSign,
} from '../signs.ts';
import { listed } from '../words.ts';

/** The same words as for a refused fork, another fault: iptables ran, and did not get its lock. */
export const xtablesLock: NetworkCause = {
  title: 'iptables waits for its lock',
  present: true,
  judge: trusting((seen, maybe, now) => {
    const signs = signsOf(seen, ['lock']);
    const lately = latelyIn(signs, now);
    const last = lately.at(-1);
    if (!last) return withoutSign(seen, signs, now, 'nobody waited for the lock of iptables');
    const words = `${signWords(last)}. ${countWords(lately.length, maybe)}; ${holderWords(seen)}`;
    const fails = unwellOf(seen, now).some((agent) => lately.some(isLastOf(agent)));
    if (lately.length >= limits.lockLines || fails || unwritten(maybe) > 0) return confirmed(words);
    return inconclusive(`${words}. So few are made up for by the next pass`);
  }),
  remedies: ['shareLock', 'keepNetwork'],
};

/** How often kube-proxy could not write its rules. */
function unwritten({ proxy }: Maybe): number {
  return Math.round(proxy?.restoreFailures ?? 0);
}

function countWords(lines: number, maybe: Maybe): string {
  const failed = unwritten(maybe);
  return `${lines} such ${lines === 1 ? 'line' : 'lines'} in ${limits.latelyMinutes} minutes${failed > 0 ? `, and kube-proxy failed ${failed} times to write its rules` : ''}`;
}

/** Who locks a file of its own holds nobody off, and is held off by nobody (kubespray#3192). */
function holderWords({ agents }: Seen): string {
  const alone = agents.agents.filter(({ mountsLock }) => !mountsLock);
  return alone.length > 0
    ? `${listed(alone.map(nameOf))} ${alone.length === 1 ? 'does' : 'do'} not mount /run/xtables.lock, so that ${alone.length === 1 ? 'its' : 'their'} lock is another one`
    : 'all of the network share /run/xtables.lock: somebody holds it long';
}
