import type { Cause } from '../../engine/runbook.ts';
import type { NodeTarget } from '../../engine/target.ts';
import { inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import { serverTime } from '../evidence/control-plane.ts';
import { isAhead, wasWithin } from '../evidence/log-time.ts';
import { conditionOf } from '../evidence/node.ts';
import { leaseAgeSeconds } from '../evidence/node-lease.ts';
import { clockTime, duration, plural, secondsSince } from '../evidence/node-words.ts';
import { type Agent, nameOf, restlessIn } from './agents.ts';
import type { Complaint } from './complaints.ts';
import type { Maybe, Seen } from './evidence.ts';
import { limits } from './limits.ts';
import type { AgentLog } from './logs.ts';
import type { RemedyName } from './remedies.ts';
import { listed } from './words.ts';

export type NetworkCause = Cause<Seen, RemedyName, NodeTarget>;
/** `since`: when the alert says that it began. */
export type Judge = (seen: Seen, maybe: Maybe, now: Date, since: Date | undefined) => Verdict;

/** An API server without etcd answers from its cache: that proves nothing of now. The time is the server's, if ours is off. */
export function trusting(judge: Judge): NetworkCause['judge'] {
  return (seen, maybe, { now, since }) =>
    seen.readyz.etcd === false
      ? inconclusive('the API server has lost etcd: what it says of this node may be an old copy')
      : judge(seen, maybe, serverTime(seen.readyz, now), since);
}

export function isLately(at: string, now: Date): boolean {
  return wasWithin(limits.latelyMinutes * 60, at, now);
}

/** The agents of CNI plug-ins, without kube-proxy. */
export function pluginAgents({ agents }: Pick<Seen, 'agents'>): readonly Agent[] {
  return agents.agents.filter(({ app }) => app !== 'kube-proxy');
}

/** Agents that are not ready, although they have had the time to become so again; or only between two ends. */
export function unwellOf({ agents }: Pick<Seen, 'agents'>, now: Date): readonly Agent[] {
  return agents.agents.filter((agent) => {
    if (agent.isEnding || isYoung(agent.createdAt, now)) return false;
    return endedLately(agent, now) || (!agent.ready && !isBriefly(agent, now));
  });
}

/** It runs, and is not ready for so short a time that a probe or two may have come late. */
function isBriefly({ changedAt, containers }: Agent, now: Date): boolean {
  const runs = containers.every(({ isInit, state }) => isInit || state === 'running');
  return runs && changedAt !== undefined && isYoung(changedAt, now);
}

/** Whether a container of it ended within the longest time a kubelet waits between two attempts: it may do so again. */
export function endedLately(agent: Agent, now: Date): boolean {
  const at = restlessIn(agent)?.ended?.at;
  return at !== undefined && secondsSince(at, now) < limits.quietMinutes * 60;
}

export function isYoung(createdAt: string, now: Date): boolean {
  return secondsSince(createdAt, now) < limits.startMinutes * 60;
}

export function named(agents: readonly Agent[]): string {
  return listed(agents.map(nameOf));
}

/** The reason of Ready=False is the same as for the runtime: its message tells (measured: 3 s after the file was gone). */
const NO_NETWORK = /NetworkReady=false|network plugin|cni (plugin|config)/i;

/** What the kubelet says of the network, if it still stands. */
export interface Word {
  readonly says: 'ready' | 'no network' | 'something else' | 'nothing';
  readonly words: string;
}

export function wordOf({ node, lease }: Pick<Seen, 'node' | 'lease'>, now: Date): Word {
  const ready = conditionOf(node, 'Ready');
  if (ready === undefined || ready.status === 'Unknown')
    return { says: 'nothing', words: 'its kubelet is silent (Ready=Unknown), so nothing it said is of now' };
  const words = `the kubelet says Ready=${ready.status}: "${ready.message}"`;
  const age = leaseAgeSeconds(lease, now);
  if (age === undefined || age > lease.durationSeconds) {
    const silent = age === undefined ? 'it never renewed its lease' : `it renewed its lease ${duration(age)} ago`;
    return { says: 'nothing', words: `${words}, but ${silent}` };
  }
  if (ready.status === 'True') return { says: 'ready', words: `${words}; it asks the runtime every 5 s` };
  return { says: NO_NETWORK.test(ready.message) ? 'no network' : 'something else', words };
}

/** What a silent kubelet reported of its pods is not of now, neither that they run nor that they do not. */
export function ofLiveKubelet(judge: Judge): NetworkCause['judge'] {
  return trusting((seen, maybe, now, since) => {
    const word = wordOf(seen, now);
    return word.says === 'nothing' ? inconclusive(word.words) : judge(seen, maybe, now, since);
  });
}

/** One complaint, who it is of, and whether it is of now. */
export interface Sign {
  readonly kind: Complaint['kind'];
  readonly pod: string;
  readonly isLog: boolean;
  readonly line: string;
  readonly at?: string | undefined;
  /** Of a line: among the last words of its run. What the kubelet says it repeats while it is so. */
  readonly isLast: boolean;
}

export function signsOf(
  seen: Pick<Seen, 'said' | 'logs' | 'apiService'>,
  kinds: readonly Complaint['kind'][],
): readonly Sign[] {
  // Only then is the Service touched: unread it leaves open whoever looks at it.
  const isAboutApi = kinds.includes('noApi') || kinds.includes('noAnswer');
  const of = (isLog: boolean) => (complaint: Complaint & { readonly pod: string; readonly isLast?: boolean }) => {
    const kind = isAboutApi ? kindOf(complaint, seen) : complaint.kind;
    const { pod, line, at, isLast = true } = complaint;
    return kinds.includes(kind) ? [{ kind, pod, isLog, line, at, isLast }] : [];
  };
  return [...seen.said.said.flatMap(of(false)), ...seen.logs.complaints.flatMap(of(true))];
}

/** Whoever gets no answer of the Service's address gets none of the API server; of another one it is not known who that is. */
function kindOf({ kind, to }: Complaint, seen: Pick<Seen, 'apiService'>): Complaint['kind'] {
  return kind === 'noAnswer' && to !== undefined && seen.apiService.includes(to) ? 'noApi' : kind;
}

export function latelyIn(signs: readonly Sign[], now: Date): readonly Sign[] {
  return signs.filter(({ at }) => at !== undefined && isLately(at, now));
}

/** That there is no configuration, while the kubelet has said since that it is Ready: for that it asks the runtime. */
export function isOvertaken({ kind, at }: Pick<Sign, 'kind' | 'at'>, seen: Seen, now: Date): boolean {
  if (kind !== 'noConfig' || at === undefined || wordOf(seen, now).says !== 'ready') return false;
  const since = conditionOf(seen.node, 'Ready')?.lastTransitionTime;
  return secondsSince(at, now) > limits.readySeconds || Date.parse(at) <= Date.parse(since ?? '');
}

/** Whether it may be why this agent fails: what it got over long before it ended is not. */
export function isLastOf(agent: Agent) {
  return ({ pod, isLast }: Sign) => isLast && pod === nameOf(agent);
}

export function signWords({ pod, isLog, at, line }: Sign): string {
  const when = at === undefined ? 'at a time that the line does not tell' : `at ${clockTime(at)}`;
  return isLog ? `${pod} wrote ${when}: ${line}` : `of ${pod} the kubelet said ${when}: ${line}`;
}

/**
 * The verdict where nothing of these kinds was said lately: what was said before is no proof of now, nor is silence where
 * not all was read that would have told.
 */
export function withoutSign(seen: Seen, signs: readonly Sign[], now: Date, quiet: string): Verdict {
  const ahead = signs.findLast(({ at }) => at !== undefined && isAhead(at, now));
  if (ahead) return inconclusive(`${signWords(ahead)}, which lies ahead: of another zone, or by a clock that is wrong`);
  const before = signs.findLast(({ at }) => at === undefined || wasWithin(limits.pastMinutes * 60, at, now));
  if (before) return inconclusive(`${signWords(before)}; not since, as far as was read`);
  // A network that cannot be set up, for a reason that is not told apart: it may be this one.
  const strange = latelyIn(signsOf(seen, ['other']), now).at(-1);
  if (strange) return inconclusive(`${quiet}, but ${signWords(strange)}: in words that are not told apart here`);
  const word = wordOf(seen, now);
  const gap = word.says === 'nothing' ? word.words : gapIn(seen, now);
  return gap === undefined ? ruledOut(quiet) : inconclusive(`${quiet}, but ${gap}`);
}

/** What was not read and might have told. */
function gapIn({ agents, said, logs }: Seen, now: Date): string | undefined {
  if (agents.agents.length === 0) return 'no pod of the network of a known name is here, whose log would tell';
  if (said.unasked > 0)
    return `${plural(said.unasked, 'pod')} more wait${said.unasked === 1 ? 's' : ''}, and were not asked for`;
  if (logs.unread > 0) return `${plural(logs.unread, 'log')} of the network's pods could not be read`;
  const short = logs.logs.find((log) => !reachesBack(log, now));
  return short && `what was read of the log of ${short.pod} does not reach back ${limits.latelyMinutes} minutes`;
}

function reachesBack({ isWhole, from }: AgentLog, now: Date): boolean {
  return isWhole || (from !== undefined && !isLately(from, now));
}
