import { parser } from '@prometheus-io/lezer-promql';
import { parseError } from '../errors.ts';
import { signatureOf } from '../functions/signatures.ts';
import { aggregators, withParam } from '../vectors/aggregate.ts';
import { only, without } from '../vectors/labels.ts';
import { numberOf } from './literals.ts';
import { expressionFrom, type Piece } from './precedence.ts';
import { refuseErrors } from './refusals.ts';
import { childOf, durationMs, fail, literalOf, type Part, partsOf, selectorOf, shiftedBy, textOf } from './selector.ts';
import type { Aggregation, Call, Expr, Ranged } from './syntax.ts';
import { expectType, typeOf } from './types.ts';

/** Prometheus' default `evaluation_interval`, the step of a subquery that names none. */
const defaultStepMs = 60_000;
const remembered = new Map<string, Expr>();
const rememberedAtMost = 500;

/** Reads a query; one read before is not read again. Throws `bad_data`. */
export function parse(query: string): Expr {
  const known = remembered.get(query);
  if (known) return known;
  const tree = parser.parse(query);
  refuseErrors(tree, query);
  const [whole] = partsOf({ node: tree.topNode, query });
  if (!whole) throw parseError(query, 0, 'no expression found in input');
  const expr = expression(whole);
  if (remembered.size >= rememberedAtMost) remembered.clear();
  remembered.set(query, expr);
  return expr;
}

function expression(part: Part): Expr {
  return expressionFrom(pieces(part));
}

/**
 * An expression as its operands and operators in the order they stand. The grammar binds signs, `offset`, `@`, and
 * ranges otherwise than Prometheus, which is good enough for colours: `a + b offset 5m` moves `b` alone. Only the
 * order is taken from it.
 */
function pieces(part: Part): Piece[] {
  const [first, ...others] = partsOf(part);
  switch (part.node.name) {
    case 'BinaryExpr': {
      const right = others[others.length - 1];
      return first && right ? [...pieces(first), { operator: part }, ...pieces(right)] : [];
    }
    case 'UnaryExpr':
      return first && others[0] ? [{ sign: textOf(first), part }, ...pieces(others[0])] : [];
    case 'NumberDurationLiteral': {
      const [, sign, digits = ''] = /^([+-]?)\s*(.*)$/s.exec(textOf(part)) ?? [];
      const operand: Piece = { operand: { kind: 'number', value: numberOf(digits) }, part };
      return sign ? [{ sign, part }, operand] : [operand];
    }
    case 'OffsetExpr':
    case 'StepInvariantExpr':
    case 'MatrixSelector':
    case 'SubqueryExpr': {
      const before = first ? pieces(first) : [];
      const last = before.pop();
      return last && 'operand' in last ? [...before, { operand: followed(part, last.operand), part: last.part }] : [];
    }
    default:
      return [{ operand: primary(part), part }];
  }
}

/** `expr` with what stands behind it. */
function followed(part: Part, expr: Expr): Expr {
  return part.node.name === 'MatrixSelector' || part.node.name === 'SubqueryExpr'
    ? ranged(part, expr)
    : shiftedBy(part, expr);
}

function ranged(part: Part, expr: Expr): Ranged {
  const durations = partsOf(part).filter(({ node }) => node.name === 'DurationExpr');
  const [range = 0, step = defaultStepMs] = durations.map(durationMs);
  for (const duration of durations) if (!(durationMs(duration) > 0)) fail(duration, 'duration must be greater than 0');
  if (part.node.name === 'SubqueryExpr') {
    if (typeOf(expr) !== 'instant vector')
      fail(part, `subquery is only allowed on instant vector, got ${typeOf(expr)} instead`);
    return { kind: 'subquery', expr, rangeMs: range, stepMs: step, shift: { offsetMs: 0 } };
  }
  const bracket = part.query.indexOf('[', part.node.firstChild?.to);
  if (expr.kind !== 'selector') throw parseError(part.query, bracket, 'ranges only allowed for vector selectors');
  if (expr.shift.offsetMs !== 0) fail(part, 'no offset modifiers allowed before range');
  if (expr.shift.at !== undefined) fail(part, 'no @ modifiers allowed before range');
  return { kind: 'range', selector: expr, rangeMs: range };
}

function primary(part: Part): Expr {
  switch (part.node.name) {
    case 'ParenExpr': {
      const [inside] = partsOf(part);
      const expr = inside ? expression(inside) : fail(part, 'no expression found in input');
      return { kind: 'parentheses', type: typeOf(expr), expr };
    }
    case 'StringLiteral':
      return { kind: 'string', text: literalOf(part) };
    case 'VectorSelector':
      return selectorOf(part);
    case 'FunctionCall':
      return call(part);
    case 'AggregateExpr':
      return aggregation(part);
    default:
      return fail(part, `${part.node.name} is not supported here: ${textOf(part)}`);
  }
}

function argumentsOf(part: Part): Part[] {
  const body = childOf(part, 'FunctionCallBody');
  return body ? partsOf(body) : [];
}

function call(part: Part): Call {
  const name = textOf(childOf(part, 'FunctionIdentifier') ?? part);
  const signature = signatureOf(name);
  if (!signature) return fail(part, `function "${name}" is not supported by the practice cluster`);
  const parts = argumentsOf(part);
  const { takes, optional = 0, repeats = false } = signature;
  const [least, most] = [takes.length - optional, repeats ? Number.POSITIVE_INFINITY : takes.length];
  if (parts.length < least || parts.length > most) {
    const bound = least === most ? '' : parts.length < least ? 'at least ' : 'at most ';
    fail(
      part,
      `expected ${bound}${parts.length < least ? least : most} argument(s) in call to "${name}", got ${parts.length}`,
    );
  }
  const args = parts.map((argument, index) => {
    const expected = takes[Math.min(index, takes.length - 1)] ?? 'instant vector';
    return expectType(argument, expression(argument), expected, `call to function "${name}"`);
  });
  return { kind: 'call', name, args };
}

function aggregation(part: Part): Aggregation {
  const operator = textOf(childOf(part, 'AggregateOp') ?? part).toLowerCase();
  if (!aggregators.includes(operator)) fail(part, `aggregation "${operator}" is not supported by the practice cluster`);
  const parts = argumentsOf(part);
  if (parts.length === 0) return fail(part, 'no arguments for aggregate expression provided');
  const expected = withParam.includes(operator) ? 2 : 1;
  const [last, first] = [parts[parts.length - 1], parts[0]];
  if (!last || parts.length !== expected)
    return fail(
      part,
      `wrong number of arguments for aggregate expression provided, expected ${expected}, got ${parts.length}`,
    );
  const param =
    first && expected === 2 ? expectType(first, expression(first), 'scalar', 'aggregation parameter') : undefined;
  const expr = expectType(last, expression(last), 'instant vector', 'aggregation expression');
  const modifier = childOf(part, 'AggregateModifier');
  const labels = modifier ? groupingOf(modifier) : [];
  const group = modifier && childOf(modifier, 'Without') ? without([...labels, '__name__']) : only(labels);
  return { kind: 'aggregation', operator, param, expr, group };
}

function groupingOf(part: Part): string[] {
  const labels = childOf(part, 'GroupingLabels');
  return labels
    ? partsOf(labels).map((label) => (label.node.name === 'LabelName' ? textOf(label) : literalOf(label)))
    : [];
}
