import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { refusalsOf } from '../facts.ts';
import { limits } from '../limits.ts';
import type { Maybe, Seen } from '../seen.ts';
import { perSecond } from '../words.ts';

/** Without priority and fairness the first clients to come fill the plain limits, whoever they are. */
export function fairnessOff(seen: Seen, maybe: Maybe): Verdict {
  const { status } = seen.ownAnswer;
  if (status === 200) return ruledOut('priority and fairness is on');
  if (status !== 404) {
    return maybe.flows
      ? ruledOut('priority and fairness counts requests')
      : inconclusive(`its state was answered with HTTP ${status}`);
  }
  const { others, partly } = refusalsOf(seen.answers);
  if (maybe.flows?.some(({ dispatched = 0 }) => dispatched > 0)) {
    return inconclusive('one API server does not know it, but another counts requests with it');
  }
  if (others >= limits.refusedPerSecond)
    return confirmed(
      `the API server does not know its paths, and refuses ${perSecond(others)}: --max-requests-inflight is all that holds`,
    );
  return partly
    ? inconclusive('it is off; what is refused is not all told')
    : ruledOut('it is off, but nothing is refused');
}
