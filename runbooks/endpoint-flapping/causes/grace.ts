import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';

import { plural } from '../../evidence/node-words.ts';
import { countedOf } from '../counted.ts';
import { gapsOf, isCounted, type Silence } from '../heartbeat.ts';
import { limits } from '../limits.ts';
import { latestOf, leastOf } from '../manager-log.ts';
import type { Maybe } from '../schema.ts';
import { type FlapCause, onceSilent } from '../signs.ts';
import { span } from '../words.ts';
import { sharedWords } from './control-plane.ts';
import { stallsOf } from './kubelet-stalled.ts';

const RENEWED_AT_SHARE = 0.25;

/** H3. One connection to the API server hung, and HTTP/2 took 45 s to notice. Since 1.32 the grace period outlasts that. */
export const stuckConnection: FlapCause = {
  title: "The kubelet's connection to the API server hung",
  judge: onceSilent((silence, { counts, heartbeats, fleet }, _maybe, now) => {
    const unanswered = countedOf({ counts, heartbeats }, 'unanswered', silence, now);
    const stalls = stallsOf({ counts, heartbeats }, silence, now);
    if (unanswered === undefined || stalls === undefined)
      return inconclusive('its calls to the API server, or its relists, are not scraped');
    if (unanswered.inSilence === 0 && unanswered.otherwise > 0) {
      return inconclusive(
        `${plural(unanswered.otherwise, 'call')} of it to the API server got no answer, at another time within half an hour: ${silence.words}`,
      );
    }
    if (unanswered.inSilence === 0) {
      const all = 'all of its calls to the API server got an answer, within half an hour';
      return isCounted(silence, now) && unanswered.isWhole
        ? ruledOut(all)
        : inconclusive(`${all}; but one that hangs is counted when it is given up: ${silence.words}`);
    }
    const words = `${unanswered.inSilence} of its calls to the API server got no answer`;
    const gaps = gapsOf(heartbeats);
    if (stalls.inSilence > 0)
      return inconclusive(`${words}; but its process stood still as well, which looks the same`);
    if (gaps === undefined) return inconclusive(`${words}; how long its heartbeats were late was not seen`);
    if (silence.backAfterSeconds === undefined) return inconclusive(`${words}, and it is not back`);
    const shared = sharedWords(fleet);
    if (shared) return inconclusive(`${words}; ${shared}`);
    return gaps.longest < limits.oneConnectionSeconds
      ? confirmed(
          `${silence.words}, as when one connection hangs for 45 s: ${words}, its process ran on, and ${gaps.words}`,
        )
      : inconclusive(`${words}; but ${gaps.words}: longer than one connection that hangs (45 s)`);
  }),
  remedies: ['raiseGrace', 'lookAtPath'],
};

/** H1. Heartbeats come a little later than the controller manager waits. */
export const graceTooSmall: FlapCause = {
  title: 'The grace period is too short',
  judge: onceSilent((silence, seen, maybe) => {
    const grace = seen.manager?.graceSeconds;
    if (seen.manager === null)
      return inconclusive('how long the controller manager waits is not visible on this control plane');
    if (grace === undefined)
      return inconclusive(
        `no flag says how long the controller manager waits, nor does its version${graceWords(maybe)}`,
      );
    const renewal = seen.lease.durationSeconds * RENEWED_AT_SHARE;
    const set = seen.manager.byFlag ? 'by its flag' : 'the default of its version';
    const waits = `the controller manager waits ${span(grace)} (${set})`;
    const needed = limits.renewalsPerGrace * renewal;
    if (grace < needed) {
      const words = `${silence.words}: ${waits}, less than ${limits.renewalsPerGrace} renewals of ${span(renewal)}`;
      return ofTooFew({ silence, words, grace, enough: Math.max(needed, limits.advisedGraceSeconds) }, maybe);
    }
    if (grace > limits.hangingConnectionSeconds)
      return ruledOut(
        `${waits}: longer than a connection that hangs (45 s), and than four renewals of ${span(renewal)}`,
      );
    const gaps = gapsOf(seen.heartbeats);
    if (gaps === undefined) return inconclusive(`${waits}; how late heartbeats are was not seen`);
    const late = `${gaps.words}${logWords(maybe, grace)}`;
    if (gaps.longest >= limits.advisedGraceSeconds)
      return ruledOut(
        `${late}: the ${span(limits.advisedGraceSeconds)} that are advised would not have covered it either`,
      );
    if (gaps.atMost < grace && gaps.seen >= limits.coverageShare)
      return ruledOut(`${waits}, and ${late}: they were in time`);
    if (gaps.seen < limits.coverageShare)
      return inconclusive(`${waits}, and ${late}; but it was not seen in all of the half hour`);
    const back = silence.backAfterSeconds;
    if (back === undefined) return inconclusive(`${waits}, and ${late}; but it is not back`);
    if (gaps.longest < limits.hangingConnectionSeconds && back <= limits.marginSeconds)
      return confirmed(
        `${silence.words}, and was back ${back < 1 ? 'at once' : `after ${span(back)}`}: ${waits}, and ${late}`,
      );
    return inconclusive(
      `${waits}, and ${late}; it was back after ${span(back)}: a longer grace period may not cover that`,
    );
  }),
  remedies: ['raiseGrace'],
};

interface TooFew {
  readonly silence: Silence;
  readonly words: string;
  readonly grace: number;
  /** Seconds that would hold the renewals, and what is advised. */
  readonly enough: number;
}

/**
 * Too short for a renewal or two that are lost: why the node was silent, where more would have covered it. How long a
 * silence was its end tells, too: it was seen within a period of the controller manager, and over with the next heartbeat.
 */
function ofTooFew({ silence, words, grace, enough }: TooFew, { heartbeats = [] }: Maybe): Verdict {
  const gaps = gapsOf(heartbeats);
  if (gaps === undefined) return inconclusive(`${words}; how late heartbeats are was not seen`);
  if (gaps.seen < limits.coverageShare)
    return inconclusive(`${words}; ${gaps.words}, but it was not seen in all of the half hour`);
  if (gaps.atMost < grace) return ruledOut(`${words}; but ${gaps.words}: they were in time`);
  const back = silence.backAfterSeconds;
  if (back === undefined) return inconclusive(`${words}; but it is not back, which no grace period mends`);
  const longest = Math.max(gaps.longest, grace + limits.marginSeconds + back);
  return longest < enough
    ? confirmed(words)
    : inconclusive(`${words}; but it was late by up to ${span(longest)}, which ${span(enough)} may not cover either`);
}

/** It calls late only what is older than it waits. */
function graceWords({ managerLog }: Maybe): string {
  const atMost = leastOf(managerLog);
  return atMost === undefined ? '' : `: at most ${span(Math.floor(atMost))}, by its log`;
}

/** What the controller manager wrote of it, to the millisecond: how little was missing. */
function logWords({ managerLog, node }: Maybe, grace: number): string {
  const late = latestOf(managerLog, node?.name ?? '');
  if (late === undefined || late.ageSeconds < grace) return '';
  return `; its log says ${late.ageSeconds.toFixed(2)} s, ${(late.ageSeconds - grace).toFixed(2)} s too late`;
}
