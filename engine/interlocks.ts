/** One thing that must hold before anything is changed, with its present value. Shown before the click, checked again. */
export interface InterlockReport {
  readonly id:
    | 'healthy-nodes'
    | 'control-plane-quorum'
    | 'last-replica'
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
}
