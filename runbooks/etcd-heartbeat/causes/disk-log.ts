import { confirmed, inconclusive, type Verdict } from '../../../engine/verdict.ts';
import type { Maybe } from '../facts.ts';
import { limits } from '../limits.ts';
import { ofKind } from '../log/entries.ts';
import { lateTold, toldNow } from '../log/told.ts';
import { gapWords, LATE_TELLS, last, worstOf } from '../log/words.ts';
import { listed } from '../words.ts';

/** One member whose log tells of syncs that took over a second. */
interface SlowSyncs {
  readonly pod: string;
  readonly words: string;
  /** Why that proves no slow disk under the leader. */
  readonly doubt?: string;
}

/** Without etcd's figures: it writes a line for each sync of its log of over a second. */
export function byLog(maybe: Maybe, now: Date): Verdict | undefined {
  const told = syncsTold(maybe, now);
  const proofs = told.filter(({ doubt }) => doubt === undefined);
  if (proofs.length > 0) return confirmed(`${wordsOf(proofs)}; its fsync times are not scraped`);
  const [first] = told;
  if (first) return inconclusive(`${first.words}: ${first.doubt}`);
  const late = lateTold(maybe, now);
  return late === undefined ? undefined : inconclusive(`${late}. ${LATE_TELLS}`);
}

/** Of one member, by its own metrics: its disk is cleared; and they, too, count a sync that took long. */
export interface Figures {
  readonly isFine: boolean;
  readonly countsLong: boolean;
}

/**
 * What the figures say, beside the log. Where they leave a disk open the log may settle it; where they clear one of which
 * it tells otherwise, two witnesses contradict each other, and neither is believed.
 */
export function besideLog(verdict: Verdict, maybe: Maybe, now: Date, figuresOf: (pod: string) => Figures): Verdict {
  const told = syncsTold(maybe, now);
  if (told.length === 0) return verdict;
  const { reason } = verdict;
  if (verdict.verdict === 'confirmed') return confirmed(`${reason}. The log agrees: ${wordsOf(told)}`);
  const proofs = told.filter(({ pod, doubt }) => doubt === undefined && !figuresOf(pod).isFine);
  if (verdict.verdict === 'inconclusive') {
    return proofs.length > 0 ? confirmed(`${wordsOf(proofs)}; by its figures ${reason}`) : verdict;
  }
  return told.every(({ pod }) => figuresOf(pod).countsLong)
    ? verdict
    : inconclusive(`${reason}; yet ${wordsOf(told)}: the two contradict each other`);
}

function syncsTold(maybe: Maybe, now: Date): readonly SlowSyncs[] {
  const told = toldNow(maybe, now).map((one) => ({ ...one, late: ofKind(one.entries, 'late') }));
  const leader = told.find(({ late }) => late.length > 0)?.pod;
  const [unread] = maybe.log?.unread ?? [];
  return told.flatMap(({ pod, entries, late }): SlowSyncs[] => {
    const syncs = ofKind(entries, 'sync');
    if (syncs.length === 0) return [];
    const lateToo = late.length > 0 ? `, and that ${gapWords(late)}` : '';
    const words = `${pod} wrote that a sync of its log took ${worstOf(syncs)} (etcd expects under 1 s)${last(syncs)}${lateToo}`;
    const moments = new Set(syncs.map(({ at }) => at)).size;
    if (moments < limits.logSlowSyncs) {
      return [{ pod, words, doubt: 'once, as a pause of the whole machine would do, too' }];
    }
    if (late.length > 0) return [{ pod, words }];
    if (leader !== undefined) return [{ pod, words, doubt: `it is ${leader} whose heartbeats are late` }];
    return unread ? [{ pod, words, doubt: `whether ${unread.pod} leads could not be read` }] : [{ pod, words }];
  });
}

function wordsOf(told: readonly SlowSyncs[]): string {
  return listed(told.map(({ words }) => words));
}
