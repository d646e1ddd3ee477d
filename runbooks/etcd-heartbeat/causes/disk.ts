import type { Measure } from '../../../engine/measure.ts';
import type { JudgeContext } from '../../../engine/runbook.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { hostOf } from '../../evidence/scrape-targets.ts';
import { lateInAll, lateRounds, type Maybe, pauseOf, unlessSilent } from '../facts.ts';
import { limits } from '../limits.ts';
import { leadersOf, type Member, nameOf, placesOf, podOf } from '../members.ts';
import type { Fsync, NodeUse, Seen } from '../seen.ts';
import type { EtcdTarget } from '../target.ts';
import { counted, duration, percent, whole } from '../words.ts';
import { besideLog, byLog, type Figures } from './disk-log.ts';

export interface DiskState {
  readonly state: 'slow' | 'fine' | 'unclear';
  readonly reason: string;
}

/**
 * The leader syncs its log before it answers anybody: while an fsync takes longer than the heartbeat interval, no
 * heartbeat leaves. So a slow disk shows as a high p99 *and* as fsyncs over 64 ms in a number that fits the late
 * heartbeats.
 */
export function slowDisk(seen: Seen, maybe: Maybe, { now }: Pick<JudgeContext<EtcdTarget>, 'now'>): Verdict {
  const byPressure = maybe.fsync === undefined ? fromPressure(maybe) : undefined;
  const isSeen = maybe.members !== undefined && maybe.fsync !== undefined && maybe.heartbeats !== undefined;
  const byOthers = byPressure ?? (isSeen ? undefined : byLog(maybe, now));
  return byOthers ?? besideLog(byFigures(seen, maybe), maybe, now, (pod) => figuresOf(pod, maybe));
}

function byFigures({ members, fsync, heartbeats }: Seen, maybe: Maybe): Verdict {
  if (fsync.length === 0) return inconclusive('no fsync was seen');
  const leaders = leadersOf(members, heartbeats);
  const states = leaders.map((leader) => ({ leader, ...diskOf(leader, maybe) }));
  const slow = states.filter(({ state }) => state === 'slow');
  if (slow.length > 0) {
    return confirmed(slow.map(({ leader, reason }) => `${reason}${deviceOf(leader, maybe)}`).join('; '));
  }
  const others = members.filter((member) => !leaders.includes(member));
  const follower = others.map((member) => ({ member, ...diskOf(member, maybe) })).find(({ state }) => state === 'slow');
  const leading = states.map(({ reason }) => reason).join('; ');
  if (follower) {
    const words = `on a follower: ${follower.reason}${deviceOf(follower.member, maybe)}`;
    if (leaders.length === 0 || !leaders.every((leader) => isCounted(leader, maybe))) {
      return inconclusive(`${words}; whether any heartbeat was late is not known`);
    }
    if (lateInAll({ heartbeats }) < 1)
      return confirmed(`${words}; no heartbeat is late, but commits that need it wait`);
    return inconclusive(`${words}, which delays no heartbeat; of the leader: ${leading}`);
  }
  if (states.length === 0) return inconclusive('no member that is scraped led in the last 10 minutes');
  return unlessSilent(states.every(({ state }) => state === 'fine') ? ruledOut(leading) : inconclusive(leading), maybe);
}

function figuresOf(pod: string, maybe: Maybe): Figures {
  const member = maybe.members?.find((one) => podOf(one, maybe.pods)?.name === pod);
  const long = maybe.fsync?.find(({ instance }) => instance === member?.instance)?.long ?? 0;
  return { isFine: member !== undefined && diskOf(member, maybe).state === 'fine', countsLong: long >= 1 };
}

/** How slow the slow disk is now, in the last two minutes: the worst two of ten would still show what is over. */
export function slowness({ members, fsync, heartbeats }: Seen, maybe: Maybe): Measure | undefined {
  const leaders = leadersOf(members, heartbeats);
  const member = slowMember(members, leaders, maybe) ?? leaders.find(({ leads }) => leads === 1) ?? leaders[0];
  const value = fsync.find(({ instance }) => instance === member?.instance)?.p99Now;
  if (member === undefined || value === undefined) return undefined;
  const of = `WAL fsync p99 of ${podOf(member, maybe.pods)?.name ?? member.instance}`;
  const { fsyncClearlyWorse: clearlyWorse, fsyncBadSeconds: fineUntil } = limits;
  return { of, value, unit: 'seconds', worseWhen: 'higher', clearlyWorse, fineUntil };
}

/** The member whose disk is slow: a leader if there is one, for only that delays heartbeats. */
export function slowMember(members: readonly Member[], leaders: readonly Member[], maybe: Maybe): Member | undefined {
  const others = members.filter((member) => !leaders.includes(member));
  return [...leaders, ...others].find((member) => diskOf(member, maybe).state === 'slow');
}

/** One member's disk by its own figures. */
export function diskOf(member: Member, maybe: Maybe): DiskState {
  const row = maybe.fsync?.find(({ instance }) => instance === member.instance);
  const pause = pauseOf(member, maybe);
  const late = lateRounds(member, maybe);
  const { state, words } =
    row?.p99 === undefined
      ? { state: 'unclear' as const, words: 'no fsync in 10 minutes' }
      : pause.stretches
        ? whilePaused(row, row.p99, late, pause.seconds)
        : byQuantile(row, row.p99, late);
  // Slow, but against what? That the figures fit the late heartbeats is half of it.
  if (state === 'slow' && !isCounted(member, maybe)) {
    return { state: 'unclear', reason: `${nameOf(member, maybe.pods)}: ${words}; late heartbeats are not counted` };
  }
  return { state, reason: `${nameOf(member, maybe.pods)}: ${words}` };
}

function isCounted({ instance }: Member, { heartbeats = [] }: Maybe): boolean {
  return heartbeats.some((row) => row.instance === instance && row.late !== undefined);
}

interface Judged {
  readonly state: DiskState['state'];
  readonly words: string;
}

function byQuantile(row: Fsync, p99: number, late: number): Judged {
  const { count = 0, slow = count } = row;
  const figures = `WAL fsync p99 ${duration(p99)} (good < 8 ms, bad > 16 ms)`;
  const delay = delayBy(row, late);
  if (p99 > limits.fsyncBadSeconds && slow >= limits.fsyncSlowEnough && delay.possible && row.long !== undefined) {
    return { state: 'slow', words: `${figures}; ${delay.words}` };
  }
  if (count < limits.fsyncEnough) return tooFew(count, figures);
  if (p99 < limits.fsyncGoodSeconds && !delay.explains) return unlessCommits(row, figures);
  const isGoodNow = row.p99Now !== undefined && row.p99Now <= limits.fsyncBadSeconds;
  if (!delay.possible && isSporadic(row) && isGoodNow) {
    return unlessCommits(row, `${figures}, but only ${delay.words}: too few to delay heartbeats`);
  }
  return { state: 'unclear', words: `${figures}; ${delay.words}` };
}

/** A pause of the whole process stretches the fsync in flight: then only more than one in twenty speaks of the disk. */
function whilePaused(row: Fsync, p99: number, late: number, pauseSeconds: number): Judged {
  const { p95 = p99, count = 0, slow = count } = row;
  const delay = delayBy(row, late);
  const figures = `WAL fsync p95 ${duration(p95)}, p99 ${duration(p99)} (good < 8 ms, bad > 16 ms); ${delay.words}`;
  const words = `${figures}, while the whole process paused for ${duration(pauseSeconds)} and more, which stretches the fsync in flight`;
  if (p95 > limits.fsyncBadSeconds && slow >= limits.fsyncSlowEnough && delay.possible && row.long !== undefined) {
    return { state: 'slow', words: `${words}; more than one in twenty is slow` };
  }
  if (count < limits.fsyncEnough) return tooFew(count, words);
  return { state: isSporadic(row) ? 'fine' : 'unclear', words };
}

function tooFew(count: number, words: string): Judged {
  const few = `only ${counted(count, 'fsync')} in 10 minutes (${limits.fsyncEnough} are needed)`;
  return { state: 'unclear', words: `${words}, but ${few}` };
}

/** Few fsyncs over 16 ms among all of ten minutes, where the quantile of the worst two may stand on a handful. */
function isSporadic({ slow, count = 0 }: Fsync): boolean {
  return slow !== undefined && slow < limits.sporadicShare * count;
}

/** Whether fsyncs long enough to delay a heartbeat are many enough: to matter at all, or to explain them by themselves. */
function delayBy({ long, count = 0 }: Fsync, late: number): { possible: boolean; explains: boolean; words: string } {
  if (long === undefined) return { possible: true, explains: false, words: 'how many took over 64 ms is unknown' };
  const words = `${whole(long)} of ${whole(count)} took over 64 ms`;
  const handful = long >= limits.fsyncSlowEnough;
  if (late < 1) return { possible: handful, explains: false, words };
  const against = `${words} against ${counted(late, 'late round')} of heartbeats`;
  return {
    possible: handful && long >= limits.longFsyncShare * late,
    explains: handful && long >= late / 2,
    words: against,
  };
}

/** The log is quick, but the database behind it may not be. */
function unlessCommits({ commitMean }: Fsync, words: string): Judged {
  if (commitMean === undefined)
    return { state: 'unclear', words: `${words}; how long backend commits take is not known` };
  if (commitMean <= limits.commitMeanSeconds) return { state: 'fine', words };
  return {
    state: 'unclear',
    words: `${words}; but a backend commit takes ${duration(commitMean)} on average (limit 25 ms)`,
  };
}

/** Others on the device, or the device itself? Empty when node_exporter does not show it. */
function deviceOf(member: Member, maybe: Maybe): string {
  const devices = devicesOf(member, maybe);
  if (devices.length === 0) return '';
  const contended = devices.find(isContended);
  if (contended) {
    const { device, diskBusy = 0, diskQueue = 0 } = contended;
    return `. Contention: ${device} is ${percent(diskBusy)} busy with ${diskQueue.toFixed(1)} requests waiting (limits 90 %, 10): somebody else writes`;
  }
  const busiest = devices.reduce((a, b) => ((b.diskBusy ?? 0) > (a.diskBusy ?? 0) ? b : a));
  return `. No contention (${busiest.device} ${percent(busiest.diskBusy ?? 0)} busy): the device itself is slow`;
}

export function devicesOf(member: Member, { nodeLoad = [], pods }: Maybe): readonly NodeUse[] {
  const places = placesOf(member, pods);
  return nodeLoad.filter(({ instance, device }) => device !== '' && places.has(hostOf(instance)));
}

export function isContended({ diskBusy = 0, diskQueue = 0 }: NodeUse): boolean {
  return diskBusy > limits.diskBusyShare || diskQueue > limits.diskQueue;
}

/** Without etcd's metrics the kernel's pressure figures of its container still tell disk from CPU. */
function fromPressure({ container = [] }: Maybe): Verdict | undefined {
  const stalled = container.find(({ ioStalled = 0 }) => ioStalled > limits.ioStalledShare);
  if (stalled === undefined) return undefined;
  return confirmed(
    `container of ${stalled.pod} is stalled on I/O ${percent(stalled.ioStalled ?? 0)} of the time (limit 10 %); its fsync times are not scraped`,
  );
}
