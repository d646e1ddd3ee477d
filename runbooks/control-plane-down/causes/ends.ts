import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { clockTime, secondsSince } from '../../evidence/node-words.ts';
import { endingWords, lastedSeconds } from '../ending.ts';
import type { Maybe, Seen } from '../evidence.ts';
import { fleetOf, NO_PODS } from '../fleet.ts';
import { isOfCertificate, mayBeOfOthers } from '../last-words.ts';
import { leadOf } from '../lead.ts';
import { limits } from '../limits.ts';
import type { StaticPod } from '../pods.ts';
import { type PlaneCause, trusting } from '../seen.ts';
import { dependency } from './dependency.ts';
import {
  byLog,
  endWords,
  type Finding,
  hasNoImage,
  instancesDown,
  isEndedByKubelet,
  latestRun,
  mayBeWhy,
  ofThoseDown,
  signOf,
  spokenBy,
} from './start.ts';

const portTaken = byLog('port', 'its port is taken', true);

/** A probe also fails because the process has ended: of a container that is stopped only its log and its end tell. */
function probe(pod: StaticPod, seen: Seen, maybe: Maybe, now: Date): Finding {
  const taken = portTaken(pod, seen, maybe, now);
  if (taken.isIt || hasNoImage(pod)) return taken;
  const failing = seen.podEvents.findLast(
    (told) => told.pod === pod.name && told.reason === 'Unhealthy' && secondsSince(told.at, now) <= limits.nowSeconds,
  );
  void seen.lastWords; // its log may say why the probe fails
  const run = latestRun(pod, maybe);
  // Of one that runs and is not Ready some probe does fail: for its certificate, or for what its kubelet has not told.
  if (run && (signOf('certificate', pod, run, now) || signOf('othersCertificate', pod, run, now)))
    return { isIt: false, words: `${pod.name} says why its probe fails: a certificate` };
  if (run && dependency(pod, seen, maybe, now).isIt)
    return { isIt: false, words: `${pod.name} says why its probe fails: what it depends on does not answer` };
  if (!failing && !pod.stopped) {
    return {
      isIt: undefined,
      words: `${pod.name} is not Ready, and no probe was told to have failed within ten minutes`,
    };
  }
  if (!failing) {
    if (taken.isIt === undefined) return taken;
    // Of an object that tells much its kubelet drops events (client-go, EventSourceObjectSpamFilter).
    if (isEndedByKubelet(pod))
      return {
        isIt: undefined,
        words: `something told ${pod.name} to end${endWords(pod)}; no event says whether for its probe`,
      };
    return { isIt: false, words: `no probe of ${pod.name} failed lately, and its port is free` };
  }
  const said = `${failing.message} (${failing.count} times, last at ${clockTime(failing.at)})`;
  if (!pod.stopped) return { isIt: true, words: said };
  if (isEndedByKubelet(pod)) return { isIt: true, words: `its kubelet ended it: ${said}` };
  return { isIt: false, words: `${pod.name} ended by itself${endWords(pod)}: its probe fails because of that` };
}

export const probeFails: PlaneCause = {
  title: 'Its health probe fails, or its port is taken',
  present: true,
  judge: ofThoseDown(probe),
  measure: instancesDown,
  remedies: ['askItsHealth', 'whatWorksOn', 'whatNotToDo'],
};

function memory(pod: StaticPod, _seen: Seen, _maybe: Maybe, now: Date): Finding {
  const { last, memoryLimit } = pod;
  if (hasNoImage(pod)) return { isIt: false, words: `${pod.name} never ran: its image is missing` };
  if (last === undefined && pod.restarts > 0) return { isIt: undefined, words: `how ${pod.name} ended is not told` };
  const isIt = last?.reason === 'OOMKilled' && secondsSince(last.endedAt, now) <= limits.signSeconds;
  // Whoever took the rest of it: of that the machine tells, and not the one that was ended.
  if (isIt && !memoryLimit)
    return {
      isIt: undefined,
      words: `the kernel ended ${pod.name}, which has no limit, for memory that its machine had no more: who took it is not told here${endWords(pod)}`,
    };
  return isIt
    ? { isIt, isLasting: true, words: `the kernel ended it at its limit of ${memoryLimit}: OOMKilled${endWords(pod)}` }
    : { isIt, words: `${pod.name} was not ended for its memory` };
}

export const outOfMemory: PlaneCause = {
  title: 'It needs more memory than it may have',
  present: true,
  judge: ofThoseDown(memory),
  measure: instancesDown,
  remedies: ['giveMemory', 'whatWorksOn', 'whatNotToDo'],
};

/** What it ends for, if anything above tells. */
function explanationOf(pod: StaticPod, seen: Seen, maybe: Maybe, now: Date): string | undefined {
  if (hasNoImage(pod)) return 'its image is missing';
  if (memory(pod, seen, maybe, now).isIt) return 'the kernel ended it for its memory';
  const run = latestRun(pod, maybe);
  const kinds = {
    flag: 'its configuration',
    certificate: 'its certificate',
    othersCertificate: 'it does not accept the certificate of what it depends on',
    port: 'its port is taken',
    lease: 'it lost its lease',
    unanswered: 'what it depends on does not answer',
  } as const;
  const told = (['flag', 'certificate', 'othersCertificate', 'port', 'lease', 'unanswered'] as const).find(
    (kind) => run && signOf(kind, pod, run, now),
  );
  if (told) return kinds[told];
  return probe(pod, seen, maybe, now).isIt ? 'its kubelet ends it, because its probe fails' : undefined;
}

/** The rest: none of the above is why. */
export const crashLoop: PlaneCause = {
  title: 'It ends again and again, for a reason of its own',
  present: true,
  judge: ofThoseDown((pod, seen, maybe, now) => {
    if (!pod.stopped) return { isIt: false, words: `${pod.name} runs` };
    const why = explanationOf(pod, seen, maybe, now);
    if (why) return { isIt: false, words: `why ${pod.name} ends is known: ${why}` };
    const run = latestRun(pod, maybe);
    if (run === undefined) return { isIt: undefined, words: `no log of ${pod.name} could be read` };
    const perhaps = mayBeWhy(mayBeOfOthers, pod, run);
    if (perhaps) return perhaps;
    if (isEndedByKubelet(pod))
      return { isIt: undefined, words: `its kubelet ended ${pod.name}${endWords(pod)}; no event tells any more why` };
    if (pod.restarts < 1) return { isIt: undefined, words: `${pod.name} ended once${endWords(pod)}` };
    if (pod.stopped.isOver && (lastedSeconds(pod) ?? Number.POSITIVE_INFINITY) > limits.loopingSeconds)
      return { isIt: undefined, words: `${pod.name}: ${endingWords(pod, now)}; whether it ends again is open` };
    return {
      isIt: true,
      isLasting: true,
      words: `${pod.stopped.reason}, ${pod.restarts} restarts${endWords(pod)}; its last line: "${run.last}"`,
    };
  }),
  measure: instancesDown,
  remedies: ['readWhyItEnds', 'whatWorksOn', 'whatNotToDo'],
};

/** It runs again, as a rule: what happened is over, and the next one comes while API server or etcd are as slow. */
export const leadershipLost: PlaneCause = {
  title: 'It could not renew its lease in time, and ended itself',
  judge: trusting((seen, maybe, context) => {
    const { now } = context;
    if (seen.elections.own === undefined) return ruledOut('it elects no leader, and holds no lease');
    const fleet = fleetOf(seen, maybe, leadOf(seen, maybe, context), context);
    if (fleet.instances.length === 0) return inconclusive(NO_PODS);
    const ended = fleet.instances.flatMap(({ pod }) => {
      const isLately = pod?.last && secondsSince(pod.last.endedAt, now) <= limits.signSeconds;
      return pod && isLately && !hasNoImage(pod) ? [pod] : [];
    });
    if (ended.length === 0) {
      const [doubt] = fleet.unclear;
      return doubt
        ? inconclusive(`${doubt.node}: ${doubt.words}`)
        : ruledOut('none of its containers ended within half an hour');
    }
    void seen.lastWords; // without any log it stays open
    const runs = ended.map((pod) => ({ pod, run: pod.stopped ? latestRun(pod, maybe) : spokenBy(pod, maybe)?.before }));
    for (const { pod, run } of runs) {
      const sign = run?.signs.find(({ kind }) => kind === 'lease');
      const refused = run?.signs.find(({ kind, isOwn }) => isOfCertificate(kind) && isOwn);
      if (sign && refused) return ruledOut(`a certificate is why ${pod.name} could not: "${refused.line}"`);
      const after = pod.stopped ? '' : '; it runs again';
      if (sign) {
        return confirmed(
          `${pod.name} ended itself${atWords(pod)}: "${sign.line}". For 10 s it could not renew: no answer of the API server or etcd, or no CPU of its own${after}`,
        );
      }
    }
    const unread = runs.find(({ run }) => !run);
    if (unread)
      return inconclusive(`${unread.pod.name} ended${atWords(unread.pod)}, and what it said then could not be read`);
    return ruledOut('the container that ended did not say so');
  }),
  remedies: ['askEtcd'],
};

function atWords({ last }: StaticPod): string {
  return last?.endedAt ? ` at ${clockTime(last.endedAt)}` : '';
}
