import { metricName, only, without } from '../vectors/labels.ts';
import { childOf, fail, literalOf, type Part, partsOf, textOf } from './selector.ts';
import {
  arithmetic,
  type Binary,
  type BinaryOperator,
  comparisons,
  type Expr,
  isComparison,
  joinsSets,
  type Matching,
  setOperators,
} from './syntax.ts';
import { typeOf } from './types.ts';

/** What an expression consists of, in the order it stands: signs, operands, and binary operators. */
export type Piece =
  | { readonly sign: string; readonly part: Part }
  | { readonly operand: Expr; readonly part: Part }
  | { readonly operator: Part };

const levels: readonly (readonly string[])[] = [
  ['or'],
  ['and', 'unless'],
  comparisons,
  ['+', '-'],
  ['*', '/', '%'],
  ['^'],
];
const signLevel = 4;
const powerLevel = 5;

/** Binds the pieces as Prometheus does: `^` to the right and closer than a sign, everything else to the left. */
export function expressionFrom(pieces: readonly Piece[]): Expr {
  let next = 0;

  function operand(): Expr {
    const piece = pieces[next++];
    if (piece === undefined || 'operator' in piece) throw new Error('An expression must not end with an operator.');
    if ('operand' in piece) return piece.operand;
    return signed(piece.sign, binary(signLevel + 1), piece.part);
  }

  function binary(lowest: number): Expr {
    let left = operand();
    for (let piece = pieces[next]; piece && 'operator' in piece; piece = pieces[next]) {
      const operator = operatorOf(piece.operator);
      const level = levels.findIndex((each) => each.includes(operator));
      if (level < lowest) break;
      next += 1;
      left = joined(piece.operator, operator, left, binary(level === powerLevel ? level : level + 1));
    }
    return left;
  }

  return binary(0);
}

function signed(sign: string, expr: Expr, part: Part): Expr {
  const type = typeOf(expr);
  if (type !== 'scalar' && type !== 'instant vector')
    fail(part, `unary expression only allowed on expressions of type scalar or instant vector, got "${type}"`);
  if (sign === '+') return expr;
  return expr.kind === 'number' ? { kind: 'number', value: -expr.value } : { kind: 'negation', type, expr };
}

/** The children of a binary expression are its left side, the operator, the modifiers, and its right side. */
function signOf(part: Part): Part {
  return partsOf(part)[1] ?? part;
}

function operatorOf(part: Part): BinaryOperator {
  const text = textOf(signOf(part)).toLowerCase();
  const known = [...arithmetic, ...comparisons, ...setOperators].find((operator) => operator === text);
  return known ?? fail(part, `operator "${text}" is not supported by the practice cluster`);
}

function joined(part: Part, operator: BinaryOperator, left: Expr, right: Expr): Binary {
  const bool = childOf(part, 'BoolModifier') !== undefined;
  const clause = childOf(part, 'MatchingModifierClause');
  const types = [typeOf(left), typeOf(right)];
  const scalars = types.filter((type) => type === 'scalar').length;
  const comparing = isComparison(operator);
  const joiningSets = joinsSets(operator);
  if (childOf(part, 'FillModifier')) fail(part, 'fill modifiers are not supported by the practice cluster');
  if (types.some((type) => type !== 'scalar' && type !== 'instant vector'))
    fail(part, 'binary expression must contain only scalar and instant vector types');
  if (bool && !comparing) fail(signOf(part), 'bool modifier can only be used on comparison operators');
  if (comparing && scalars === 2 && !bool) fail(signOf(part), 'comparisons between scalars must use BOOL modifier');
  if (joiningSets && scalars > 0) fail(part, `set operator "${operator}" not allowed in binary scalar expression`);
  const matching = matchingOf(clause, signOf(part));
  if (matching.labels.length > 0 && scalars > 0) fail(part, 'vector matching only allowed between instant vectors');
  if (joiningSets && matching.many) fail(part, `no grouping allowed for "${operator}" operation`);
  return { kind: 'binary', type: scalars === 2 ? 'scalar' : 'instant vector', operator, left, right, bool, matching };
}

const matchingAll: Matching = {
  labels: [],
  signature: without([metricName]),
  joined: (labels) => labels,
  many: undefined,
  include: [],
};

function matchingOf(clause: Part | undefined, operator: Part): Matching {
  if (!clause) return matchingAll;
  const [labels = [], include = []] = partsOf(clause)
    .filter(({ node }) => node.name === 'GroupingLabels')
    .map((part) => partsOf(part).map((label) => (label.node.name === 'LabelName' ? textOf(label) : literalOf(label))));
  const on = childOf(clause, 'On') !== undefined;
  const twice = on ? include.find((label) => labels.includes(label)) : undefined;
  if (twice !== undefined) fail(operator, `label "${twice}" must not occur in ON and GROUP clause at once`);
  return {
    labels,
    signature: on ? only(labels) : without([...labels, metricName]),
    joined: on ? only(labels) : without(labels),
    many: childOf(clause, 'GroupLeft') ? 'left' : childOf(clause, 'GroupRight') ? 'right' : undefined,
    include,
  };
}
