import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { portOf, RENEWED_EVERY_SECONDS } from '../ports.ts';
import { lifeOf, type NodeCause, wouldShow } from '../signs.ts';
import { ofSilence } from '../silence.ts';

/** The window of the rates (queries.ts). */
const RATE_SECONDS = 120;

export const cutOff: NodeCause = {
  title: 'The kubelet lives but does not reach the API server',
  judge: ofSilence((_seen, maybe, { now }) => {
    const life = lifeOf(maybe, now);
    if (life.state === 'renewing') return ruledOut(life.words);
    const port = portOf(maybe, now);
    if (!port)
      return wouldShow(maybe, 'port 10250 answering while rest_client_requests_total{code="<error>"} counts up');
    if (port.kind === 'refuses') return ruledOut(`${port.words}: no live kubelet is seen`);
    if (port.kind === 'silent' || port.kind === 'unclear') {
      return inconclusive(`${port.words}: whether the kubelet lives cannot be seen`);
    }
    const { apiCalls } = maybe;
    if (!apiCalls) return inconclusive(`${port.words}, but its own count of calls to the API server is not to be had`);
    const {
      refusedPerSecond: refused = 0,
      unansweredPerSecond: unanswered = 0,
      brokenPerSecond: broken = 0,
      succeededPerSecond: succeeded = 0,
    } = apiCalls;
    if (refused > 0) return ruledOut(`the API server does answer it: ${refused.toFixed(2)} times a second with 401`);
    const figures = `${unanswered.toFixed(2)} calls a second get no answer`;
    if (unanswered > 0 && life.state === 'run out') return confirmed(`${port.words}, yet ${life.words} and ${figures}`);
    if (broken > 0) {
      return inconclusive(
        `${port.words}; ${broken.toFixed(2)} calls a second are answered 429 or 5xx: see the API server`,
      );
    }
    if (unanswered === 0 && succeeded > 0) {
      const words = `${succeeded.toFixed(2)} of its calls a second succeed`;
      const since = (life.silentSeconds ?? Number.POSITIVE_INFINITY) - RENEWED_EVERY_SECONDS - port.ageSeconds;
      return since >= RATE_SECONDS
        ? ruledOut(words)
        : inconclusive(`${words}, on average of two minutes, and ${life.words}: that may be from before`);
    }
    return inconclusive(`${port.words} and ${life.words}, but ${figures}`);
  }),
  remedies: ['cordon', 'checkPath', 'keepPods'],
};
