import type { SyntaxNode } from '@lezer/common';
import { PromqlError, parseError } from '../errors.ts';
import { metricName } from '../vectors/labels.ts';
import { numberOf, stringOf } from './literals.ts';
import { anchored } from './regex.ts';
import type { Expr, Matcher, Selector, Shift } from './syntax.ts';

/** One node of the syntax tree with the query it was read from. */
export interface Part {
  readonly node: SyntaxNode;
  readonly query: string;
}

export function textOf({ node, query }: Part): string {
  return query.slice(node.from, node.to);
}

export function fail({ node, query }: Part, message: string): never {
  throw parseError(query, node.from, message);
}

export function partsOf({ node, query }: Part): Part[] {
  const parts: Part[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling)
    if (child.name !== 'LineComment') parts.push({ node: child, query });
  return parts;
}

export function childOf(part: Part, ...names: readonly string[]): Part | undefined {
  return partsOf(part).find(({ node }) => names.includes(node.name));
}

/** Reads a string literal. */
export function literalOf(part: Part): string {
  return located(part, () => stringOf(textOf(part)));
}

export function selectorOf(part: Part): Selector {
  const identifier = childOf(part, 'Identifier');
  const braces = childOf(part, 'LabelMatchers');
  const matchers = braces ? partsOf(braces).map(matcherOf) : [];
  const names = matchers.filter(({ label, operator }) => label === metricName && operator === '=');
  const name = identifier ? textOf(identifier) : names[0]?.value;
  if (identifier && names[0]) fail(part, `metric name must not be set twice: "${name}" or "${names[0].value}"`);
  if (name === undefined && matchers.every(({ matches }) => matches('')))
    fail(part, 'vector selector must contain at least one non-empty matcher');
  const byName = identifier && name !== undefined ? [equality(metricName, name)] : [];
  return { kind: 'selector', name, matchers: [...byName, ...matchers], shift: { offsetMs: 0 } };
}

function equality(label: string, value: string): Matcher {
  return { label, operator: '=', value, matches: (found) => found === value };
}

function matcherOf(part: Part): Matcher {
  if (part.node.name === 'QuotedLabelName') return equality(metricName, quotedName(part));
  const quoted = childOf(part, 'QuotedLabelName');
  const label = quoted ? quotedName(quoted) : textOf(childOf(part, 'LabelName') ?? part);
  const value = literalOf(childOf(part, 'StringLiteral') ?? part);
  const operator = textOf(childOf(part, 'MatchOp') ?? part);
  switch (operator) {
    case '=':
      return equality(label, value);
    case '!=':
      return { label, operator, value, matches: (found) => found !== value };
    case '=~':
    case '!~': {
      const regex = located(part, () => anchored(value));
      return { label, operator, value, matches: (found) => regex.test(found) === (operator === '=~') };
    }
    default:
      return fail(part, `unexpected operator "${operator}"`);
  }
}

function quotedName(part: Part): string {
  return literalOf(childOf(part, 'StringLiteral') ?? part);
}

/** `offset 5m`, `@ 1.5`, `@ end()` behind an expression. */
export function shiftedBy(part: Part, expr: Expr): Expr {
  const isOffset = part.node.name === 'OffsetExpr';
  const what = isOffset ? 'offset' : '@';
  if (expr.kind === 'range')
    return { ...expr, selector: { ...expr.selector, shift: moved(part, expr.selector.shift) } };
  if (expr.kind === 'selector' || expr.kind === 'subquery') return { ...expr, shift: moved(part, expr.shift) };
  return fail(
    part,
    `${what} modifier must be preceded by an instant vector selector or range vector selector or a subquery`,
  );
}

function moved(part: Part, shift: Shift): Shift {
  const offset = childOf(part, 'OffsetDurationExpr');
  if (offset) {
    if (shift.offsetMs !== 0) fail(part, 'offset may not be set multiple times');
    return { ...shift, offsetMs: durationMs(offset) };
  }
  if (shift.at !== undefined) fail(part, '@ <timestamp> may not be set multiple times');
  const named = childOf(part, 'AtModifierPreprocessors');
  if (named) return { ...shift, at: textOf(named).toLowerCase() === 'start' ? 'start' : 'end' };
  const moment = childOf(part, 'NumberDurationLiteral');
  return { ...shift, at: Math.round(numberOf(textOf(moment ?? part)) * 1000) };
}

/** Milliseconds of a `DurationExpr` or `OffsetDurationExpr`; only the latter may be negative. */
export function durationMs(part: Part): number {
  const [first, second] = partsOf(part);
  if (first?.node.name === 'NumberDurationLiteralInDurationContext') return Math.round(numberOf(textOf(first)) * 1000);
  if (first?.node.name === 'UnaryOp' && second && part.node.name === 'OffsetDurationExpr')
    return (textOf(first) === '-' ? -1 : 1) * durationMs(second);
  return fail(part, 'arithmetic in durations is not supported here');
}

/** Gives an error of `read` the place of `part`. */
function located<T>(part: Part, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof PromqlError) fail(part, error.message);
    throw error;
  }
}
