import { confirmed, inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import type { Maybe, Seen } from './evidence.ts';
import { fleetOf } from './fleet.ts';
import { idleWords } from './idle.ts';
import { leadOf } from './lead.ts';
import { type Context, trusting } from './seen.ts';

/**
 * Whether the component itself works, and each instance of it. An alert about a scrape ends with Prometheus, too, or with a
 * changed rule: it proves nothing. What Prometheus does not see may be well all the same.
 */
export const recovered: (seen: Seen, maybe: Maybe, context: Context) => Verdict = trusting((seen, maybe, context) => {
  const isServer = context.target.name === 'kube-apiserver';
  if (isServer && seen.readyz.status !== 200) {
    return ruledOut(`the API server answers, but its own checks fail: ${seen.readyz.failing.join(', ')}`);
  }
  const lead = leadOf(seen, maybe, context);
  if (lead.state === 'stale') return ruledOut(lead.words);
  const { instances, down, unclear } = fleetOf(seen, maybe, lead, context);
  const [first] = down;
  if (first)
    return ruledOut(`${down.length} of ${instances.length} instances are not well: ${first.node}, ${first.words}`);
  const [doubt] = [...unclear, ...instances.filter(({ state }) => state === 'ending')];
  if (doubt) return inconclusive(`${doubt.node}: ${doubt.words}`);
  const all =
    instances.length > 0
      ? `, and all of its instances are Ready (${instances.length})`
      : '; its pods are not seen here';
  if (isServer) return confirmed(`the API server answers, and all its own checks pass${all}`);
  const alone = lead.state !== 'unclear' && idleWords(seen, maybe, context);
  if (alone) return inconclusive(`${lead.words}, but ${alone}`);
  if (lead.state === 'held') return confirmed(`${lead.words}${all}`);
  if (lead.state === 'unclear') return inconclusive(lead.words);
  const answers = maybe.scrapes?.now ?? [];
  const isSeen = answers.length > 0 && answers.every(({ up }) => up === 1);
  if (isSeen && instances.length > 0) return confirmed(`${lead.words}; all of its targets answer Prometheus${all}`);
  return inconclusive(`${lead.words}: whether it works could not be seen`);
});
