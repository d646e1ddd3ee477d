import type { Case } from '../../../engine/replay.ts';
import type { AnyRunbook } from '../../../engine/runbook.ts';
import { type Seen, seenIn } from '../collected.ts';

/**
 * What a case shows with another answer to one read: only the evidence that asks for it is read anew, since reading all of
 * it takes ten times as long.
 */
export async function readingAnew(
  runbook: AnyRunbook,
  one: Case,
  seen: Seen,
): Promise<(key: string, other: Case) => Promise<Seen>> {
  const readersOf = await readersIn(runbook, one);
  return async (key, other) => {
    const readers = readersOf.get(key) ?? [];
    return merged(seen, await seenIn(only(runbook, readers), other), readers);
  };
}

/** Which evidence asks for what. */
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
