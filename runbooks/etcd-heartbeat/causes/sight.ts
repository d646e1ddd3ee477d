import type { JudgeContext } from '../../../engine/runbook.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { serverTime } from '../../evidence/control-plane.ts';
import type { EtcdPod } from '../../evidence/etcd-pods.ts';
import type { Maybe } from '../facts.ts';
import { limits } from '../limits.ts';
import { lateBefore, lateTold } from '../log/told.ts';
import { type Member, membership, nameOf, podOf, silence } from '../members.ts';
import { portOf } from '../scrape-errors.ts';
import type { Seen } from '../seen.ts';
import type { EtcdTarget } from '../target.ts';
import { allMembers, counted, duration, listed, percent } from '../words.ts';

/**
 * Nobody collects etcd's metrics. That breaks nothing, so it is never the cause of an alert: at most it is why no cause
 * is found, and then says which causes cannot be told apart (how to expose the metrics is listed all the same).
 */
export function notObservable(_seen: Seen, maybe: Maybe, { now }: Pick<JudgeContext<EtcdTarget>, 'now'>): Verdict {
  const { members = [], peers, pods } = maybe;
  const { known, size, answering, silent, isWhole } = membership(members, peers, pods);
  if (known.length > 0 && answering.length === 0) {
    return inconclusive(`no scrape of the ${counted(known.length, 'member')} that Prometheus knows is answered now`);
  }
  const refusing = silent.filter((member) => silence(member) === 'refused');
  if (refusing.length > 0 && maybe.scrapeErrors === undefined) {
    const names = listed(refusing.map((member) => nameOf(member, pods)));
    return inconclusive(
      `what the scrapes of ${names} end with could not be read: ended, or they have another port now`,
    );
  }
  const untold = silent.find(({ up, scrapeSeconds }) => up === undefined || scrapeSeconds === undefined);
  if (untold) return inconclusive(`how scrapes of ${nameOf(untold, pods)} end is not known`);
  const moved = withoutSight(silent, maybe);
  if (moved.length > 0) {
    const names = listed(moved.map((member) => nameOf(member, pods)));
    return inconclusive(
      `nothing listens where the metrics of ${names} are scraped: ended, or they have another port now`,
    );
  }
  if (known.length === size && known.length > 0) {
    if (!isWhole) return inconclusive(`${counted(size, 'member')} scraped; whether there are more could not be seen`);
    if (silent.length === 0) return ruledOut(`${allMembers(size, 'is', 'are')} scraped`);
    const failing = listed(silent.map((member) => nameOf(member, pods)));
    return ruledOut(`all ${size} members are scrape targets; scrapes of ${failing} fail now`);
  }
  if (known.length > 0) {
    return inconclusive(
      `only ${known.length} of ${size} members are scraped: what happens on the others cannot be seen`,
    );
  }
  return inconclusive(
    `etcd cannot be observed: ${whyUnseen(maybe)}. A slow disk, a starved process, a slow network, slow applies and a stuck member cannot be told apart${apiView(maybe)}${logView(maybe, now)}`,
  );
}

/** Its log tells that heartbeats are late, or were; why is another matter. */
function logView(maybe: Maybe, now: Date): string {
  const late = lateTold(maybe, now);
  if (late !== undefined) return `. Its log tells: ${late}`;
  const before = lateBefore(maybe, now);
  return before === undefined ? '' : `. Its log tells: ${before}: that is over, as far as the log tells`;
}

/**
 * Members whose metrics may have moved while they go on: nothing listens on the port that is scraped, which is not the one
 * of their clients, and their pod is ready or was not read.
 */
export function withoutSight(silent: readonly Member[], maybe: Maybe): readonly Member[] {
  const isReady = (member: Member) => podOf(member, maybe.pods)?.ready !== false;
  return silent.filter(
    (member) => silence(member) === 'refused' && portOf(member, maybe) === 'shut' && isReady(member),
  );
}

function whyUnseen({ members, pods, nodes }: Maybe): string {
  const targets = targetsOf(members);
  if (pods === undefined) return targets;
  if (pods.length === 0) {
    const provider = nodes?.nodes[0]?.provider;
    return `${targets}, and no etcd pod runs in this cluster: its control plane is managed${provider ? ` (machines of ${provider})` : ''}, or etcd runs outside it`;
  }
  const unseen = pods.find((pod) => pod.unseen?.listenMetricsUrls !== undefined)?.unseen?.listenMetricsUrls;
  if (unseen !== undefined) return `${targets}; whether it offers them could not be seen: ${unseen}`;
  const urls = [...new Set(pods.map(({ listenMetricsUrls }) => listenMetricsUrls ?? 'not set'))];
  const loopback = !pods.some((pod) => pod.listenMetricsUrls === undefined || offersMetrics(pod));
  return `${targets}; its ${counted(pods.length, 'pod')} set --listen-metrics-urls: ${listed(urls)}${loopback ? ", where only the machine itself can ask (kubeadm's default)" : ''}`;
}

/** On an address that others than the machine itself can ask. */
export function offersMetrics({ listenMetricsUrls = '' }: EtcdPod): boolean {
  return listenMetricsUrls.split(',').some((url) => url !== '' && !/127\.0\.0\.1|localhost|\[::1\]/.test(url));
}

function targetsOf(members: Maybe['members']): string {
  if (members === undefined) return 'Prometheus could not be asked';
  if (members.length === 0) return 'Prometheus scrapes no etcd';
  return `Prometheus has ${counted(members.length, 'scrape target')} for etcd, none of which ever answered`;
}

/** What the API server sees never says why, but it says how bad it is. */
function apiView({ apiServerView = [] }: Maybe): string {
  const slowest = apiServerView
    .filter(({ mean }) => mean !== undefined)
    .sort((a, b) => (b.mean ?? 0) - (a.mean ?? 0))[0];
  if (slowest === undefined) return '';
  const errors = slowest.errors === undefined ? '' : `, ${percent(slowest.errors)} errors`;
  return `. As the API server sees it, its slowest operation, ${slowest.operation}, takes ${duration(slowest.mean ?? 0)} on average${errors}`;
}

/** The API server has lost etcd and goes on answering from its cache, with nothing in the answers that says so. */
export function frozenApi(seen: Seen, maybe: Maybe, { now }: Pick<JudgeContext<EtcdTarget>, 'now'>): Verdict {
  const { readyz } = seen;
  if (readyz.etcd === true) return ruledOut("the API server's etcd check passes");
  if (readyz.etcd === undefined) return inconclusive(`/readyz answered ${readyz.status} and lists no etcd check`);
  const fails = "the API server's etcd check fails";
  if (maybe.lease === undefined || maybe.lease === null) {
    return inconclusive(`${fails}; whether its cached answers are old could not be seen`);
  }
  const age = (serverTime(readyz, now).getTime() - Date.parse(maybe.lease.renewedAt)) / 1_000;
  if (age < -limits.leaseAheadSeconds) {
    const ahead = `the controller manager's lease is dated ${duration(-age)} in the future`;
    return inconclusive(`${fails}, but ${ahead}: how old its cached answers are is not known`);
  }
  const renewed = `the controller manager's lease, renewed every 2 s, is ${duration(Math.max(0, age))} old`;
  if (age < limits.leaseStaleSeconds) return inconclusive(`${fails}, but ${renewed}`);
  return confirmed(`${fails} and ${renewed} (limit 30 s): nodes and pods are shown as they were then`);
}
