import { type BinaryOperator, isArithmetic } from '../language/syntax.ts';

type Operator = (left: number, right: number) => number;

const arithmetic: Readonly<Record<string, Operator>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': power,
};

const comparisons: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** Go gives 1 where JavaScript gives NaN: 1 to any power, and -1 to an infinite one. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1;
  return base ** exponent;
}

/** What an operator makes of two values. A comparison gives the left one, and `keep` tells whether it holds. */
export function operate(operator: BinaryOperator, left: number, right: number): { value: number; keep: boolean } {
  if (isArithmetic(operator)) return { value: arithmetic[operator]?.(left, right) ?? Number.NaN, keep: true };
  return { value: left, keep: comparisons[operator]?.(left, right) ?? false };
}
