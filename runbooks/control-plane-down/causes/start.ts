import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { clockTime, secondsSince } from '../../evidence/node-words.ts';
import { asEnded, isBetweenEnds, mayEndOfItAgain } from '../ending.ts';
import type { Maybe, Seen } from '../evidence.ts';
import { type Fleet, fleetOf, type Instance, NO_PODS, scopeWords } from '../fleet.ts';
import { impactOf } from '../impact.ts';
import { isOfCertificate, mayBeOfOthers, type Run, type Sign, type SignKind, type Spoken } from '../last-words.ts';
import { type Lead, leadOf } from '../lead.ts';
import { limits } from '../limits.ts';
import type { StaticPod } from '../pods.ts';
import { type Context, type PlaneCause, trusting } from '../seen.ts';

/** Whether this is why an instance does not run; `undefined`: what would tell was not seen. */
export interface Finding {
  readonly isIt: boolean | undefined;
  readonly words: string;
  /** It is so however long the container has run since. */
  readonly isLasting?: true;
}
type Find = (pod: StaticPod, seen: Seen, maybe: Maybe, now: Date) => Finding;

/** Instances that do not run: a fix that ends one more is clearly worse. */
export const instancesDown: NonNullable<PlaneCause['measure']> = (seen, maybe, context) => {
  const fleet = fleetOf(seen, maybe, leadOf(seen, maybe, context), context);
  return {
    of: `instances of ${context.target.name} that do not run`,
    value: fleet.down.length,
    unit: 'count',
    worseWhen: 'higher',
    clearlyWorse: 1.3,
  };
};

interface Looked {
  readonly fleet: Fleet;
  readonly lead: Lead;
}

/** Judges why instances do not start, or are not ready: nobody is blamed where all run. */
export function ofThoseDown(
  find: Find,
  alsoOf?: (looked: Looked, seen: Seen, maybe: Maybe, now: Date) => Finding | undefined,
): PlaneCause['judge'] {
  return trusting((seen, maybe, context) => {
    const lead = leadOf(seen, maybe, context);
    const fleet = fleetOf(seen, maybe, lead, context);
    if (fleet.instances.length === 0) return inconclusive(NO_PODS);
    const found = fleet.instances.flatMap((one) =>
      viewsOf(one, context.now).map((pod) => ({
        one,
        ...unlessOver(find(pod, seen, maybe, context.now), pod, context.now),
      })),
    );
    const proved = found.filter(({ isIt }) => isIt === true);
    const [first] = proved;
    const impact = impactOf(context.target.name, fleet, lead, maybe);
    if (first)
      return confirmed(`${scopeWords([...new Set(proved.map(({ one }) => one))], fleet)}: ${first.words}${impact}`);
    const beside = alsoOf?.({ fleet, lead }, seen, maybe, context.now);
    if (beside?.isIt) return confirmed(`${beside.words}${impact}`);
    const open = found.find(({ isIt }) => isIt === undefined) ?? (beside?.isIt === undefined ? beside : undefined);
    if (open) return inconclusive(open.words);
    return withoutIll(found, fleet, context);
  });
}

/** None of those that were seen: but an instance that was not seen may be another matter. */
function withoutIll(found: readonly Finding[], { instances, down, unclear }: Fleet, { target }: Context) {
  const [away] = [...unclear, ...down.filter(({ state }) => state === 'silent')];
  if (away) return inconclusive(`${away.node}: ${away.words}`);
  const [first] = found;
  if (first) return ruledOut(first.words);
  if (down.length > 0) return ruledOut('the instances that are away have no container that could');
  return ruledOut(`all its instances run and pass their probes (${instances.length} of ${target.name})`);
}

/** How an instance that is not well is looked at; one that runs between two ends as it was when it ended, too. */
function viewsOf({ pod, state }: Instance, now: Date): readonly StaticPod[] {
  if (pod === undefined) return [];
  if (state === 'ending') return [asEnded(pod)];
  if (state === 'unready') return isBetweenEnds(pod, now) ? [pod, asEnded(pod)] : [pod];
  return state === 'stopped' ? [pod] : [];
}

/** What it ended for may be mended since: that is open once it runs longer than the run before. */
function unlessOver(found: Finding, pod: StaticPod, now: Date): Finding {
  const isOpen = found.isIt && pod.stopped?.isOver && !found.isLasting && !mayEndOfItAgain(pod, now);
  if (!isOpen) return found;
  return {
    isIt: undefined,
    words: `of its run before ${pod.name} tells: ${found.words}; it runs again, and that may be over`,
  };
}

/** The run that tells why a pod is as it is: of a container that is stopped the latest there is. */
export function latestRun(pod: StaticPod, { lastWords = [] }: Maybe): Run | undefined {
  const spoken = lastWords.find((one) => one.pod === pod.name);
  if (pod.stopped?.isOver) return spoken?.before ?? undefined;
  return (pod.stopped ? (spoken?.now ?? spoken?.before) : spoken?.now) ?? undefined;
}

/** What a run says: of one that ended what it said in the end, of one that goes on what it said lately. */
export function signOf(kind: SignKind, pod: StaticPod, run: Run, now: Date): Sign | undefined {
  const signs = run.signs.filter((one) => one.kind === kind);
  if (pod.stopped) return signs.findLast(({ isLast, isOwn }) => isLast && (isOwn || !mayBeOfOthers.includes(kind)));
  const isLate = ({ at }: Sign) => at === undefined || Math.abs(secondsSince(at, now)) > limits.nowSeconds;
  return signs.findLast((sign) => (!isOfCertificate(kind) || sign.isOwn) && !isLate(sign));
}

/** Open where a line of this is among the last that a run wrote, and does not say whether it is about itself. */
export function mayBeWhy(kinds: readonly SignKind[], pod: StaticPod, run: Run): Finding | undefined {
  if (!pod.stopped) return undefined;
  const sign = run.signs.findLast(({ kind, isLast, isOwn }) => kinds.includes(kind) && isLast && !isOwn);
  return sign && { isIt: undefined, words: `${pod.name} says: "${sign.line}"; whether it ended for that it does not` };
}

/** 143 and 137: SIGTERM, then SIGKILL, as a failed liveness probe ends it. */
export function isEndedByKubelet({ last }: StaticPod): boolean {
  return last !== undefined && [137, 143].includes(last.exitCode) && last.reason !== 'OOMKilled';
}

export function spokenBy(pod: StaticPod, maybe: Maybe): Spoken | undefined {
  return maybe.lastWords?.find((one) => one.pod === pod.name);
}

const IMAGE = /ErrImage|ImagePull|InvalidImageName|ImageInspectError|RegistryUnavailable/;
export const hasNoImage = ({ stopped }: StaticPod) => stopped !== undefined && IMAGE.test(stopped.reason);

/** By one kind of line in its log. `quoted`: how the line is introduced. */
export function byLog(kind: SignKind, quoted: string, isOnlyOfStopped = false): Find {
  return (pod, seen, maybe, now) => {
    if (hasNoImage(pod)) return { isIt: false, words: `${pod.name} never ran: its image is missing` };
    if (isOnlyOfStopped && !pod.stopped) return { isIt: false, words: `${pod.name} has started` };
    void seen.lastWords; // without any log it stays open
    const run = latestRun(pod, maybe);
    if (run === undefined) return { isIt: undefined, words: `no log of ${pod.name} could be read` };
    const sign = signOf(kind, pod, run, now);
    if (sign) return { isIt: true, words: `${quoted}: "${sign.line}"${endWords(pod)}` };
    const perhaps = mayBeOfOthers.includes(kind) ? mayBeWhy([kind], pod, run) : undefined;
    return perhaps ?? { isIt: false, words: `the last lines of ${pod.name} do not say so` };
  };
}

/** ", exit code 1 at 08:24:18", of a container that is stopped. */
export function endWords({ stopped, last }: StaticPod): string {
  if (!stopped || !last) return '';
  return `, exit code ${last.exitCode}${last.endedAt ? ` at ${clockTime(last.endedAt)}` : ''}`;
}

export const imageMissing: PlaneCause = {
  title: 'Its image cannot be had',
  present: true,
  judge: ofThoseDown((pod) =>
    hasNoImage(pod)
      ? {
          isIt: true,
          words: `${pod.stopped?.reason}, ${pod.image}${pod.stopped?.message ? `: "${pod.stopped.message.slice(0, 200)}"` : ''}`,
        }
      : { isIt: false, words: `${pod.name} has its image: it has started, or ended since` },
  ),
  measure: instancesDown,
  remedies: ['restoreImage', 'whatWorksOn', 'whatNotToDo'],
};

export const badConfiguration: PlaneCause = {
  title: 'It does not start: a flag or a file of its configuration is wrong',
  present: true,
  judge: ofThoseDown(byLog('flag', 'it says', true)),
  measure: instancesDown,
  remedies: ['mendManifest', 'whatWorksOn', 'whatNotToDo'],
};

/** By what a run says of one; also of one that runs on: it is Ready, and does not get its lease. */
function notAccepted(kind: SignKind): PlaneCause['judge'] {
  return ofThoseDown(byLog(kind, 'it says'), ({ fleet, lead }, seen, maybe, now) => {
    if (lead.state === 'held') return undefined;
    const running = fleet.instances.flatMap(({ pod, state }) => (pod && state === 'runs' ? [pod] : []));
    if (running.length === 0 || lead.state === 'none') return undefined;
    const heard = running.filter((pod) => seen.lastWords.some((one) => one.pod === pod.name));
    for (const pod of heard) {
      const run = latestRun(pod, maybe);
      const sign = run && signOf(kind, pod, run, now);
      if (sign) return { isIt: true, words: `${pod.name} runs and does not get its lease; it says: "${sign.line}"` };
    }
    const read = heard.find((pod) => latestRun(pod, maybe));
    return read
      ? { isIt: false, words: `the last lines of ${read.name} do not say so` }
      : { isIt: undefined, words: 'no log of those that run could be read' };
  });
}

/** A client whose certificate has expired hears `Unauthorized` alone, and runs on. */
export const certificate: PlaneCause = {
  title: 'Its certificate is not accepted: expired, or of another CA',
  present: true,
  judge: notAccepted('certificate'),
  measure: instancesDown,
  remedies: ['renewCertificate', 'whatWorksOn', 'whatNotToDo'],
};

/** Of etcd, as an API server sees it; of the API server, as the others do. */
export const othersCertificate: PlaneCause = {
  title: 'It does not accept the certificate of what it depends on: expired, or of another CA',
  present: true,
  judge: notAccepted('othersCertificate'),
  measure: instancesDown,
  remedies: ['renewOthersCertificate', 'whatWorksOn', 'whatNotToDo'],
};
