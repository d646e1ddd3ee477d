import type { SyntaxNode } from '@lezer/common';
import { parseError } from './errors.ts';

/** One piece of the query while it is being understood. */
export interface Piece {
  readonly node: SyntaxNode;
  readonly query: string;
  readonly text: string;
  child(name: string): Piece | undefined;
  children(name: string): Piece[];
  /** Sub-expressions, in the order of writing. */
  expressions(): Piece[];
  fail(what: string): Error;
}

export function pieceOf(node: SyntaxNode, query: string): Piece {
  const wrap = (inner: SyntaxNode) => pieceOf(inner, query);
  return {
    node,
    query,
    text: query.slice(node.from, node.to),
    child: (name) => node.getChildren(name).map(wrap)[0],
    children: (name) => node.getChildren(name).map(wrap),
    expressions: () => node.getChildren('Expr').map(wrap),
    fail: (what) => parseError(query, node.from, what),
  };
}
