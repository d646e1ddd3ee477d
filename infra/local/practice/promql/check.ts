import type { Aggregation, Binary, Expr } from './ast.ts';
import { executionError } from './errors.ts';
import type { Piece } from './piece.ts';
import { comparisons, parameterOf, setOperators, signatureOf, typeOf, type ValueType, wordsFor } from './types.ts';

interface Argument {
  readonly piece: Piece;
  readonly expr: Expr;
}

/** A function call whose arguments are of the right number and types. */
export function checkedCall(call: Piece, name: string, args: readonly Argument[]): Expr {
  const signature = signatureOf(name);
  if (!signature) throw executionError(`function "${name}" is not supported by the practice cluster`);
  const { fewest, most } = signature;
  if (args.length < fewest || args.length > most) {
    const much = fewest === most ? '' : args.length < fewest ? 'at least ' : 'at most ';
    const wanted = args.length < fewest ? fewest : most;
    throw call.fail(`expected ${much}${wanted} argument(s) in call to "${name}", got ${args.length}`);
  }
  args.forEach((arg, index) => {
    const wanted = signature.args[index] ?? signature.args.at(-1);
    if (wanted) expect(arg, wanted, `call to function "${name}"`);
  });
  return { kind: 'call', name, args: args.map(({ expr }) => expr) };
}

export function checkedAggregation(
  piece: Piece,
  {
    op,
    args,
    labels,
    without,
  }: Pick<Aggregation, 'op' | 'labels' | 'without'> & { readonly args: readonly Argument[] },
): Aggregation {
  const wanted = parameterOf(op);
  const count = wanted ? 2 : 1;
  if (args.length !== count) {
    throw piece.fail(
      `wrong number of arguments for aggregate expression provided, expected ${count}, got ${args.length}`,
    );
  }
  const [first, second] = args;
  const parameter = wanted ? first : undefined;
  const body = wanted ? second : first;
  if (!body) throw piece.fail('no arguments for aggregate expression provided');
  if (parameter && wanted) expect(parameter, wanted, 'aggregation parameter');
  expect(body, 'vector', 'aggregation expression');
  return {
    kind: 'aggregation',
    op,
    expr: body.expr,
    labels,
    without,
    ...(parameter ? { parameter: parameter.expr } : {}),
  };
}

export function checkedBinary(piece: Piece, binary: Binary): Binary {
  const { op, left, right, bool, matching } = binary;
  const types = [typeOf(left), typeOf(right)];
  if (types.some((type) => type === 'matrix' || type === 'string')) {
    throw piece.fail('binary expression must contain only scalar and instant vector types');
  }
  const scalars = types.filter((type) => type === 'scalar').length;
  if (bool && !comparisons.has(op)) throw piece.fail('bool modifier can only be used on comparison operators');
  if (scalars === 2 && comparisons.has(op) && !bool) {
    throw piece.fail('comparisons between scalars must use BOOL modifier');
  }
  if (scalars > 0 && setOperators.has(op)) {
    throw piece.fail(`set operator "${op}" not allowed in binary scalar expression`);
  }
  if (matching.group && setOperators.has(op)) throw piece.fail(`no grouping allowed for "${op}" operation`);
  const both = matching.on ? matching.labels.find((label) => matching.include.includes(label)) : undefined;
  if (both !== undefined) throw piece.fail(`label "${both}" must not occur in ON and GROUP clause at once`);
  return binary;
}

export function checkedNegation(piece: Piece, expr: Expr): Expr {
  const type = typeOf(expr);
  if (type === 'scalar' || type === 'vector') return { kind: 'negation', expr };
  throw piece.fail(
    `unary expression only allowed on expressions of type scalar or instant vector, got "${wordsFor(type)}"`,
  );
}

function expect({ piece, expr }: Argument, wanted: ValueType, where: string): void {
  const type = typeOf(expr);
  if (type === wanted) return;
  throw piece.fail(`expected type ${wordsFor(wanted)} in ${where}, got ${wordsFor(type)}`);
}
