import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { serverTime } from '../../evidence/control-plane.ts';
import { isLoopback } from '../../evidence/etcd-strangers.ts';
import { plural } from '../../evidence/node-words.ts';
import { hostOf } from '../../evidence/scrape-targets.ts';
import { limits } from '../limits.ts';
import type { Upstream } from '../metrics.ts';
import type { Maybe } from '../seen.ts';
import {
  type DnsCause,
  forbiddenBy,
  heardIn,
  inVain,
  ofOneDomain,
  placed,
  strangeIn,
  throughPolicy,
  waiting,
} from '../signs.ts';
import { few, percent, span } from '../words.ts';

/** What stands between CoreDNS and an upstream that is well: then the upstream is not to blame. */
function blamed(words: string, hosts: readonly string[], maybe: Maybe, now: Date): Verdict {
  const forbidden = forbiddenBy(maybe, 'upstream');
  // A policy that forbids both alike is not why one of them answers and the other does not.
  const others =
    hosts.length > 0 && hosts.every(Boolean) ? answering(maybe, now).filter((to) => !hosts.includes(to)) : [];
  if (forbidden && others.length === 0) return inconclusive(`${words}; ${forbidden}`);
  if (maybe.service === undefined)
    return inconclusive(`${words}; whether that is the cluster's own DNS could not be seen`);
  return hosts.includes(maybe.service?.address ?? '')
    ? inconclusive(`${words}; that is the Service of CoreDNS itself: its Corefile sends questions back to it`)
    : confirmed(
        forbidden
          ? `${words}; ${forbidden}, and ${few(others)} ${others.length === 1 ? 'answers' : 'answer'} all the same`
          : words,
      );
}

/** Those that answer through a policy, and lose nothing. */
function answering(maybe: Maybe, now: Date): readonly string[] {
  const lost = new Set(heardIn(maybe.logs).flatMap((log) => [...log.now.upstream.keys()]));
  const unwell = (maybe.upstreams ?? []).filter(({ failedChecks }) => failedChecks !== 0).map(({ to }) => hostOf(to));
  return lost.has('') ? [] : throughPolicy(maybe, now).filter((to) => !lost.has(to) && !unwell.includes(to));
}

export const upstreamFails: DnsCause = {
  title: 'Its upstream fails, or does not answer',
  judge: (seen, maybe, context) => {
    const now = serverTime(maybe.readyz, context.now);
    const { failing, clean, idle, unclear } = waiting(maybe, 'upstream', now);
    const [first] = failing;
    if (first) {
      const hosts = [...first.now.upstream.keys()].filter(Boolean).toSorted();
      const count = failing.reduce((sum, log) => sum + inVain(log, 'upstream'), 0);
      const words = `${plural(count, 'question')} to ${few(hosts) || 'its upstream'} without an answer within 5 min, of ${placed(failing)} (${first.now.upstreamWords})`;
      if (clean.length > 0) return inconclusive(`${words}; ${placed(clean)} gets its answers`);
      if (unclear.length > 0)
        return inconclusive(
          `${words}; nothing wrong in the log of ${placed(unclear)}; whether anybody asked could not be seen`,
        );
      if (idle.length > 0 && new Set(failing.map(({ node }) => node)).size === 1)
        return inconclusive(
          `${words}; ${placed(idle)} has not been there for clients for 5 min: it may be that one node`,
        );
      const domain = ofOneDomain(failing, maybe);
      if (domain) return inconclusive(`${words}; ${domain}`);
      if (hosts.length > 0 && hosts.every(isLoopback))
        return confirmed(
          `${words}; inside its pod that address is CoreDNS itself: the file of its node, or its Corefile, names no resolver that a pod can ask`,
        );
      const others = strangeIn(heardIn(maybe.logs).filter((log) => !failing.includes(log)));
      return others ? inconclusive(`${words}; ${others}`) : blamed(words, hosts, maybe, now);
    }
    const [unwell] = (maybe.upstreams ?? []).filter(({ failedChecks = 0 }) => failedChecks >= limits.unanswered);
    if (unwell) {
      const { to, failedChecks = 0, failing: pods, asking } = unwell;
      const words = `${plural(Math.round(failedChecks), 'check')} of ${hostOf(to) || 'its upstream'} failed within 5 min`;
      if (pods === undefined || asking === undefined) return inconclusive(`${words}; of how many pods is not counted`);
      const running = (maybe.pods?.all ?? []).filter(({ runningSince }) => runningSince !== undefined).length;
      const all = Math.max(asking, running, maybe.answers?.pods ?? 0);
      const of = `${words}, of ${pods} of ${plural(all, 'pod')}`;
      return pods < all
        ? inconclusive(`${of}: the others reach it, or were not asked`)
        : blamed(of, [hostOf(to)], maybe, now);
    }
    const [broken] = (maybe.upstreams ?? []).filter(({ servfail = 0 }) => servfail >= limits.servfailShare);
    if (broken) {
      const words = `${hostOf(broken.to)} answers ${percent(broken.servfail ?? 0)} SERVFAIL (limit 1 %)`;
      return (broken.perSecond ?? 0) >= limits.fewPerSecond
        ? confirmed(`${words}: it fails, or the servers of the names it is asked for`)
        : inconclusive(`${words}, of very few questions`);
    }
    return absent(seen.upstreams, heardIn(seen.logs), maybe);
  },
  present: true,
  remedies: ['mendUpstream', 'keepDns'],
};

/** Nothing of it was seen: whether it would have been. */
function absent(upstreams: readonly Upstream[], heard: ReturnType<typeof heardIn>, maybe: Maybe): Verdict {
  const lost = heard.reduce((sum, log) => sum + inVain(log, 'upstream'), 0);
  const failed = upstreams.reduce((sum, { failedChecks = 0 }) => sum + failedChecks, 0);
  if (lost > 0 || Math.round(failed) > 0)
    return inconclusive(
      `${plural(lost, 'question')} without an answer, ${plural(Math.round(failed), 'failed check')} within 5 min: that may be chance`,
    );
  if (heard.some(({ cut }) => cut)) return inconclusive('it wrote more within five minutes than was read');
  const strange = strangeIn(heard);
  if (strange) return inconclusive(strange);
  const asked = upstreams.filter(({ perSecond = 0 }) => perSecond > 0);
  const uncounted = asked.find(({ servfail, failedChecks }) => servfail === undefined || failedChecks === undefined);
  if (uncounted)
    return inconclusive(`${hostOf(uncounted.to)} answers; how, and whether it passes its checks, is not counted`);
  if (asked.length === 0) return inconclusive('nothing was passed on to an upstream, so that none could fail');
  const unsaid = unsaidIn(maybe);
  if (unsaid) return inconclusive(unsaid);
  return ruledOut(`${few(asked.map(({ to }) => hostOf(to)))} answered: no failed check, under 1 % SERVFAIL`);
}

/**
 * A question without an answer ends as SERVFAIL of its own, and an upstream that gives none has no figures: only plug-in errors
 * tells, of the block that it stands in. `undefined`: it does, or too few are SERVFAIL.
 */
function unsaidIn({ answers, corefile }: Maybe): string | undefined {
  const { servfail } = answers ?? {};
  if (servfail !== undefined && servfail < limits.servfailShare) return undefined;
  const said =
    servfail === undefined
      ? 'whether it answers SERVFAIL is not counted'
      : `${percent(servfail)} of its answers are SERVFAIL`;
  if (!corefile || corefile.imports)
    return `${said}, and whether its Corefile has plug-in errors in each block could not be seen`;
  const to = few(corefile.unlogged);
  return (
    to &&
    `${said}, and the block that passes on to ${to} has no plug-in errors: nothing tells of questions without an answer`
  );
}

export const upstreamSlow: DnsCause = {
  title: 'Its upstream is slow',
  judge: ({ upstreams }) => {
    const asked = upstreams.flatMap(({ p99, ...one }) => (p99 === undefined ? [] : [{ ...one, p99 }]));
    const [slowest] = asked.toSorted((a, b) => b.p99 - a.p99 || (a.to < b.to ? -1 : 1));
    if (slowest === undefined) return inconclusive('nothing was passed on to an upstream, so that none could be slow');
    const words = `${hostOf(slowest.to)} answers within ${span(slowest.p99)} (p99, limit ${limits.slowSeconds} s)`;
    if (slowest.p99 < limits.quickSeconds) return ruledOut(words);
    if (slowest.p99 < limits.slowSeconds) return inconclusive(`${words}; quick is below ${limits.quickSeconds} s`);
    if (slowest.failedChecks === undefined)
      return inconclusive(`${words}; whether it answers at all, its checks, is not counted`);
    return slowest.failedChecks >= limits.unanswered
      ? inconclusive(`${words}; but it often does not answer at all, which explains that`)
      : confirmed(words);
  },
  measure: ({ upstreams }) => {
    const p99 = Math.max(...upstreams.flatMap((one) => one.p99 ?? []));
    return {
      of: 'p99 of the slowest upstream',
      value: p99,
      unit: 'seconds',
      worseWhen: 'higher',
      // Between two buckets of the histogram lies a factor of two.
      clearlyWorse: 2,
      fineUntil: limits.quickSeconds,
    };
  },
  present: true,
  remedies: ['mendUpstream'],
};
