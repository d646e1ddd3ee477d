import { confirmed } from '../../../engine/verdict.ts';
import type { Maybe } from '../evidence.ts';
import type { AgentUse } from '../figures.ts';
import { limits } from '../limits.ts';
import { latelyIn, type NetworkCause, type Sign, signsOf, signWords, trusting, withoutSign } from '../signs.ts';
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
    if (sign) {
      const own = fullIn(maybe).find((one) => isRefused(one, [sign]));
      return confirmed(
        `${signWords(sign)}. ${own ? fullWords(own) : 'Whose PIDs ran out, the machine or its own, this does not tell'}`,
      );
    }
    return withoutSign(seen, signs, now, 'no fork was refused to the network');
  }),
  remedies: ['cordon', 'morePids', 'keepNetwork'],
};

/** The pods that have hardly a PID left of those their own limit gives them. */
export function fullIn({ use = [] }: Maybe): readonly AgentUse[] {
  return use.filter(({ pids = 0 }) => pids >= limits.fullShare);
}

/** Whether forks are refused to this very pod: the limit of one is nothing to another. */
export function isRefused({ namespace, pod }: AgentUse, signs: readonly Sign[]): boolean {
  return signs.some((sign) => sign.isLog && sign.pod === `${namespace}/${pod}`);
}

export function fullWords({ namespace, pod, pids = 0 }: AgentUse): string {
  return `${namespace}/${pod} used ${percent(pids)} of the PIDs that its own limit gives it`;
}
