import type { JudgeContext } from '../../../engine/runbook.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { type Maybe, pauseOf, seenWindow, unlessSilent } from '../facts.ts';
import { limits } from '../limits.ts';
import { appliesTold } from '../log/told.ts';
import { membership, nameOf, unseenOf } from '../members.ts';
import type { Apply, Seen } from '../seen.ts';
import type { EtcdTarget } from '../target.ts';
import { counted, duration, listed, whole } from '../words.ts';
import { diskOf } from './disk.ts';

/** Committed entries wait to be applied: large lists, compaction or defragmentation keep etcd's apply loop busy. */
export function applyBackPressure(seen: Seen, maybe: Maybe, { now }: Pick<JudgeContext<EtcdTarget>, 'now'>): Verdict {
  const told = maybe.apply === undefined ? appliesTold(maybe, now) : undefined;
  if (told) {
    return inconclusive(`${told}; a slow disk, or a process that does not get to run, makes applies slow as well`);
  }
  const rows = seen.apply;
  const lagging = rows.filter(({ lag = 0 }) => lag > limits.applyLag);
  if (lagging.length > 0) {
    const words = lagging.map(
      ({ instance, lag = 0 }) => `${instance} has ${whole(lag)} entries committed and not applied`,
    );
    return confirmed(`${listed(words)} (limit ${whole(limits.applyLag)}, beyond it etcd answers "too many requests")`);
  }
  const defragmented = rows.filter(({ defrag, slow = 0 }) => defrag === 1 && slow >= 1);
  if (defragmented.length > 0) {
    return confirmed(
      `${listed(defragmented.map(({ instance }) => instance))} was defragmented in the last 10 minutes, which blocks reads and writes`,
    );
  }
  const slow = rows.filter((row) => (row.slow ?? 0) >= limits.slowApplies);
  if (slow.length > 0) return ofSlow(slow, seen, maybe);
  const [unclear] = rows.filter(({ slow = 0, defrag }) => slow >= 1 && defrag === undefined);
  if (unclear)
    return inconclusive(`whether ${unclear.instance}, which had slow applies, was defragmented is not known`);
  const unseen = unseenOf(
    rows.filter((row) => row.slow !== undefined && row.lag !== undefined),
    seen.members,
    maybe,
  );
  if (unseen) return inconclusive(`slow applies and lag are not known of ${unseen}`);
  const counts = rows.flatMap((row) => row.slow ?? []);
  const lags = rows.flatMap(({ lag }) => lag ?? []);
  if (counts.length === 0 || lags.length === 0) return inconclusive('slow applies and lag are not known of any member');
  const words = `at most ${counted(Math.max(...counts), 'slow apply')} in ${seenWindow(maybe)} (limit ${limits.slowApplies}) and a lag of ${whole(Math.max(...lags))} (limit ${whole(limits.applyLag)})`;
  return unlessSilent(ruledOut(words), maybe);
}

/** An apply that waits for a slow disk, or in a process that is not run, is slow as well: that must be ruled out first. */
function ofSlow(slow: readonly Apply[], seen: Seen, maybe: Maybe): Verdict {
  const { known } = membership(seen.members);
  if (seen.fsync.length === 0) return inconclusive('no fsync was seen, so a slow disk may be the reason');
  const words = listed(
    slow.map(
      (row) =>
        `${row.instance} had ${whole(row.slow ?? 0)} applies over 100 ms in 10 minutes (limit ${limits.slowApplies})`,
    ),
  );
  for (const { instance } of slow) {
    const member = known.find((candidate) => candidate.instance === instance);
    if (member === undefined) return inconclusive(`${words}; nothing else is known of ${instance}`);
    const disk = diskOf(member, maybe);
    if (disk.state !== 'fine') {
      return inconclusive(`${words}; its disk is not cleared and may be the reason: ${disk.reason}`);
    }
    const pause = pauseOf(member, maybe);
    if (pause.stretches) {
      return inconclusive(
        `${words}; ${nameOf(member, maybe.pods)} paused for ${duration(pause.seconds)} and more, which makes any apply slow`,
      );
    }
  }
  return confirmed(`${words}, with a good disk`);
}
