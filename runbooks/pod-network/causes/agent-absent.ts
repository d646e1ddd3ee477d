import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { secondsSince } from '../../evidence/node-words.ts';
import type { Seen } from '../evidence.ts';
import { lackingIn } from '../lacking.ts';
import { limits } from '../limits.ts';
import { isYoung, type NetworkCause, named, pluginAgents, trusting, wordOf } from '../signs.ts';

/** A taint that its DaemonSet does not tolerate, as a rule. While a pod is replaced there is none for a moment. */
export const agentAbsent: NetworkCause = {
  title: 'No network agent runs on the node',
  present: true,
  judge: trusting((seen, _maybe, now, since) => {
    const lacking = lackingIn(seen);
    const [first] = lacking;
    if (!first) return noneLacking(seen);
    const { set, place } = first;
    const words = `no pod of DaemonSet ${set.namespace}/${set.name} is here: ${place.words}`;
    if (place.is === 'unclear') return inconclusive(words);
    if (isYoung(seen.placing.createdAt, now)) return inconclusive(`${words}; the node has only just joined`);
    const lasts = since !== undefined && secondsSince(since.toISOString(), now) >= limits.startMinutes * 60;
    if (place.is === 'barred' || lasts || wordOf(seen, now).says === 'no network') return confirmed(words);
    return inconclusive(`${words}; perhaps it is being replaced at this moment`);
  }),
  remedies: ['cordon', 'admitAgent', 'keepNetwork'],
};

function noneLacking(seen: Seen) {
  const agents = pluginAgents(seen);
  if (agents.length > 0) return ruledOut(`${named(agents)} ${agents.length === 1 ? 'is' : 'are'} here`);
  return inconclusive('no network agent of a known name is in this cluster: what it runs with cannot be told');
}
