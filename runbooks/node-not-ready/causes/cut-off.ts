import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { counted } from '../../../engine/words.ts';
import type { Maybe } from '../evidence.ts';
import { type Port, portOf, RENEWED_EVERY_SECONDS } from '../ports.ts';
import { type Life, lifeOf, type NodeCause, wouldShow } from '../signs.ts';
import { ofSilence } from '../silence.ts';
import { IO_STALLED_SHARE } from './kubelet-stuck.ts';

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
      return inconclusive(`${port.words}: whether the kubelet lives cannot be seen${lastSeen(maybe)}`);
    }
    const { apiCalls } = maybe;
    const refused = apiCalls?.refusedPerSecond ?? 0;
    if (refused > 0) return ruledOut(`the API server does answer it: ${refused.toFixed(2)} times a second with 401`);
    if (port.kind === 'lives') return ofLiving(port, life, maybe);
    if (!apiCalls) return inconclusive(`${port.words}, but its own count of calls to the API server is not to be had`);
    const {
      unansweredPerSecond: unanswered = 0,
      brokenPerSecond: broken = 0,
      succeededPerSecond: succeeded = 0,
    } = apiCalls;
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

/**
 * It lives, and lets no scrape in: it does not know who Prometheus is, for it cannot ask. The API server does not answer it,
 * or not in its favour: which of the two, its calls tell as they were seen last. One that waits for its disk may be so as
 * well, but late (seen while a disk was throttled).
 */
function ofLiving(port: Port, { state, words }: Life, { apiCalls, machine }: Maybe): Verdict {
  const lives = `${port.words}, so it lives, yet ${words}`;
  if (!apiCalls) return inconclusive(`${lives}; its own count of calls to the API server is not to be had`);
  const seen = lastSeen({ apiCalls });
  const refused = Math.round(apiCalls.refused ?? 0);
  if (refused > 0)
    return inconclusive(
      `${lives}${seen}; but ${counted(refused, 'of its calls was', 'of its calls were')} answered 401 within 30 minutes`,
    );
  if (!seen || state !== 'run out')
    return inconclusive(`${lives}; one that is not let in (401) answers so, too${seen}`);
  const isStalled = !port.isQuick && !((machine?.ioStalledShare ?? 1) < IO_STALLED_SHARE);
  return isStalled
    ? inconclusive(`${lives}${seen}; but it answers late, as one that waits for its disk does`)
    : confirmed(`${lives}${seen}`);
}

function lastSeen({ apiCalls }: Maybe): string {
  const { unansweredPerSecond = 0 } = apiCalls ?? {};
  if (unansweredPerSecond === 0) return '';
  return `; ${unansweredPerSecond.toFixed(2)} of its calls a second got no answer when they were last seen`;
}
