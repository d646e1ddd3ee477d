import type { Binary } from './ast.ts';
import { executionError } from './errors.ts';
import type { Piece } from './piece.ts';

/** What stands between the two sides of a binary expression: `== bool`, `/ on (pod) group_left (node)`. */
export function modifiersOf(piece: Piece, left: Piece, right: Piece): Pick<Binary, 'op' | 'bool' | 'matching'> {
  if (piece.child('FillModifier')) throw executionError('fill modifiers are not supported by the practice cluster');
  const between = piece.query.slice(left.node.to, right.node.from).replace(/#.*$/gm, '').trim();
  const op = /^(and|or|unless|atan2)\b|^(==|!=|>=|<=|[-+*/%^<>])/i.exec(between)?.[0].toLowerCase() ?? between;
  const clause = piece.child('MatchingModifierClause');
  const [labels, include] = clause?.children('GroupingLabels') ?? [];
  const group = clause?.child('GroupLeft') ? 'left' : clause?.child('GroupRight') ? 'right' : undefined;
  return {
    op,
    bool: piece.child('BoolModifier') !== undefined,
    matching: {
      on: clause?.child('On') !== undefined,
      labels: namesIn(labels),
      include: namesIn(include),
      ...(group ? { group } : {}),
    },
  };
}

function namesIn(labels: Piece | undefined): string[] {
  return labels?.children('LabelName').map(({ text }) => text) ?? [];
}
