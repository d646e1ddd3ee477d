import type { Case } from '../../../engine/replay.ts';
import type { AnyRunbook } from '../../../engine/runbook.ts';
import { seenIn, verdictsOf } from '../collected.ts';
import { readingAnew } from './anew.ts';

interface Series {
  readonly labels: Readonly<Record<string, string>>;
}

interface Without {
  readonly key: string;
  /** `up`: a series without figures, as a scrape target's, or the answer to an alert's own expression. */
  readonly figure: string;
  readonly without: Case;
}

/** One case for each series of each answer of Prometheus, without that series: it is dropped, or its target not scraped. */
function* withoutOneSeries(one: Case): Generator<Without> {
  for (const [key, read] of Object.entries(one.reads)) {
    if (!('body' in read) || !Array.isArray(read.body) || !/^(query|range) /.test(key)) continue;
    const all = read.body as readonly Series[];
    for (const dropped of all) {
      const body = all.filter((series) => series !== dropped);
      const reads = { ...one.reads, [key]: { ...read, body } } as Case['reads'];
      yield { key, figure: dropped.labels.figure ?? 'up', without: { ...one, reads } };
    }
  }
}

/** What a missing series makes certain, or certain of the opposite: `logFlood: ruled-out without size`. */
export async function certainWithoutOneSeries(runbook: AnyRunbook, one: Case): Promise<readonly string[]> {
  const seen = await seenIn(runbook, one);
  const before: Readonly<Record<string, string>> = verdictsOf(runbook, seen);
  const anew = await readingAnew(runbook, one, seen);
  const found = new Set<string>();
  for (const { key, figure, without } of withoutOneSeries(one)) {
    const after: Readonly<Record<string, string>> = verdictsOf(runbook, await anew(key, without));
    for (const [cause, verdict] of Object.entries(after))
      if (verdict !== before[cause] && verdict !== 'inconclusive') found.add(`${cause}: ${verdict} without ${figure}`);
  }
  return [...found];
}
