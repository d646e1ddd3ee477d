import { inconclusive, type Verdict } from '../../engine/verdict.ts';
import type { EtcdPod } from '../evidence/etcd-pods.ts';
import { limits } from './limits.ts';
import { leadersOf, type Member, membership, nameOf } from './members.ts';
import { windowSeconds } from './queries.ts';
import type { Seen } from './seen.ts';
import { duration, listed } from './words.ts';

export type Maybe = Partial<Seen>;

export interface Heartbeat {
  readonly seconds: number;
  /** Why `seconds` is only etcd's default, although something else may well be set. */
  readonly unseen?: string;
  readonly words: string;
}

/**
 * Seconds between heartbeats: the longest any member is set to. Where a pod shows that it is set elsewhere, the pods could
 * not be read, or there is none, it is not known: K3s, for one, sets 500 ms (K3s, `pkg/etcd/etcd.go`).
 */
export function heartbeatOf(pods?: readonly EtcdPod[]): Heartbeat {
  const byDefault = limits.heartbeatSeconds;
  const assumed = (unseen: string) => ({
    seconds: byDefault,
    unseen,
    words: `etcd's default heartbeat interval ${duration(byDefault)}; what is set could not be seen: ${unseen}`,
  });
  if (pods === undefined) return assumed('its pods could not be read');
  if (pods.length === 0) return assumed('it does not run as a static pod of this cluster');
  const hidden = pods.find(({ unseen }) => unseen?.heartbeatMs !== undefined)?.unseen?.heartbeatMs;
  if (hidden !== undefined) return assumed(hidden);
  const seconds = Math.max(...pods.map(({ heartbeatMs }) => (heartbeatMs ? heartbeatMs / 1_000 : byDefault)));
  return { seconds, words: `heartbeat interval ${duration(seconds)}` };
}

/** Rounds of heartbeats a member sent late within ten minutes: the counter counts each follower. */
export function lateRounds(member: Member, { heartbeats = [], members = [], peers, pods }: Maybe): number {
  const late = heartbeats.find(({ instance }) => instance === member.instance)?.late ?? 0;
  return late / Math.max(1, membership(members, peers, pods).size - 1);
}

/** Heartbeats sent late within ten minutes, by all leaders together. */
export function lateInAll({ heartbeats = [] }: Pick<Maybe, 'heartbeats'>): number {
  return heartbeats.reduce((sum, { late = 0 }) => sum + late, 0);
}

/**
 * A ruling out by the minutes before, where a leader of those minutes does not answer now, or nobody does: what it does
 * now is not in its figures.
 */
export function unlessSilent(verdict: Verdict, { members = [], heartbeats, scrapes, peers, pods }: Maybe): Verdict {
  if (verdict.verdict !== 'ruled-out') return verdict;
  const { answering, silent } = membership(members, peers, pods);
  const untold = silent.find((member) => member.led === undefined && wasHeard(member, scrapes));
  if (untold) {
    return inconclusive(
      `${nameOf(untold, pods)} does not answer now, and whether it led is not known; of the others, ${verdict.reason}`,
    );
  }
  const leaders = leadersOf(members, heartbeats).filter(({ up }) => up !== 1);
  const gone = leaders.length > 0 || answering.length > 0 ? leaders : silent;
  if (gone.length === 0) return verdict;
  const names = listed(gone.map((member) => nameOf(member, pods)));
  return inconclusive(
    `${names} ${leaders.length > 0 ? 'led and ' : ''}does not answer now; before that, ${verdict.reason}`,
  );
}

/** Within the ten minutes. Who was, and led or did not, has a figure of that. */
function wasHeard({ instance }: Member, scrapes: Maybe['scrapes'] = []): boolean {
  return scrapes.some((row) => row.instance === instance && (row.seenSeconds ?? 0) > 0);
}

/** `10 minutes`, or for how long of these every leader was heard: Prometheus may know it for a minute only. */
export function seenWindow({ members = [], heartbeats, scrapes = [] }: Maybe): string {
  const leaders = leadersOf(members, heartbeats);
  const seen = leaders.map(({ instance }) => scrapes.find((row) => row.instance === instance)?.seenSeconds);
  if (seen.some((seconds) => seconds === undefined)) return 'the minutes it was seen';
  const least = Math.min(windowSeconds, ...seen.flatMap((seconds) => seconds ?? []));
  return least > windowSeconds - limits.seenAllSeconds ? '10 minutes' : `the ${duration(least)} it was seen`;
}

/** Elections within ten minutes; every member counts each, so the highest count is taken. */
export function electionsOf({ heartbeats = [] }: Pick<Maybe, 'heartbeats'>): number {
  return Math.max(0, ...heartbeats.map(({ elections = 0 }) => elections));
}

/** How a process behaves when asked for its metrics, which needs CPU and memory but no disk and no peer. Seconds. */
export interface Pause {
  readonly state: 'paused' | 'running' | 'unknown';
  /** One answer in twenty took longer, in the worst two minutes; the usual one; the difference. */
  readonly p95: number;
  readonly usual: number;
  readonly seconds: number;
  readonly answered: number;
  /** Long enough to stretch an fsync or a round trip under way, whatever the heartbeat interval is set to. */
  readonly stretches: boolean;
}

/**
 * A process that is not run cannot answer Prometheus either, while one that waits for its disk answers as fast as ever.
 * (Measured on etcd 3.4: with fsync delayed by 250 ms the slowest of 90 answers took 20 ms, with the process stopped
 * for 350 ms at a time 356 ms.) So the answer's delay tells a starved process from a slow disk.
 */
export function pauseOf(member: Member, { scrapes = [], pods }: Maybe): Pause {
  const row = scrapes.find(({ instance }) => instance === member.instance);
  const { usual = 0, p95 = 0, answered = 0 } = row ?? {};
  const seconds = p95 - usual;
  const heartbeat = heartbeatOf(pods);
  /** Seconds after which etcd itself counts a heartbeat as late. */
  const lateAfter = limits.lateAfterIntervals * heartbeat.seconds;
  const state = () => {
    if (row?.p95 === undefined || row.usual === undefined) return 'unknown';
    if (seconds >= lateAfter) return heartbeat.unseen === undefined ? 'paused' : 'unknown';
    return seconds < lateAfter / 2 && answered >= limits.scrapesEnough ? 'running' : 'unknown';
  };
  const isKnown = row?.p95 !== undefined && row.usual !== undefined;
  return { state: state(), p95, usual, seconds, answered, stretches: isKnown && seconds >= lateAfter };
}
