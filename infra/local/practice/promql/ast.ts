/** A PromQL expression, resolved as far as it can be without data. Durations are in milliseconds. */
export type Expr =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | Selector
  | { readonly kind: 'range'; readonly selector: Selector; readonly rangeMs: number }
  | Subquery
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expr[] }
  | Aggregation
  | Binary
  | { readonly kind: 'negation'; readonly expr: Expr }
  | { readonly kind: 'paren'; readonly expr: Expr };

/** Moves the time at which something is looked at: `offset 5m`, `@ 1609746000`, `@ end()`. */
export interface Shift {
  readonly offsetMs: number;
  readonly at?: number | 'start' | 'end';
}

export interface Selector extends Shift {
  readonly kind: 'selector';
  readonly matchers: readonly Matcher[];
}

export interface Subquery extends Shift {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly rangeMs: number;
  /** Absent: the server's evaluation interval. */
  readonly stepMs?: number;
}

export interface Aggregation {
  readonly kind: 'aggregation';
  readonly op: string;
  readonly expr: Expr;
  /** The first argument of `topk`, `bottomk`, `quantile`, `count_values`. */
  readonly parameter?: Expr;
  readonly labels: readonly string[];
  /** `without (labels)` instead of `by (labels)`. */
  readonly without: boolean;
}

export interface Binary {
  readonly kind: 'binary';
  readonly op: string;
  readonly left: Expr;
  readonly right: Expr;
  /** `== bool`: 0 or 1 instead of a filter. */
  readonly bool: boolean;
  readonly matching: Matching;
}

export interface Matching {
  /** `on (labels)` instead of `ignoring (labels)`. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** `left`: `group_left`, many on the left for one on the right. */
  readonly group?: 'left' | 'right';
  /** Labels that `group_left (…)` takes over from the "one" side. */
  readonly include: readonly string[];
}

export type MatchOp = '=' | '!=' | '=~' | '!~';

export interface Matcher {
  readonly label: string;
  readonly op: MatchOp;
  readonly value: string;
  /** Whether a label of this value passes; a label that is absent has the value ''. */
  readonly admits: (value: string) => boolean;
}
