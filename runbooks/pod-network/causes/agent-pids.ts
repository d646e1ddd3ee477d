import { confirmed } from '../../../engine/verdict.ts';
import type { Maybe } from '../evidence.ts';
import { limits } from '../limits.ts';
import { latelyIn, type NetworkCause, signsOf, signWords, trusting, withoutSign } from '../signs.ts';
import { percent } from '../words.ts';

/**
 * `fork/exec /usr/sbin/iptables: resource temporarily unavailable`: there was no PID for it, of the machine or of the agent's
 * pod. Who takes those of the machine the runbook pid-exhaustion tells.
 */
export const agentPids: NetworkCause = {
  title: 'Forks are refused to the network: no PIDs are left for it',
  present: true,
  judge: trusting((seen, maybe, now) => {
    const signs = signsOf(seen, ['fork']);
    const sign = latelyIn(signs, now).at(-1);
    const full = fullWords(maybe);
    if (sign)
      return confirmed(
        `${signWords(sign)}. ${full ?? 'Whose PIDs ran out, the machine or its own, this does not tell'}`,
      );
    return withoutSign(seen, signs, now, 'no fork was refused to the network');
  }),
  remedies: ['cordon', 'morePids', 'keepNetwork'],
};

export function fullWords({ use = [] }: Maybe): string | undefined {
  const found = use.find(({ pids = 0 }) => pids >= limits.fullShare);
  return (
    found && `${found.namespace}/${found.pod} used ${percent(found.pids ?? 0)} of the PIDs that its own limit gives it`
  );
}
