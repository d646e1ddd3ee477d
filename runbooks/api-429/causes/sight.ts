import { inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import type { Maybe, Seen } from '../seen.ts';

/** Scrapes of `/metrics` stand in the same queues: while the API server refuses, Prometheus may go blind. */
export function notObservable(_seen: Seen, maybe: Maybe): Verdict {
  const { answers, servers } = maybe;
  const silent = servers?.filter(({ up }) => up !== 1) ?? [];
  if (answers && servers && silent.length === 0) return ruledOut(`all API servers are scraped (${servers.length})`);
  if (answers && servers)
    return inconclusive(`${silent.length} of ${servers.length} API servers are not seen by Prometheus`);
  return inconclusive(
    'who is refused, and by whom, cannot be seen: the API server is not scraped, its scrapes are refused too, or Prometheus could not be asked',
  );
}
