import type { Case } from '../../../engine/replay.ts';
import type { AnyRunbook } from '../../../engine/runbook.ts';
import { type Seen, seenIn, verdictsOf } from '../collected.ts';

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
  const readersOf = await readersIn(runbook, one);
  const found = new Set<string>();
  for (const { key, figure, without } of withoutOneSeries(one)) {
    const anew = await seenIn(only(runbook, readersOf.get(key) ?? []), without);
    const after: Readonly<Record<string, string>> = verdictsOf(runbook, merged(seen, anew, readersOf.get(key) ?? []));
    for (const [cause, verdict] of Object.entries(after))
      if (verdict !== before[cause] && verdict !== 'inconclusive') found.add(`${cause}: ${verdict} without ${figure}`);
  }
  return [...found];
}

/** Which evidence asks for what: only that is read anew, for reading all of it takes ten times as long. */
async function readersIn(runbook: AnyRunbook, one: Case): Promise<ReadonlyMap<string, readonly string[]>> {
  const readers = new Map<string, string[]>();
  for (const id of Object.keys(runbook.evidence)) {
    const reads = new Proxy(one.reads, {
      get: (all, key) => {
        readers.set(String(key), [...new Set([...(readers.get(String(key)) ?? []), id])]);
        return Reflect.get(all, key);
      },
    });
    await seenIn(only(runbook, [id]), { ...one, reads });
  }
  return readers;
}

function only(runbook: AnyRunbook, ids: readonly string[]): AnyRunbook {
  const evidence = Object.entries(runbook.evidence).filter(([id]) => ids.includes(id));
  return { ...runbook, evidence: Object.fromEntries(evidence) };
}

function merged(seen: Seen, anew: Seen, ids: readonly string[]): Seen {
  const rest = <Value>(all: ReadonlyMap<string, Value> | undefined) =>
    [...(all ?? [])].filter(([id]) => !ids.includes(id));
  const failures = new Map([...rest(seen.context.failures), ...(anew.context.failures ?? [])]);
  return {
    collected: new Map([...rest(seen.collected), ...anew.collected]),
    context: { ...seen.context, failures },
  };
}
