import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { clockTime, secondsSince } from '../../evidence/node-words.ts';
import type { Maybe } from '../evidence.ts';
import { portOf } from '../ports.ts';
import { asksRuntime, runtimeCalls, sameWords } from '../runtime-calls.ts';
import { lastWord, type NodeCause, readinessOf, trusting } from '../signs.ts';
import { ruledOutUnlessTold } from '../watched.ts';
import { shownFrom, unlessWellSince, wellNow } from '../well.ts';

export const RUNTIME_DOWN = /container runtime is down/;
/** A runtime that speaks for another, as Docker's shim, answers itself and says so (kubelet, `updateRuntimeUp`). */
export const NOT_READY = /RuntimeReady=false/;
/** Its words of a socket on which nobody listens; the first are Docker's client's. What follows of the network is somebody else's. */
export const NAMES_NOBODY =
  /RuntimeReady=false(?:(?!NetworkReady=).)*(Cannot connect to the Docker daemon|connect: (connection refused|no such file or directory))/s;
/** Said in the first seconds after a start of the kubelet. */
export const JUST_STARTED = /status check may not have completed/;
/** The window of the rates (queries.ts). */
const RATE_SECONDS = 120;
const EVENT_WITHIN_SECONDS = 600;

export const runtimeGone: NodeCause = {
  title: 'The container runtime is gone',
  present: true,
  judge: trusting((seen, maybe, { now }) => {
    const calls = runtimeCalls(maybe, now);
    const unlessTold = (words: string) => ruledOutUnlessTold(words, 'runtime', maybe, now);
    const word = lastWord(maybe, now) ?? lastWord({ node: seen.node }, now);
    if (word?.stands && NAMES_NOBODY.test(word.message)) return confirmed(word.words);
    if (calls?.end === 'badly') return unlessAnswered(calls.words, word, maybe, now);
    if (calls?.end === 'late') return unlessTold(`${calls.words}; where it is gone they fail at once`);
    const port = portOf(maybe, now);
    if (!word?.stands) {
      if (calls?.end === 'well' && port?.kind === 'answers') return unlessTold(calls.words);
      return inconclusive(word?.words ?? 'the node has no Ready condition');
    }
    if (port?.kind === 'half') return ruledOut(`${port.words}: a runtime that is gone fails at once, this one hangs`);
    if (!RUNTIME_DOWN.test(word.message)) {
      if (NOT_READY.test(word.message)) return inconclusive(`${word.words}: gone, hanging, or still starting`);
      if (JUST_STARTED.test(word.message)) return inconclusive(`${word.words}: it has just been started`);
      if (calls?.end === 'in part') return inconclusive(`${calls.words}, and ${word.words}`);
      if (calls) return unlessTold(calls.words);
      if (readinessOf(maybe)?.status === 'False')
        return unlessTold(`${word.words}; it would name a runtime that is gone`);
      return inconclusive(
        `${word.words}, but a runtime that is gone shows there only after 33 s; kubelet_runtime_operations_errors_total would tell`,
      );
    }
    const event = dialFailed(maybe, now);
    if (event) return confirmed(`${word.words}, and event ContainerGCFailed: ${event}`);
    if (calls) return inconclusive(`${word.words}, but ${calls.words}`);
    if (port?.kind === 'answers' && !port.isOtherPath && asksRuntime(maybe)) {
      return confirmed(`${word.words}, and ${port.words}, which a hanging runtime would hold up`);
    }
    return inconclusive(`${word.words}; ${sameWords(maybe)}`);
  }),
  remedies: ['cordon', 'restartRuntime', 'keepPods'],
};

/**
 * What fails for half of a window shows in Ready by then (33 s). Where the kubelet says something else, its runtime answers:
 * again, or now and then, or some calls and not others, which no restart mends.
 */
function unlessAnswered(words: string, word: ReturnType<typeof lastWord>, maybe: Maybe, now: Date) {
  const failsWhile = failsWhileReady(maybe, now);
  if (failsWhile) return inconclusive(failsWhile);
  const isOther = word?.stands && readinessOf(maybe)?.status === 'False' && !RUNTIME_DOWN.test(word.message);
  if (isOther) return inconclusive(`${words}, but ${word.words}, which is not how one that is gone is named`);
  return unlessWellSince(words, shownFrom(now, RATE_SECONDS), maybe, now);
}

/** Most calls to the runtime fail, and the node says all the same that it is Ready, since before the window of the rates. */
export function failsWhileReady(maybe: Maybe, now: Date): string | undefined {
  const calls = runtimeCalls(maybe, now);
  const well = wellNow(maybe, now);
  if (calls?.end !== 'badly' || !well?.since || Date.parse(well.since) >= shownFrom(now, RATE_SECONDS).getTime())
    return undefined;
  return `${calls.words}, but ${well.words} since ${clockTime(well.since)}, and a runtime that is gone shows there after 33 s: it comes and goes, or fails some calls only. On the machine: crictl info, again and again`;
}

export function dialFailed({ events = [] }: Maybe, now: Date): string | undefined {
  const event = events.findLast(
    ({ reason, message }) => reason === 'ContainerGCFailed' && /no such file|connection refused/.test(message),
  );
  return event && secondsSince(event.lastSeen, now) < EVENT_WITHIN_SECONDS ? event.message : undefined;
}
