import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import type { EventView } from '../../evidence/event.ts';
import { clockTime, plural } from '../../evidence/node-words.ts';
import { limits } from '../limits.ts';
import { endedLately, keepsEnding, type PodView } from '../pods.ts';
import type { Maybe } from '../seen.ts';
import { selfIn } from '../service.ts';
import {
  type DnsCause,
  endingsOf,
  failingOf,
  type Heard,
  heardIn,
  isUnexplained,
  ofPods,
  unexplainedWords,
} from '../signs.ts';
import { dateTime, few } from '../words.ts';

/** Why a container of CoreDNS ends. Time-outs, upstream or to the API server, end none. */

const isKilled = ({ ended }: PodView) => ended?.reason === 'OOMKilled';
const names = (found: readonly { readonly pod: PodView }[]) => few(found.map(({ pod }) => pod.name));
const none = (pods: readonly PodView[]) =>
  ruledOut(`no container of ${plural(pods.length, 'pod')} ends again and again`);

const ending: DnsCause['measure'] = ({ pods, readyz }, _, { now }) =>
  readyz.etcd === false
    ? undefined
    : {
        of: 'containers of CoreDNS that keep ending',
        value: pods.all.filter((pod) => keepsEnding(pod, now)).length,
        unit: 'count',
        worseWhen: 'higher',
        // One more of two or three: a replica that was well is not any more.
        clearlyWorse: 1.5,
      };

/**
 * Plug-in loop asks itself a question through its upstream; when that comes back, it ends the process. Where the Corefile sends
 * every foreign name to the Service of CoreDNS itself there need not be that plug-in to know, once it shows: containers that
 * end, or questions to that address without an answer. A block for some names may well send them, rewritten, to its Service.
 */
export const loop: DnsCause = {
  title: 'Its upstream leads back to itself (a loop)',
  judge: ofPods((pods, seen, maybe, now) => {
    const endings = pods.some((pod) => keepsEnding(pod, now)) ? endingsOf(pods, seen.logs, now) : [];
    const looping = endings.filter(({ last }) => last?.loop);
    const [first] = looping;
    if (first?.last?.loop) return confirmed(`the last words of ${names(looping)}: ${first.last.loop}`);
    const { corefile } = seen;
    const self = selfIn(corefile?.upstreams, seen.service);
    if (self) {
      void seen.logs; // without them it is not known whether it shows
      const words = `questions on to ${self}, which is the Service of CoreDNS itself`;
      const shows =
        endings.some(({ last }) => !last?.config && !last?.crash) ||
        failingOf(maybe, 'upstream').some(({ now: said }) => said.upstream.has(self));
      return shows && selfIn(corefile?.foreign, seen.service)
        ? confirmed(`its Corefile passes ${words}`)
        : inconclusive(
            `its Corefile passes ${shows ? 'some ' : ''}${words}: a loop if no other block answers them${shows ? '' : ', and nothing shows one: no container ends for it, and none of them is without an answer'}`,
          );
    }
    if (endings.length === 0) return none(pods);
    const unread = endings.filter(({ pod, last }) => last === undefined && !isKilled(pod));
    if (unread.length > 0) return inconclusive(`nobody kept the last words of ${names(unread)}`);
    if (endings.some(({ pod }) => isKilled(pod)) && !corefile?.plugins.has('loop'))
      return inconclusive('without plug-in loop in the Corefile a loop shows as memory that runs out');
    return ruledOut(`the last words of ${names(endings)} say nothing of a loop`);
  }),
  measure: ending,
  present: true,
  remedies: ['mendLoop', 'remake'],
};

/** At a start the process ends with the reason; on a change it goes on with the Corefile it has, and ends at the next start. */
export const configRefused: DnsCause = {
  title: 'Its configuration is refused (Corefile)',
  judge: ofPods((pods, { logs }, maybe, now) => {
    const endings = endingsOf(pods, logs, now);
    const refused = endings.filter(({ pod, last }) => last?.config && !isKilled(pod));
    const [first] = refused;
    if (first?.last?.config) return confirmed(`the last words of ${names(refused)}: ${first.last.config}`);
    const heard = heardIn(logs);
    const kept = heard.find(({ now: said }) => said.reload !== undefined);
    if (kept)
      return confirmed(
        `${kept.pod} goes on with the Corefile it had, and cannot start with the new one: ${kept.now.reload}`,
      );
    const unread = endings.filter(({ pod, last }) => last === undefined && !isKilled(pod));
    if (unread.length > 0) return inconclusive(`nobody kept the last words of ${names(unread)}`);
    const unexplained = endings.find(isUnexplained);
    if (unexplained) return inconclusive(unexplainedWords(unexplained));
    if (endings.length > 0) return ruledOut(`the last words of ${names(endings)} are of something else`);
    if (heard.length === 0) return inconclusive('no container of it has started');
    if (heard.some(({ cut }) => cut)) return inconclusive('it wrote more within five minutes than was read');
    const untold = untoldChange(heard, pods, maybe);
    if (untold) return inconclusive(untold);
    return ruledOut(
      `no container of ${plural(pods.length, 'pod')} ends, and no change of its Corefile was refused since they started`,
    );
  }),
  measure: ending,
  present: true,
  remedies: ['mendCorefile', 'rollBack'],
};

/**
 * A change that came after a pod started is refused once, in a line that five minutes later nobody reads any more; the next
 * start then ends it. `undefined`: there was none, it was taken, or none was ever refused.
 */
function untoldChange(heard: readonly Heard[], pods: readonly PodView[], { corefile, answers }: Maybe) {
  const { refusedReloads, pods: counted } = answers ?? {};
  if (refusedReloads === 0 && counted !== undefined && counted >= pods.length) return undefined;
  const changed = corefile?.changed;
  const since = (name: string) => pods.find((pod) => pod.name === name)?.runningSince;
  const older = heard.filter(({ pod, now }) => {
    const started = since(pod);
    return !now.reloaded && (!changed || !started || Date.parse(started) < Date.parse(changed.at));
  });
  const [first] = older;
  if (first === undefined) return undefined;
  const refusals = refusedReloads ? `; ${plural(Math.round(refusedReloads), 'reload')} refused since they started` : '';
  return changed
    ? `its Corefile was written at ${dateTime(changed.at)}, after ${first.pod} was started: whether it took it is not in the last 5 min of its log${refusals}`
    : `when its Corefile was written is not known, nor whether ${first.pod} took that${refusals}`;
}

export const outOfMemory: DnsCause = {
  title: 'The kernel ends it for its memory',
  judge: ofPods((pods, _seen, { processes }, now) => {
    const killed = pods.filter(isKilled);
    const [now1] = killed.filter((pod) => keepsEnding(pod, now));
    if (now1)
      return confirmed(
        `${few(killed.map(({ name }) => name))}: ended by the kernel (OOMKilled${at(now1)}), limit ${now1.limits.memory ?? 'not set: its node had none left'}`,
      );
    const [lately] = killed.filter((pod) => endedLately(pod, now));
    if (lately)
      return inconclusive(
        `${lately.name} was OOMKilled${at(lately)} and is ready since; whether it grows again is open`,
      );
    const [untold] = pods.filter((pod) => keepsEnding(pod, now) && pod.ended === undefined);
    if (untold) return inconclusive(`nothing says how ${untold.name} ended`);
    const most = Math.max(...(processes ?? []).flatMap(({ memory }) => memory ?? []));
    const use = Number.isFinite(most) ? `; the fullest uses ${Math.round(most * 100)} % of its limit` : '';
    return ruledOut(`no container of ${plural(pods.length, 'pod')} was ended for its memory lately${use}`);
  }),
  measure: ending,
  present: true,
  remedies: ['moreMemory', 'rollBack', 'findMemory'],
};

function at({ ended }: PodView): string {
  return ended?.finishedAt ? ` at ${clockTime(ended.finishedAt)}` : '';
}

/**
 * The kubelet ends what does not answer its liveness probe, and says so; CoreDNS then goes in good order, or by SIGKILL after that. A
 * dead process answers no probe either: after an end of its own a probe that failed is the effect.
 */
export const livenessFails: DnsCause = {
  title: 'The kubelet ends it: it does not answer its liveness probe',
  judge: ofPods((pods, seen, maybe, now) => {
    if (!pods.some((pod) => keepsEnding(pod, now))) return none(pods);
    const endings = endingsOf(pods, seen.logs, now).filter(
      ({ pod, last }) => !isKilled(pod) && !last?.loop && !last?.config && !last?.crash,
    );
    if (endings.length === 0) return ruledOut('those that end do so for another reason');
    const probes = endings.flatMap(({ pod }) => probeOf(pod, seen.events.get(pod.name) ?? [], now));
    const first = probes.find(({ ender }) => ender === 'kubelet') ?? probes.find(({ ender }) => ender === 'unknown');
    if (first === undefined) {
      if (!endings.every(({ pod }) => seen.events.has(pod.name)))
        return inconclusive('not all pods that end were asked for events');
      // It does not end so by itself, and of an object that tells much its kubelet drops events (client-go, EventSourceObjectSpamFilter).
      const told = endings.find(({ pod }) => enderOf(pod, false) !== 'itself');
      if (told)
        return inconclusive(`no event says who ended ${told.pod.name}${codeOf(told.pod)}: its kubelet may have`);
      const [dead] = probes;
      return dead
        ? ruledOut(
            `${dead.pod.name} ended by itself with exit code ${dead.pod.ended?.exitCode}: a dead process answers no probe, and its kubelet did not end it`,
          )
        : ruledOut(`no event says that a liveness probe of ${names(endings)} failed`);
    }
    const words = `${first.pod.name} at ${clockTime(first.lastSeen)}: ${first.message}`;
    if (first.ender === 'unknown') return inconclusive(`${words}; whether its kubelet ended it for that is not told`);
    if (first.pod.limits.cpu === undefined) return confirmed(words);
    const held = maybe.processes?.find(({ pod }) => pod === first.pod.name)?.throttled;
    if (held === undefined)
      return inconclusive(`${words}; whether its CPU limit of ${first.pod.limits.cpu} holds it back could not be seen`);
    return held >= limits.calmShare
      ? inconclusive(`${words}; its CPU limit holds it back, which explains that`)
      : confirmed(words);
  }),
  measure: ending,
  present: true,
  remedies: ['askLiveness'],
};

function codeOf({ ended }: PodView): string {
  return ended === undefined ? '' : ` (exit code ${ended.exitCode})`;
}

/** Of a liveness probe that failed within the half hour: the event, and who ended the container last. */
function probeOf(pod: PodView, events: readonly EventView[], now: Date) {
  const probed = events.filter(
    ({ message, lastSeen }) =>
      /liveness probe/i.test(message) && now.getTime() - Date.parse(lastSeen) <= limits.latelySeconds * 1000,
  );
  // `Container coredns failed liveness probe, will be restarted` (pkg/kubelet/kuberuntime/kuberuntime_manager.go)
  const isSaid = probed.some(({ reason }) => reason === 'Killing');
  const last = probed.at(-1);
  return last ? [{ pod, ender: enderOf(pod, isSaid), ...last }] : [];
}

/** It leaves with 1 for a reason of its own and with 2 after a panic (Go), never with 0 unless it is told to. */
function enderOf({ ended }: PodView, isSaid: boolean): 'kubelet' | 'itself' | 'unknown' {
  const ownEnd = ended?.exitCode === 1 || ended?.exitCode === 2;
  if (ownEnd) return isSaid ? 'unknown' : 'itself';
  return isSaid || ended?.exitCode === 0 ? 'kubelet' : 'unknown';
}
