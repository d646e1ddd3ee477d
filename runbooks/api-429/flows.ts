import type { Client } from './dumps.ts';
import { isOfOurs } from './facts.ts';
import { type Loudest, loudest } from './holders.ts';
import { limits } from './limits.ts';
import type { Flow, Seen } from './seen.ts';

/** A flow that clearly asks more than usual: `served` more, or with what is refused, which is asked again, `wanted` more. */
export interface GrownFlow {
  readonly flow: Flow;
  readonly by: 'served' | 'wanted';
}

/** The flow of a priority level that clearly asks more than usual. What it is served is no echo, and counts first. */
export function grownFlow(seen: Pick<Seen, 'flows'>, level: string): GrownFlow | undefined {
  const flows = flowsIn(seen, level);
  const served = flows.find((flow) => hasGrown(flow, flow.dispatched ?? 0, seen) && isNewThisWeek(flow));
  if (served) return { flow: served, by: 'served' };
  const wanted = flows.find((flow) => hasGrown(flow, flow.wanted, seen));
  return wanted && { flow: wanted, by: 'wanted' };
}

/**
 * Who is to be named for a level that rejects: the client that has most of what waits there, and only if it is of the flow
 * that asks more, or, where none does, of one that is refused. One of another flow only stands in the same queues.
 */
export function noisiest(
  clients: readonly Client[] | null,
  seen: Pick<Seen, 'flows'>,
  { level, rows }: { readonly level: string; readonly rows: readonly Flow[] },
): Loudest | undefined {
  const client = loudest(clients, level);
  const grown = grownFlow(seen, level);
  const suspects = grown ? [grown.flow] : rows;
  return suspects.some(({ flow_schema }) => flow_schema === client?.flow) ? client : undefined;
}

/** The flows of a level, with all they ask: what is served and what is refused. */
function flowsIn({ flows }: Pick<Seen, 'flows'>, level: string): readonly (Flow & { readonly wanted: number })[] {
  const there = flows.filter((row) => row.priority_level === level);
  return there
    .filter((row) => row.dispatched !== undefined)
    .map((row) => ({ ...row, wanted: (row.dispatched ?? 0) + refusedIn(row, there) }))
    .sort((a, b) => b.wanted - a.wanted || (a.flow_schema < b.flow_schema ? -1 : 1));
}

/** Requests of a flow that are refused a second. */
export function refusedIn({ flow_schema }: Flow, rows: readonly Flow[]): number {
  return rows.filter((row) => row.flow_schema === flow_schema).reduce((sum, { rejected = 0 }) => sum + rejected, 0);
}

/** Three times what it was yesterday, and three times as much as all others grew: on a Monday all do. */
function hasGrown({ usual = 0, flow_schema }: Flow, now: number, { flows }: Pick<Seen, 'flows'>): boolean {
  const others = flows.filter(
    (row) =>
      row.flow_schema !== flow_schema && !isOfOurs(row) && row.usual !== undefined && row.dispatched !== undefined,
  );
  const sum = (figure: 'dispatched' | 'usual') => others.reduce((all, row) => all + (row[figure] ?? 0), 0);
  if (usual <= 0 || sum('usual') <= 0) return false;
  return now >= limits.flowGrowth * usual * Math.max(1, sum('dispatched') / sum('usual'));
}

/** It was no more at this hour a week ago: what comes every Monday is no trouble of its own. */
function isNewThisWeek({ dispatched = 0, lastWeek }: Flow): boolean {
  return lastWeek !== undefined && dispatched >= limits.flowGrowth * lastWeek;
}
