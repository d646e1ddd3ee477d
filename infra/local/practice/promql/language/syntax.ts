import type { Labels } from '../vectors/labels.ts';

/** The four types of a PromQL expression, by the names Prometheus' messages use. */
export type ExprType = 'scalar' | 'instant vector' | 'range vector' | 'string';

/** Moves a selector or a subquery in time: back by `offsetMs`, from the moment `at` if one is fixed. */
export interface Shift {
  readonly offsetMs: number;
  readonly at?: number | 'start' | 'end';
}

export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
  readonly matches: (value: string) => boolean;
}

export interface Selector {
  readonly kind: 'selector';
  /** The metric name, where it is fixed. */
  readonly name: string | undefined;
  readonly matchers: readonly Matcher[];
  readonly shift: Shift;
}

export interface RangeSelector {
  readonly kind: 'range';
  readonly selector: Selector;
  readonly rangeMs: number;
}

export interface Subquery {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly rangeMs: number;
  readonly stepMs: number;
  readonly shift: Shift;
}

export type Ranged = RangeSelector | Subquery;

export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
}

export interface Aggregation {
  readonly kind: 'aggregation';
  readonly operator: string;
  readonly param: Expr | undefined;
  readonly expr: Expr;
  /** The labels of the group a series belongs to. */
  readonly group: (labels: Labels) => Labels;
}

export const arithmetic = ['+', '-', '*', '/', '%', '^'] as const;
export const comparisons = ['==', '!=', '<=', '<', '>=', '>'] as const;
export const setOperators = ['and', 'or', 'unless'] as const;
export type BinaryOperator = (typeof arithmetic)[number] | (typeof comparisons)[number] | (typeof setOperators)[number];

export function isArithmetic(operator: BinaryOperator): boolean {
  return arithmetic.some((each) => each === operator);
}

export function isComparison(operator: BinaryOperator): boolean {
  return comparisons.some((each) => each === operator);
}

export function joinsSets(operator: BinaryOperator): boolean {
  return setOperators.some((each) => each === operator);
}

export interface Matching {
  /** Those of `on` or `ignoring`. */
  readonly labels: readonly string[];
  /** Equal for series that belong together. */
  readonly signature: (labels: Labels) => Labels;
  /** The labels of a one-to-one result. */
  readonly joined: (labels: Labels) => Labels;
  readonly many: 'left' | 'right' | undefined;
  /** Labels taken over from the `one` side. */
  readonly include: readonly string[];
}

export interface Binary {
  readonly kind: 'binary';
  readonly type: ExprType;
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
  readonly bool: boolean;
  readonly matching: Matching;
}

export type Expr =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'negation' | 'parentheses'; readonly type: ExprType; readonly expr: Expr }
  | Selector
  | Ranged
  | Call
  | Aggregation
  | Binary;
