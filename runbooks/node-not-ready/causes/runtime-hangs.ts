import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { duration, plural } from '../../evidence/node-words.ts';
import type { Maybe } from '../evidence.ts';
import { type Port, portOf } from '../ports.ts';
import { asksRuntime, runtimeCalls, sameWords } from '../runtime-calls.ts';
import { lastWord, lifeOf, type NodeCause, readinessOf, trusting } from '../signs.ts';
import { ruledOutUnlessTold } from '../watched.ts';
import { shownFrom, unlessWellSince } from '../well.ts';
import { IO_STALLED_SHARE } from './kubelet-stuck.ts';
import { dialFailed, JUST_STARTED, NAMES_NOBODY, NOT_READY, RUNTIME_DOWN } from './runtime-gone.ts';

const PLEG_UNHEALTHY = /PLEG is not healthy/;
/** Of a kubelet whose first relist is still to come (kubelet, `pkg/kubelet/pleg/generic.go`, `Healthy`). */
const BEFORE_FIRST_RELIST = /pleg has yet to be successful/;
const NETWORK_DOWN = /NetworkReady=false/;
/** The window in which slow relists are counted (queries.ts). */
const RELISTS_SECONDS = 600;
/** More than one: `increase` makes somewhat more of each. Our own limit. */
const AGAIN = 1.5;
/** The window of the rates (queries.ts). */
const CALLS_SECONDS = 120;
/** PLEG looks every second; with the time of a scrape on top. */
const RELISTED_SECONDS = 30;

/**
 * The kubelet lives, renews its lease and answers its health port, but everything that asks the runtime hangs: so the
 * scrape of /metrics times out (and KubeletDown fires) while /metrics/cadvisor answers.
 */
export const runtimeHangs: NodeCause = {
  title: 'The container runtime hangs or is slow (PLEG)',
  present: true,
  judge: trusting((seen, maybe, context) => {
    const word = lastWord(maybe, context.now) ?? lastWord({ node: seen.node }, context.now);
    const message = word?.stands ? word.message : '';
    const down = RUNTIME_DOWN.test(message);
    const isNew = JUST_STARTED.test(message) || BEFORE_FIRST_RELIST.test(message);
    if (NAMES_NOBODY.test(message)) return ruledOut(`${word?.words}: it fails at once instead of hanging`);
    if (!down && !isNew && PLEG_UNHEALTHY.test(message))
      return unlessDisk(word?.words ?? '', maybe) ?? confirmed(word?.words ?? '');
    const port = portOf(maybe, context.now);
    if (port?.kind === 'half') return halfPort(port, down ? (word?.words ?? '') : undefined, maybe, context.now);
    if (!down && isNew)
      return inconclusive(`${word?.words}: it has just been started, and has not heard of its runtime yet`);
    const isAnswered = port?.kind === 'answers' && !port.isOtherPath && asksRuntime(maybe);
    const calls = runtimeCalls(maybe, context.now);
    if (down) {
      if (calls?.end === 'late') return confirmed(`${word?.words}, and ${calls.words}`);
      if (calls?.end === 'badly') return ruledOut(`${calls.words} at once instead of hanging`);
      const gone = dialFailed(maybe, context.now);
      if (gone) return ruledOut(`event ContainerGCFailed: ${gone}`);
      if (isAnswered) return ruledOut(`${port.words}, which a hanging runtime would hold up`);
      return inconclusive(`${word?.words}; ${sameWords(maybe)}`);
    }
    if (NETWORK_DOWN.test(message) && !NOT_READY.test(message))
      return ruledOutUnlessTold(`${word?.words}: the runtime itself answered that`, 'runtime', maybe, context.now);
    if (calls?.end === 'late') return byFigures(calls.words, CALLS_SECONDS, word, maybe, context.now);
    const slow = maybe.kubelet?.slowRelists;
    if (slow !== undefined && slow >= 1) {
      const words = `PLEG took longer than 10 s for ${plural(Math.round(slow), 'relist')} within 10 minutes`;
      if (slow < AGAIN) return inconclusive(`${words}: once, which a moment's load explains`);
      return byFigures(words, RELISTS_SECONDS, word, maybe, context.now);
    }
    const lives = isAnswered ? `${port.words}, which a hanging runtime would hold up` : relistedNow(maybe, port);
    if (lives && slow !== undefined) return ruledOutUnlessTold(lives, 'runtime', maybe, context.now);
    if (!word?.stands) return inconclusive(word?.words ?? 'the node has no Ready condition');
    return byWord(word.words, port);
  }),
  remedies: ['cordon', 'restartRuntime', 'keepPods'],
};

/** By its clock and that of Prometheus. */
function relistedNow({ kubelet }: Maybe, port: Port | undefined): string | undefined {
  const age = kubelet?.plegAgeSeconds;
  if (port?.kind !== 'answers' || age === undefined || age < 0 || age > RELISTED_SECONDS) return undefined;
  return `PLEG looked at its containers ${duration(age)} before its last scrape`;
}

/** Counted over minutes: what the kubelet complains of now, if that is something else, they do not explain. */
function byFigures(words: string, seconds: number, word: ReturnType<typeof lastWord>, maybe: Maybe, now: Date) {
  const verdict = unlessWellSince(words, shownFrom(now, seconds), maybe, now);
  if (verdict.verdict !== 'confirmed') return verdict;
  if (readinessOf(maybe)?.status !== 'True')
    return inconclusive(`${words}; but now ${word?.words ?? lifeOf(maybe, now).words}`);
  return unlessDisk(words, maybe) ?? verdict;
}

/** A machine that waits for its disk shows the same: it would be restarted in vain. */
function unlessDisk(words: string, { machine }: Maybe): Verdict | undefined {
  const stalled = machine?.ioStalledShare;
  if (stalled !== undefined && stalled < IO_STALLED_SHARE) return undefined;
  return inconclusive(
    stalled === undefined
      ? `${words}; a slow disk shows the same, and the I/O pressure of the machine could not be seen`
      : `${words}; but its tasks wait for I/O ${Math.round(stalled * 100)} % of the time: look at the disk first`,
  );
}

function halfPort(port: Port, saysDown: string | undefined, maybe: Maybe, now: Date) {
  if (saysDown) return confirmed(`${port.words}, and ${saysDown}`);
  return (
    unlessDisk(`${port.words}: calls to the runtime hang`, maybe) ??
    unlessWellSince(port.words, shownFrom(now, 0), maybe, now)
  );
}

/**
 * Calls to the runtime end after 2 minutes, so a hanging one shows in the Ready condition after 129 s (measured). How long
 * it has been hanging nothing tells: the alert may have begun long before, with another trouble.
 */
function byWord(words: string, port: Port | undefined) {
  if (port?.kind === 'answers')
    return inconclusive(`${port.words}; whether the runtime hangs or is slow could not be seen`);
  if (port) return inconclusive(`${words}, but ${port.words}`);
  return inconclusive(
    `${words}, but a hanging runtime shows there only after 2 minutes; the scrape of /metrics would tell`,
  );
}
