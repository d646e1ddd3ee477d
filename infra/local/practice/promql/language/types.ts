import { signatureOf } from '../functions/signatures.ts';
import { fail, type Part } from './selector.ts';
import type { Expr, ExprType } from './syntax.ts';

/** The type of an expression; Prometheus knows it before it looks at any data. */
export function typeOf(expr: Expr): ExprType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
    case 'aggregation':
      return 'instant vector';
    case 'range':
    case 'subquery':
      return 'range vector';
    case 'call':
      return signatureOf(expr.name)?.returns ?? 'instant vector';
    default:
      return expr.type;
  }
}

export function expectType(part: Part, expr: Expr, expected: ExprType, where: string): Expr {
  const found = typeOf(expr);
  if (found !== expected) fail(part, `expected type ${expected} in ${where}, got ${found}`);
  return expr;
}
