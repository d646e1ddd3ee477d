import type { Cause } from '../../engine/runbook.ts';
import { inconclusive, type Verdict } from '../../engine/verdict.ts';
import { serverTime } from '../evidence/control-plane.ts';
import { plural } from '../evidence/node-words.ts';
import { limits } from './limits.ts';
import { type Said, unansweredIn } from './log-lines.ts';
import type { PodLog } from './logs.ts';
import { keepsEnding, type Pods, type PodView } from './pods.ts';
import { leaveOf, type Way } from './policies.ts';
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
  judge: (pods: readonly PodView[], seen: Seen, maybe: Maybe, now: Date) => Verdict,
): DnsCause['judge'] {
  return trusting((seen, maybe, { now }) => {
    const { all, more } = seen.pods;
    if (all.length === 0) return inconclusive(noPods(seen.pods));
    const found = judge(all, seen, maybe, now);
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

/** Those that wait in vain, those that never did, and whether the first are on other nodes than the rest. */
export function waiting(logs: readonly Heard[], what: Waits) {
  const failing = logs.filter((log) => inVain(log, what) >= limits.unanswered);
  const clean = logs.filter((log) => !log.cut && inVain(log, what) === 0);
  const apart = clean.length > 0 && failing.every(({ node }) => clean.every((other) => other.node !== node));
  return { failing, clean, partly: failing.length > 0 && apart };
}

/** `coredns-1 on worker-3`, of a few. */
export function placed(logs: readonly Heard[]): string {
  return few(logs.map(({ pod, node }) => `${pod} on ${node}`));
}

/** A NetworkPolicy that lets nobody through explains what fails. `undefined`: none does, or `words` says what was not seen. */
export function forbiddenBy({ policies, pods }: Maybe, way: Way): string | undefined {
  if (policies === undefined || pods === undefined) return 'whether a NetworkPolicy forbids that could not be seen';
  const { leave, names } = leaveOf(policies, pods.all, way);
  return leave === 'nobody' ? `NetworkPolicy ${few(names)} forbids that` : undefined;
}
