/** One thing that must hold before anything is changed, with its present value. Shown before the click, checked again. */
export interface InterlockReport {
  readonly id:
    | 'healthy-nodes'
    | 'control-plane-quorum'
    | 'last-replica'
    | 'starts-again'
    | 'cool-down'
    | 'actions-per-hour'
    | 'freeze-window'
    | 'storm'
    | 'one-at-a-time';
  /** "Enough healthy nodes in the pool" */
  readonly title: string;
  readonly holds: boolean;
  /** "11 of 12 nodes are ready; at least 8 must stay" */
  readonly value: string;
  /** A rule of the team's own rather than a danger to the cluster: those whom the policy names may go on all the same. */
  readonly breakable: boolean;
  /**
   * What stands in the way, each by a name that nothing else will have: a freeze window, the executions that have to cool
   * down, those of the last hour, a storm, a workload. Absent while it holds.
   */
  readonly occasions?: readonly string[];
  /** Of the nodes of a pool: which, and how many it had. Of those that vanish while a plan runs each counts as gone. */
  readonly pool?: PoolSize;
}

export interface PoolSize {
  readonly name: string;
  readonly nodes: number;
}

/** Said of an undo where it is offered: what a change waits for, and taking it back does not. */
export const UNDO_PASSES =
  'it needs approval like any plan, but waits for no freeze, cool-down, storm or number of actions';

/** Whether somebody broke the glass for all that this one stands on now: what has come since is news. */
export function isBroken(now: InterlockReport, although: readonly InterlockReport[] = []): boolean {
  const then = although.find(({ id }) => id === now.id);
  if (!now.breakable || !then) return false;
  return (now.occasions ?? []).every((occasion) => then.occasions?.includes(occasion));
}
