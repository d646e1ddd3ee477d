/** One thing that must hold before anything is changed, with its present value. Shown before the click, checked again. */
export interface InterlockReport {
  readonly id: string;
  /** "enough healthy nodes in the pool" */
  readonly title: string;
  readonly holds: boolean;
  /** "11 of 12 nodes are ready; 8 must be" */
  readonly value: string;
}
