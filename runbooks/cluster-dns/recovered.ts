import { confirmed, inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import { plural, secondsSince } from '../evidence/node-words.ts';
import { limits } from './limits.ts';
import type { ApiCalls } from './metrics.ts';
import { namesOf } from './naming.ts';
import type { Seen } from './seen.ts';
import { callsIn, doubtfulOf, failingOf, heardIn, noPods, strangeCallsIn, strangeIn, trusting } from './signs.ts';
import { few, percent, span } from './words.ts';

/** Nothing bears the names that are known: then its endpoints are not known either. */
function isNamedOtherwise({ pods, endpoints, service, workload }: Seen): boolean {
  return endpoints.all === 0 && namesOf(pods).chart === undefined && service === null && workload === null;
}

/** Whether calls to the API server fail, and not by chance: of each pod of which there are such, more than a few. */
function unansweredIn(apiCalls: ApiCalls): Verdict | undefined {
  const [refused, unanswered] = [callsIn({ apiCalls }, 'refused'), callsIn({ apiCalls }, 'unanswered')];
  if (refused === undefined || unanswered === undefined)
    return inconclusive('how many of its calls to the API server fail is not counted');
  if (refused >= limits.unanswered)
    return ruledOut(`${plural(refused, 'call')} to the API server refused within 5 min`);
  return unanswered >= limits.unanswered * Math.max(1, apiCalls.failing ?? 1)
    ? ruledOut(`${plural(unanswered, 'call')} to the API server without an answer within 5 min`)
    : undefined;
}

/**
 * All pods ready for minutes, each an endpoint, none complains, and of what is counted almost nothing is SERVFAIL. Where
 * nobody counts, what the pods write has to do.
 */
export const recovered = trusting((seen, maybe, { now, failures }): Verdict => {
  const { all, more } = seen.pods;
  if (all.length === 0) return inconclusive(noPods(seen.pods));
  const unready = all.filter(({ isReady, isEnding }) => !isReady && !isEnding);
  if (unready.length > 0) return ruledOut(`${few(unready.map(({ name }) => name))} not ready`);
  if (isNamedOtherwise(seen))
    return inconclusive(
      `${plural(all.length, 'pod')} ready; its Service has another name here, so its endpoints are not known`,
    );
  const missing = all.filter(({ name, isEnding }) => !isEnding && !seen.endpoints.ready.has(name));
  if (missing.length > 0) return ruledOut(`${few(missing.map(({ name }) => name))}: ready, and no endpoint`);
  if (seen.endpoints.ready.size === 0) return ruledOut('the Service has no endpoint that is ready');
  const fresh = all.filter(
    ({ readyChangedAt: at, isReady }) => isReady && at !== undefined && secondsSince(at, now) < limits.steadySeconds,
  );
  if (fresh.length > 0)
    return ruledOut(`${few(fresh.map(({ name }) => name))} ready for less than ${span(limits.steadySeconds)}`);
  const heard = heardIn(seen.logs);
  const failing = (['upstream', 'api'] as const).flatMap((what) => failingOf(maybe, what));
  const unwell =
    failing[0] ?? heard.find(({ now: { refusals, silent } }) => refusals >= limits.unanswered || silent > 0);
  if (unwell) return ruledOut(`${unwell.pod} gets no answers: see what it wrote`);
  const isUncounted = (id: 'answers' | 'apiCalls') => ['not-configured', 'not-found'].includes(failures?.get(id) ?? '');
  const calls = isUncounted('apiCalls') ? undefined : unansweredIn(seen.apiCalls);
  if (calls) return calls;
  const strangeCalls = strangeCallsIn(heard.filter((log) => log.now.strangeCalls >= limits.unanswered));
  if (strangeCalls) return inconclusive(strangeCalls);
  const [doubtful] = doubtfulOf(maybe);
  if (doubtful) return inconclusive(`${doubtful.pod} got some answers not; of how many questions is not counted`);
  if (more) return inconclusive('the pods that were looked at are ready; there are others');
  const words = `${plural(all.length, 'pod')} ready, and all of them endpoints`;
  const { answers } = maybe;
  if (answers === undefined) {
    if (!isUncounted('answers') || heard.length === 0)
      return inconclusive(`${words}; how they answer could not be seen`);
    const strange = strangeIn(heard);
    return strange
      ? inconclusive(`${words}; nobody counts their answers, and ${strange}`)
      : confirmed(`${words}; they write of nothing wrong, and nobody counts their answers`);
  }
  const { servfail, p99, pods: counted } = answers;
  if (servfail === undefined) return inconclusive(`${words}; how they answer is not counted`);
  if (servfail >= limits.servfailShare) return ruledOut(`${words}, but ${percent(servfail)} of answers are SERVFAIL`);
  if (p99 === undefined)
    return inconclusive(`${words}; ${percent(servfail)} SERVFAIL; how long answers take is not counted`);
  if (p99 >= limits.slowSeconds) return ruledOut(`${words}, but answers take ${span(p99)} (p99)`);
  const there = all.filter(({ isEnding }) => !isEnding).length;
  if (counted === undefined || counted < there)
    return inconclusive(
      `${words}; ${counted === undefined ? 'of how many answers are counted is not known' : `answers are counted of ${counted} only`}`,
    );
  return confirmed(`${words}; ${percent(servfail)} SERVFAIL`);
});
