import type { Cause } from '../../engine/runbook.ts';
import { inconclusive, type Verdict } from '../../engine/verdict.ts';
import { serverTime } from '../evidence/control-plane.ts';
import { plural, secondsSince } from '../evidence/node-words.ts';
import { hostOf } from '../evidence/scrape-targets.ts';
import { limits } from './limits.ts';
import { type Said, unansweredIn } from './log-lines.ts';
import type { PodLog } from './logs.ts';
import { keepsEnding, type Pods, type PodView } from './pods.ts';
import { haveStood, leaveOf } from './policies.ts';
import type { RemedyName } from './remedies.ts';
import type { Maybe, Seen } from './seen.ts';
import type { DnsTarget } from './target.ts';
import { few } from './words.ts';

export type DnsCause = Cause<Seen, RemedyName, DnsTarget>;

/** An API server that has lost etcd answers from its cache: then objects prove nothing, either way. */
export function trusting(judge: DnsCause['judge']): DnsCause['judge'] {
  return (seen, maybe, context) => {
    if (seen.readyz.etcd === false)
      return inconclusive('the API server has lost etcd: what it says may be an old copy');
    return judge(seen, maybe, { ...context, now: serverTime(seen.readyz, context.now) });
  };
}

/** What is told by CoreDNS' pods. Where some of them were not read, nothing is ruled out. */
export function ofPods(
  judge: (pods: readonly PodView[], seen: Seen, maybe: Maybe, now: Date, since: Date) => Verdict,
): DnsCause['judge'] {
  return trusting((seen, maybe, { now, since = now }) => {
    const { all, more } = seen.pods;
    if (all.length === 0) return inconclusive(noPods(seen.pods));
    const found = judge(all, seen, maybe, now, since);
    return more && found.verdict === 'ruled-out'
      ? inconclusive(`${found.reason}; but there are more pods than were looked at`)
      : found;
  });
}

export function noPods({ others }: Pods): string {
  return others > 0
    ? `${plural(others, 'pod')} with k8s-app=kube-dns: another DNS than CoreDNS, whose troubles are not told apart here`
    : 'there is no pod of CoreDNS to look at (k8s-app=kube-dns in kube-system). OpenShift runs it in openshift-dns, and GKE with Cloud DNS nowhere: neither is looked at';
}

/** The containers that end again and again, with their last words as far as somebody kept them. */
export function endingsOf(pods: readonly PodView[], logs: readonly PodLog[], now: Date) {
  return pods
    .filter((pod) => keepsEnding(pod, now))
    .map((pod) => ({ pod, last: logs.find((log) => log.pod === pod.name)?.last }));
}

/**
 * It ends by itself, and nobody knows why: its last words are there and name no reason that is read here. With 0, by SIGKILL
 * and by SIGTERM (137, 143) somebody else ended it.
 */
export function isUnexplained({ pod: { ended }, last }: ReturnType<typeof endingsOf>[number]): boolean {
  if (last === undefined || last.loop || last.config || last.crash) return false;
  return ended?.reason !== 'OOMKilled' && ![0, 137, 143].includes(ended?.exitCode ?? -1);
}

export function unexplainedWords({ pod, last }: ReturnType<typeof endingsOf>[number]): string {
  const how = pod.ended ? ` with exit code ${pod.ended.exitCode}` : '';
  return `${pod.name} ended by itself${how}; its last words name no reason that is known here: ${last?.starved ?? last?.lastLine}`;
}

export interface Heard extends PodLog {
  readonly now: Said;
}

/** Of the pods that run: what they wrote within five minutes. */
export function heardIn(logs: readonly PodLog[] = []): readonly Heard[] {
  return logs.flatMap((log) => (log.now === undefined ? [] : [{ ...log, now: log.now }]));
}

export type Waits = 'upstream' | 'api';

/** How often it waited in vain within five minutes. */
export function inVain({ now }: Heard, what: Waits): number {
  return what === 'upstream' ? unansweredIn(now) : now.api;
}

/** Those that wait in vain, and not so rarely, of all that they ask, that it is chance. */
export function failingOf(maybe: Maybe, what: Waits): readonly Heard[] {
  const often = waitingOften(maybe, what);
  if (what === 'api') return often;
  const rare = areRare(often, maybe);
  // Where nobody counts questions, it takes more to tell them from those that every large cluster loses.
  return rare === undefined ? often.filter((log) => inVain(log, what) >= limits.uncounted) : rare ? [] : often;
}

/** Those that wait in vain, and nobody counts of how many questions: too few to blame anybody, too many to be well. */
export function doubtfulOf(maybe: Maybe): readonly Heard[] {
  const often = waitingOften(maybe, 'upstream');
  return areRare(often, maybe) === undefined ? often : [];
}

function waitingOften({ logs }: Maybe, what: Waits): readonly Heard[] {
  return heardIn(logs).filter((log) => inVain(log, what) >= limits.unanswered);
}

/** Whether the upstreams that leave these without an answer pass their checks all the same, which CoreDNS makes as soon as one is missing. */
export function passChecks(failing: readonly Heard[], { upstreams = [] }: Maybe): boolean | undefined {
  const hosts = new Set(failing.flatMap(({ now }) => [...now.upstream.keys()]));
  const rows = upstreams.filter(({ to }) => hosts.has('') || hosts.has(hostOf(to)));
  if (rows.some(({ failedChecks = 0 }) => failedChecks >= limits.unanswered)) return false;
  return rows.length > 0 && rows.every(({ failedChecks }) => failedChecks !== undefined) ? true : undefined;
}

/**
 * That all questions without an answer are of one domain, in words, unless checks of the upstream fail as well: where the servers
 * of a name are silent a resolver that is well has nothing to say in time either. `undefined`: they are of several, or it is not told.
 */
export function ofOneDomain(failing: readonly Heard[], maybe: Maybe): string | undefined {
  const pass = passChecks(failing, maybe);
  const names = failing.map(({ now }) => now.upstreamNames);
  if (pass === false || names.includes(undefined)) return undefined;
  const [first = [], ...others] = names.flatMap((some) =>
    [...(some ?? [])].map((name) => name.split('.').toReversed()),
  );
  const differ = first.findIndex((label, index) => others.some((other) => other[index] !== label));
  const shared = differ < 0 ? first : first.slice(0, differ);
  if (shared.length < 2) return undefined;
  const checks = pass ? 'its checks pass' : 'whether its checks pass is not counted';
  return `all of them ask for ${shared.toReversed().join('.')}, and ${checks}: perhaps the servers of that name are silent`;
}

/**
 * Whether an upstream leaves less than one question in a hundred without an answer, as is the limit of SERVFAIL, and passes its
 * checks. `undefined`: that is not counted, or more was written than is read.
 */
function areRare(failing: readonly Heard[], { logs, upstreams = [] }: Maybe): boolean | undefined {
  const heard = heardIn(logs);
  const hosts = [...new Set(failing.flatMap(({ now }) => [...now.upstream.keys()]))];
  const rare = hosts.map((host) => {
    // A line that names none may be about each.
    const rows = upstreams.filter(({ to }) => host === '' || hostOf(to) === host);
    if (rows.some(({ failedChecks = 0 }) => failedChecks >= limits.unanswered)) return false;
    const answered = rows.map(({ perSecond = Number.NaN }) => perSecond * limits.heardSeconds);
    const lost = heard.reduce((sum, { now }) => sum + (now.upstream.get(host) ?? 0), 0);
    // Only questions that were answered are timed, and counted so (coredns, plugin/pkg/proxy).
    const all = answered.reduce((sum, count) => sum + count, lost);
    if (rows.length === 0 || Number.isNaN(all) || heard.some(({ cut }) => cut)) return undefined;
    if (lost >= limits.servfailShare * all) return false;
    return rows.every(({ failedChecks }) => failedChecks !== undefined) ? true : undefined;
  });
  if (rare.includes(false)) return false;
  return rare.includes(undefined) ? undefined : true;
}

/**
 * Those that wait in vain; those that never did although they were asked (`clean`), that had no reason to ask (`idle`), and
 * those of which that is not known (`unclear`); and whether all that fail are on other nodes than all that do not. Who writes of
 * failures in words that are not read here is none of them.
 */
export function waiting(maybe: Maybe, what: Waits, now: Date) {
  const failing = failingOf(maybe, what);
  const ending = new Set(maybe.pods?.all.filter(({ isEnding }) => isEnding).map(({ name }) => name));
  const quiet = heardIn(maybe.logs).filter(
    (log) => !log.cut && inVain(log, what) === 0 && strangeOf(log, what) === 0 && !ending.has(log.pod),
  );
  const having = (wanted: boolean | undefined) =>
    quiet.filter(({ pod }) => hadReason(pod, maybe, what, now) === wanted);
  const [clean, idle, unclear] = [having(true), having(false), having(undefined)];
  const apart = clean.length > 0 && failing.every(({ node }) => clean.every((other) => other.node !== node));
  return { failing, clean, idle, unclear, partly: failing.length > 0 && apart };
}

/** It was there for clients for all of the time that its log tells of. It watches the API server whoever asks it. */
function hadReason(name: string, { pods, endpoints }: Maybe, what: Waits, now: Date): boolean | undefined {
  const pod = pods?.all.find((one) => one.name === name);
  if (pod === undefined) return undefined;
  const since = (at: string | undefined) => (at === undefined ? Number.POSITIVE_INFINITY : secondsSince(at, now));
  if (!pod.isReady || Math.min(since(pod.runningSince), since(pod.readyChangedAt)) < limits.heardSeconds) return false;
  return what === 'api' ? true : endpoints?.ready.has(name);
}

function strangeOf({ now }: Heard, what: Waits): number {
  return what === 'upstream' ? now.strange : now.strangeCalls;
}

/** Questions that failed in words that are not read here: not a question without an answer, and not none. */
export function strangeIn(heard: readonly Heard[]): string | undefined {
  const [first] = heard.filter(({ now }) => now.strange > 0);
  return (
    first &&
    `${first.pod} wrote ${plural(first.now.strange, 'time')} of a failure that is not told apart here: ${first.now.strangeWords}`
  );
}

/** The same of calls to the API server. */
export function strangeCallsIn(heard: readonly Heard[]): string | undefined {
  const [first] = heard.filter(({ now }) => now.strangeCalls > 0);
  return (
    first &&
    `${first.pod} wrote ${plural(first.now.strangeCalls, 'time')} of calls to the API server in words that are not told apart here: ${first.now.strangeCallWords}`
  );
}

/** Calls to the API server that its client counted within five minutes; `undefined`: they are not counted. */
export function callsIn({ apiCalls }: Maybe, which: 'refused' | 'unanswered'): number | undefined {
  const figure = apiCalls?.[which];
  return figure === undefined ? undefined : Math.round(figure);
}

/** `coredns-1 on worker-3`, of a few. */
export function placed(logs: readonly Heard[]): string {
  return few(logs.map(({ pod, node }) => `${pod} on ${node}`));
}

/** A NetworkPolicy that lets it not through explains what fails. `undefined`: none does; else how, or what was not seen. */
export function forbiddenBy(maybe: Maybe, what: Waits): string | undefined {
  const { policies, pods } = maybe;
  if (policies === undefined || pods === undefined) return 'whether a NetworkPolicy forbids that could not be seen';
  if (pods.all.length === 0) return 'which NetworkPolicy selects it could not be seen';
  const { leave, names } = leaveOf(policies, pods.all, what, waysOf(maybe, what));
  if (leave === 'free') return undefined;
  return leave === 'nobody'
    ? `NetworkPolicy ${few(names)} forbids that`
    : `NetworkPolicy ${few(names)} lets it ask only some: whether these are among them is not seen here`;
}

/**
 * Who answers on ports and protocols that policies have forbidden to all for longer than figures look back: this network does
 * not seem to enforce them. Not for sure, for some let go on what was open when the policy came.
 */
export function throughPolicy(maybe: Maybe, now: Date): readonly string[] {
  const { policies = [], pods, upstreams = [] } = maybe;
  const ways = waysOf(maybe, 'upstream');
  const { leave, over } = leaveOf(policies, pods?.all ?? [], 'upstream', ways);
  if (leave !== 'nobody' || !haveStood(over, now)) return [];
  return upstreams.flatMap(({ to, perSecond = 0 }) =>
    perSecond > 0 && ways.some((way) => way.endsWith(` ${portOf(to) ?? '53'}`)) ? hostOf(to) : [],
  );
}

/** `10.0.0.2:53` → `53`. */
const portOf = (to: string) => /:(\d+)$/.exec(to)?.[1];

/**
 * What was asked for in vain, as the lines name it: `UDP 53`, `TCP 853`; of upstreams else by the ports that are counted. None:
 * neither names any.
 */
export function waysOf(maybe: Maybe, what: Waits): readonly string[] {
  const named = heardIn(maybe.logs).flatMap(({ now }) => [...(what === 'api' ? now.apiWays : now.upstreamWays)]);
  const ports = (maybe.upstreams ?? []).flatMap(({ to }) => portOf(to) ?? []);
  const counted = ports.map((port) => (port === '853' ? 'TCP 853' : `UDP ${port}`));
  return [...new Set(named.length > 0 || what === 'api' ? named : counted)].toSorted();
}
