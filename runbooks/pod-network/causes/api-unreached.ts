import { confirmed, inconclusive } from '../../../engine/verdict.ts';
import { type Agent, agentWords, nameOf } from '../agents.ts';
import type { Seen } from '../evidence.ts';
import {
  isLastOf,
  latelyIn,
  type NetworkCause,
  type Sign,
  signsOf,
  signWords,
  trusting,
  unwellOf,
  withoutSign,
} from '../signs.ts';

/**
 * An agent in the network of the machine reaches the API server by the address of its Service, which is rules of kube-proxy on
 * the same node; or is refused with an old token.
 */
export const apiUnreached: NetworkCause = {
  title: 'The network agent cannot talk to the API server',
  present: true,
  judge: trusting((seen, _maybe, now) => {
    const signs = signsOf(seen, ['noApi']);
    const lately = latelyIn(signs, now);
    const last = lately.at(-1);
    const unknown = latelyIn(signsOf(seen, ['noAnswer']), now).at(-1);
    if (!last && unknown)
      return inconclusive(
        /dial tcp \S+: /.test(unknown.line)
          ? `${signWords(unknown)}; that is not the address of its Service (${seen.apiService.join(', ') || 'not known'}): another one of it, or something else`
          : `${signWords(unknown)}; what that says of the API server is not told apart here`,
      );
    if (!last) return withoutSign(seen, signsOf(seen, ['noApi', 'noAnswer']), now, 'no agent failed to reach it');
    const unwell = unwellOf(seen, now);
    const failing = unwell.find((agent) => lately.some(isLastOf(agent)));
    const words = signWords(last);
    const told = lately.find(({ isLog }) => !isLog);
    if (!failing && !told) return inconclusive(`${words}; ${gotOverWords(unwell, last)}`);
    if (seen.readyz.status !== 200)
      return inconclusive(`${words}; but the API server itself is not ready: ${seen.readyz.failing.join(', ')}`);
    const proxy = unwellProxy(seen, now);
    if (proxy && proxy !== failing) return inconclusive(`${words}. That follows from kube-proxy. ${agentWords(proxy)}`);
    return confirmed(`${words}. The API server answers from elsewhere; ${proxyWords(seen)}`);
  }),
  remedies: ['remakeAgent', 'cordon', 'reachApi', 'keepNetwork'],
};

function gotOverWords(unwell: readonly Agent[], { pod }: Sign): string {
  return unwell.some((agent) => nameOf(agent) === pod)
    ? 'it went on after that, and what it wrote in the end is something else'
    : 'it is ready all the same';
}

function unwellProxy(seen: Seen, now: Date) {
  return unwellOf(seen, now).find(({ app }) => app === 'kube-proxy');
}

function proxyWords({ agents }: Seen): string {
  const proxy = agents.agents.find(({ app }) => app === 'kube-proxy');
  return proxy ? agentWords(proxy) : 'no kube-proxy is here, so that the plug-in itself has to know the way';
}
