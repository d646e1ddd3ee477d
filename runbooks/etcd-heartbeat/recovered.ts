import { confirmed, inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import { heartbeatSeconds, type Maybe } from './facts.ts';
import { limits } from './limits.ts';
import { membership, nameOf } from './members.ts';
import type { Seen } from './seen.ts';
import { counted, duration, listed, percent } from './words.ts';

/** Every member answers and sees a leader; the last two minutes had no late heartbeat and good fsyncs; there is space. */
export function recovered(seen: Seen, maybe: Maybe): Verdict {
  const { members, heartbeats, fsync } = seen;
  const { known, silent, size } = membership(members, maybe.peers, maybe.pods);
  if (known.length === 0) return inconclusive('etcd is not scraped, so its recovery cannot be seen');
  const name = (instance: string) =>
    members.filter((member) => member.instance === instance).map((member) => nameOf(member, maybe.pods))[0] ?? instance;

  const interval = heartbeatSeconds(maybe.pods);
  const wrong = [
    ...silent.map(({ instance }) => `${name(instance)} does not answer`),
    ...known.filter(({ hasLeader }) => hasLeader === 0).map(({ instance }) => `${name(instance)} has no leader`),
    ...heartbeats
      .filter(({ lateNow = 0 }) => lateNow >= 1)
      .map(({ instance, lateNow = 0 }) => `${name(instance)} sent ${counted(lateNow, 'late heartbeat')} in 2 minutes`),
    ...fsync
      .filter(({ p99Now = 0 }) => p99Now > limits.fsyncBadSeconds)
      .map(({ instance, p99Now = 0 }) => `${name(instance)}: WAL fsync p99 ${duration(p99Now)}`),
    ...(maybe.peers ?? [])
      .filter(({ rttMean = 0 }) => rttMean >= interval)
      .map(({ instance, rttMean = 0 }) => `${name(instance)}: round trip ${duration(rttMean)}`),
    ...(maybe.space ?? [])
      .filter(({ used = 0, alarm }) => used > limits.quotaShare || alarm === 1)
      .map(({ instance, used = 0 }) => `${name(instance)}: database at ${percent(used)} of its quota`),
  ];
  if (wrong.length > 0) return ruledOut(listed(wrong));
  if (known.length < size) return inconclusive(`only ${known.length} of ${size} members are scraped`);
  const quiet = known.filter(({ instance }) => fsync.find((row) => row.instance === instance)?.p99Now === undefined);
  if (quiet.length === known.length)
    return inconclusive('nothing was written in the last 2 minutes, so the disk was not tried');
  return confirmed(
    `all ${counted(size, 'member')} answer and see a leader; in the last 2 minutes no heartbeat was late and WAL fsync p99 stayed under 16 ms`,
  );
}
