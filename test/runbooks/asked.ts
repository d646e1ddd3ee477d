import { investigate } from '../../engine/investigate.ts';
import { type Case, caseClock, caseSource } from '../../engine/replay.ts';
import { requestKey } from '../../engine/request.ts';
import type { AnyRunbook } from '../../engine/runbook.ts';

interface Asked {
  readonly keys: ReadonlySet<string>;
  readonly missing: readonly string[];
}

/** The keys of the answers the runbook asks a case for, in the order it asks. `missing`: what is not there of them. */
export async function readsAsked(runbook: AnyRunbook, made: Case): Promise<Asked> {
  const keys = new Set<string>();
  const source = caseSource(made);
  await investigate(runbook, made.target, {
    ...{ clock: caseClock(made), cluster: made.cluster },
    source: {
      read: (request, limits) => {
        keys.add(requestKey(request));
        return source.read(request, limits);
      },
    },
  });
  return { keys, missing: source.missing() };
}
