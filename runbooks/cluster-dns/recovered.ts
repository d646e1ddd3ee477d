import { confirmed, inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import { plural, secondsSince } from '../evidence/node-words.ts';
import { limits } from './limits.ts';
import { namesOf } from './naming.ts';
import type { Seen } from './seen.ts';
import { heardIn, inVain, noPods, trusting } from './signs.ts';
import { few, percent, span } from './words.ts';

/** Nothing bears the names that are known: then its endpoints are not known either. */
function isNamedOtherwise({ pods, endpoints, service, workload }: Seen): boolean {
  return endpoints.all === 0 && namesOf(pods).chart === undefined && service === null && workload === null;
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
  const unwell = heard.find(
    (log) =>
      inVain(log, 'upstream') >= limits.unanswered ||
      inVain(log, 'api') >= limits.unanswered ||
      log.now.refused ||
      log.now.silent > 0,
  );
  if (unwell) return ruledOut(`${unwell.pod} gets no answers: see what it wrote`);
  if (more) return inconclusive('the pods that were looked at are ready; there are others');
  const words = `${plural(all.length, 'pod')} ready, and all of them endpoints`;
  const { answers } = maybe;
  if (answers === undefined) {
    const nobodyCounts = ['not-configured', 'not-found'].includes(failures?.get('answers') ?? '');
    return nobodyCounts && heard.length > 0
      ? confirmed(`${words}; they write of nothing wrong, and nobody counts their answers`)
      : inconclusive(`${words}; how they answer could not be seen`);
  }
  const { servfail, p99 } = answers;
  if (servfail === undefined) return inconclusive(`${words}; how they answer is not counted`);
  if (servfail >= limits.servfailShare) return ruledOut(`${words}, but ${percent(servfail)} of answers are SERVFAIL`);
  if (p99 !== undefined && p99 >= limits.slowSeconds) return ruledOut(`${words}, but answers take ${span(p99)} (p99)`);
  return confirmed(`${words}; ${percent(servfail)} SERVFAIL`);
});
