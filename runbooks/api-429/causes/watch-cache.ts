import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { duration } from '../../evidence/node-words.ts';
import { refusalsOf, rejectionsOf } from '../facts.ts';
import { limits } from '../limits.ts';
import type { Maybe, Seen } from '../seen.ts';
import { perSecond } from '../words.ts';

/** Since 1.31 lists and watches are answered 429 while the watch cache is filled after a start: it passes by itself. */
export function watchCache(seen: Seen, maybe: Maybe): Verdict {
  const { otherRefusals, others, partly } = refusalsOf(seen.answers);
  const reads = otherRefusals.filter(({ verb }) => verb === 'LIST' || verb === 'WATCH');
  const rate = reads.reduce((sum, one) => sum + one.rate, 0);
  if (partly) return inconclusive('of what is refused, some is not told by what it is');
  if (rate < limits.refusedPerSecond) return ruledOut('no list and no watch is refused to speak of');
  const words = `lists and watches are refused ${perSecond(rate)}`;
  const { all = 0, shared, isolated, partly: isPart } = rejectionsOf(seen.flows);
  const rejected = Math.max(all, shared + isolated);
  if (rejected > limits.mostShare * rate)
    return ruledOut(`${words}, and priority and fairness rejects ${perSecond(rejected)}: that is who refuses them`);
  if (others - rate > limits.otherKindShare * others) return inconclusive(`${words}, but other requests as well`);
  if (isPart || rejected > limits.otherKindShare * rate)
    return inconclusive(`${words}, a part of it perhaps by priority and fairness`);
  const young = youngest(seen, maybe);
  if (young) return confirmed(`${words} and nothing else; priority and fairness rejects nothing; ${young}`);
  return inconclusive(
    `${words} and nothing else, but neither the API server nor etcd is seen to have started within 15 minutes`,
  );
}

function youngest(seen: Seen, { members = [] }: Maybe): string | undefined {
  const [server] = seen.servers
    .filter(({ ageSeconds = Number.POSITIVE_INFINITY }) => ageSeconds < limits.youngSeconds)
    .sort((a, b) => (a.ageSeconds ?? 0) - (b.ageSeconds ?? 0));
  if (server) return `the API server at ${server.instance} started ${duration(server.ageSeconds ?? 0)} ago`;
  const member = members.find(({ restarts = 0 }) => restarts >= 1);
  return member && `etcd at ${member.instance} started within half an hour`;
}
