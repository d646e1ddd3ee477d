import type { JudgeContext } from '../../../engine/runbook.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { hostOf } from '../../evidence/scrape-targets.ts';
import {
  electionsOf,
  lateInAll,
  lateRounds,
  type Maybe,
  type Pause,
  pauseOf,
  seenWindow,
  unlessSilent,
} from '../facts.ts';
import { limits } from '../limits.ts';
import { lateTold, unlessTold } from '../log/told.ts';
import { LATE_TELLS } from '../log/words.ts';
import { leadersOf, type Member, membership, nameOf, podOf, restarted } from '../members.ts';
import type { Seen } from '../seen.ts';
import type { EtcdTarget } from '../target.ts';
import { counted, duration, listed, percent } from '../words.ts';
import { diskOf } from './disk.ts';

interface Signal {
  readonly words: string;
  readonly state: 'high' | 'low' | 'between';
}

/**
 * The heartbeats are late although the disk is not: the process did not get to run. CPU figures say so directly where
 * they are collected. Where they are not, a process that answers Prometheus late says so; where that was not caught,
 * late heartbeats with a good disk and no slow applies leave nothing else.
 */
export function starvedProcess(seen: Seen, maybe: Maybe, { now }: Pick<JudgeContext<EtcdTarget>, 'now'>): Verdict {
  const late = lateTold(maybe, now);
  const byOthers = maybe.heartbeats === undefined ? (fromContainer(maybe) ?? fromLog(late)) : undefined;
  if (byOthers) return byOthers;
  const led = leadersOf(seen.members, seen.heartbeats);
  if (led.length === 0) return inconclusive('no member that is scraped led in the last 10 minutes');
  const uncounted = led.filter(
    ({ instance }) => !seen.heartbeats.some((row) => row.instance === instance && row.late !== undefined),
  );
  if (uncounted.length > 0) {
    return inconclusive(
      `${listed(uncounted.map(({ instance }) => instance))} counts no late heartbeats (etcd does so since 3.3)`,
    );
  }
  if (lateInAll(seen) < 1) return unlessTold(unlessSilent(notLate(seen, maybe), maybe), late);
  const leaders = led.filter((member) => lateRounds(member, maybe) >= 0.5);
  const verdicts = leaders.map((leader) => judgeLeader(leader, seen, maybe));
  const decided = (verdict: Verdict['verdict']) => verdicts.find((candidate) => candidate.verdict === verdict);
  const all = decided('confirmed') ?? decided('inconclusive') ?? decided('ruled-out');
  return all === undefined ? inconclusive('no leader is known') : unlessSilent(all, maybe);
}

function judgeLeader(leader: Member, seen: Seen, maybe: Maybe): Verdict {
  const rounds = lateRounds(leader, maybe);
  const late = `${nameOf(leader, maybe.pods)}: ${counted(rounds, 'round')} of late heartbeats in 10 minutes`;
  const signals = signalsOf(leader, maybe);
  const high = signals.filter(({ state }) => state === 'high');
  const pause = pauseOf(leader, maybe);
  const disk = diskOf(leader, maybe);
  const isHiccup = rounds < limits.lateRounds && disk.state !== 'slow';
  if (leader.up === 1 && isHiccup && pause.state === 'running') {
    return ruledOut(`${late} are a hiccup (limit ${limits.lateRounds}), and ${running(pause)}`);
  }
  if (high.length > 0 && pause.state !== 'paused') {
    const words = `${late}, and ${wordsOf(high)}`;
    if (rounds < limits.lateRounds)
      return inconclusive(`${words}; but so few are a hiccup (limit ${limits.lateRounds})`);
    if (disk.state === 'slow') return inconclusive(`${words}; but the slow disk explains them as well`);
    if (disk.state === 'unclear') return inconclusive(`${words}; but the disk is not cleared: ${disk.reason}`);
    return confirmed(words);
  }
  if (leader.up !== 1) return inconclusive(`${late}, and now it does not answer at all`);
  if (pause.state === 'paused') {
    const asked = `one request in twenty for its metrics, which need no disk, took over ${duration(pause.p95)} (usually ${duration(pause.usual)})`;
    return confirmed(`${late}, and the whole process paused: ${asked}. ${cpuWords(signals)}`);
  }
  const allLow = signals.length > 0 && signals.every(({ state }) => state === 'low');
  if (disk.state === 'slow') {
    if (allLow) return ruledOut(`${wordsOf(signals)}; the slow disk explains the late heartbeats`);
    if (pause.state === 'running') {
      return ruledOut(`${running(pause)}, so it got to run; the slow disk explains the late heartbeats`);
    }
    return inconclusive(
      `${late}; the slow disk explains them, and ${pause.answered} answered scrapes do not show whether the process was starved as well`,
    );
  }
  if (disk.state === 'unclear') return inconclusive(`${late}; the disk is not cleared: ${disk.reason}`);

  const applies = seen.apply.find(({ instance }) => instance === leader.instance);
  if (applies?.slow === undefined) {
    return inconclusive(`${late}; whether applies were slow is not known for this member`);
  }
  if (applies.slow >= limits.slowApplies) {
    return inconclusive(`${late}; ${counted(applies.slow, 'slow apply')} may be the reason`);
  }
  if (rounds < limits.lateRounds) {
    return inconclusive(`${late} are few (limit ${limits.lateRounds}), and nothing else shows a pause`);
  }
  if (allLow) {
    return inconclusive(
      `${late} with a good disk, yet ${wordsOf(signals)}: a pause of the whole machine would look so`,
    );
  }
  // What is left when nothing else is: CPU figures fit, or nobody collects any.
  const collected = [...seen.container, ...seen.nodeLoad].length > 0;
  const who = signals.length > 0 ? 'the process' : 'the process, or its whole machine,';
  return confirmed(
    `${late} with a good disk (${disk.reason}) and no slow applies: ${who} did not get to run in time. ${collected ? cpuWords(signals) : cpuWords([])}`,
  );
}

/** No heartbeat was late on any leader; a starved follower shows by the elections it calls. */
function notLate(seen: Seen, maybe: Maybe): Verdict {
  const elections = electionsOf(seen);
  const { answering, silent } = membership(seen.members, maybe.peers, maybe.pods);
  const calm = `no heartbeat was late in ${seenWindow(maybe)}`;
  const high = answering.flatMap((member) => signalsOf(member, maybe)).filter(({ state }) => state === 'high');
  if (high.length > 0) return inconclusive(`${wordsOf(high)}, but ${calm}`);
  if (elections < 1) return ruledOut(calm);
  const called = `${calm}, though there ${elections < 1.5 ? 'was 1 election' : `were ${counted(elections, 'election')}`}`;
  const gone = [...silent, ...answering.filter(restarted)].map((member) => nameOf(member, maybe.pods));
  if (gone.length > 0) return ruledOut(`${called}, which the loss or restart of ${listed(gone)} explains`);
  const pauses = answering.map((member) => pauseOf(member, maybe));
  if (answering.length > 0 && pauses.every(({ state }) => state === 'running')) {
    return ruledOut(
      `${called}: every member answered Prometheus in time (p95 ${duration(Math.max(...pauses.map(({ p95 }) => p95)))} at most)`,
    );
  }
  return inconclusive(`${called}: a follower that did not get to run may have called them`);
}

function running({ answered, p95 }: Pause): string {
  return `the process answered ${counted(answered, 'scrape')} in time (p95 ${duration(p95)})`;
}

function signalsOf(member: Member, { container = [], nodeLoad = [], pods }: Maybe): readonly Signal[] {
  const pod = podOf(member, pods);
  const own = container.find(({ pod: name }) => name === (pod?.name ?? member.pod));
  const places = new Set([hostOf(member.instance), ...(pod ? [pod.node, ...pod.addresses] : [])]);
  const machine = nodeLoad.find(({ instance, device }) => device === '' && places.has(hostOf(instance)));
  return [
    signal('its container was throttled in', 'of periods', own?.throttled, limits.throttledShare),
    signal('its container waited for CPU', 'of the time', own?.cpuWaiting, limits.cpuWaitingShare),
    signal("its machine's CPU was", 'busy', machine?.busy, limits.nodeBusyShare),
    signal('the hypervisor withheld', "of its machine's CPU", machine?.steal, limits.stealShare),
  ].flat();
}

function signal(before: string, after: string, share: number | undefined, limit: number): readonly Signal[] {
  if (share === undefined) return [];
  const state = share > limit ? 'high' : share < limit / 2 ? 'low' : 'between';
  return [{ state, words: `${before} ${percent(share)} ${after} (limit ${percent(limit)})` }];
}

function wordsOf(signals: readonly Signal[]): string {
  return listed(signals.map(({ words }) => words));
}

function cpuWords(signals: readonly Signal[]): string {
  return signals.length === 0 ? 'No CPU figures are collected for it' : `CPU: ${wordsOf(signals)}`;
}

/** etcd itself is not scraped, but its container is: where nothing else tells, the kernel's pressure figures still tell CPU from disk. */
function fromContainer({ container = [], fsync }: Maybe): Verdict | undefined {
  for (const { pod, throttled, cpuWaiting, ioStalled } of container) {
    const high = [
      ...signal('was throttled in', 'of periods', throttled, limits.throttledShare),
      ...signal('waited for CPU', 'of the time', cpuWaiting, limits.cpuWaitingShare),
    ].filter(({ state }) => state === 'high');
    if (high.length === 0) continue;
    const words = `the container of ${pod} ${wordsOf(high)}`;
    if (fsync !== undefined) return inconclusive(`${words}, but whether any heartbeat was late could not be seen`);
    if (ioStalled === undefined) return inconclusive(`${words}, but whether its disk is slow could not be seen`);
    const stalled = `it is stalled on I/O ${percent(ioStalled)} of the time (limit ${percent(limits.ioStalledShare)})`;
    return ioStalled < limits.ioStalledShare / 2
      ? confirmed(`${words}, and ${stalled}; its heartbeats are not scraped`)
      : inconclusive(`${words}, but ${stalled}: a slow disk explains late heartbeats as well`);
  }
  return undefined;
}

/** Neither is scraped, but the leader writes down what is late. */
function fromLog(late: string | undefined): Verdict | undefined {
  return late === undefined ? undefined : inconclusive(`${late}. ${LATE_TELLS}`);
}
