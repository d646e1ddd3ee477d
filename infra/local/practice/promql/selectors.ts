import type { Matcher, MatchOp, Selector } from './ast.ts';
import { stringOf } from './literals.ts';
import { matcher } from './matchers.ts';
import type { Piece } from './piece.ts';

/** `up`, `up{job="kubelet"}`, `{__name__=~"up|down"}`, `{"up", job="kubelet"}`. */
export function selectorOf(piece: Piece): Selector {
  const braces = piece.child('LabelMatchers');
  const name = piece.child('Identifier');
  const matchers = [
    ...(name ? [matcher('__name__', '=', name.text)] : []),
    ...(braces?.children('QuotedLabelName').map((quoted) => matcher('__name__', '=', unquoted(quoted))) ?? []),
    ...(braces?.children('UnquotedLabelMatcher').map((part) => matcherOf(part, part.child('LabelName')?.text)) ?? []),
    ...(braces?.children('QuotedLabelMatcher').map((part) => matcherOf(part, quotedNameOf(part))) ?? []),
  ];
  if (matchers.every(({ admits }) => admits(''))) {
    throw piece.fail('vector selector must contain at least one non-empty matcher');
  }
  if (matchers.filter(({ label, op }) => label === '__name__' && op === '=').length > 1) {
    throw piece.fail('metric name must not be set twice');
  }
  return { kind: 'selector', matchers, offsetMs: 0 };
}

function quotedNameOf(part: Piece): string | undefined {
  const name = part.child('QuotedLabelName');
  return name && unquoted(name);
}

function matcherOf(part: Piece, label = ''): Matcher {
  const op = (part.child('MatchOp')?.text ?? '=') as MatchOp;
  const value = part.child('StringLiteral');
  try {
    return matcher(label, op, value ? unquoted(value) : '');
  } catch (thrown) {
    throw part.fail(`error parsing regexp: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

function unquoted(literal: Piece): string {
  const text = stringOf(literal.text);
  if (text === undefined) throw literal.fail(`invalid string literal ${literal.text}`);
  return text;
}
