import type { Tree } from '@lezer/common';
import { type PromqlError, parseError } from '../errors.ts';

/** The grammar recovers from errors to colour unfinished queries; here the first one ends the reading. */
export function refuseErrors(tree: Tree, query: string): void {
  if (query.trim() === '') throw parseError(query, 0, 'no expression found in input');
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw refusal(query, from);
    },
  });
}

/** Worded as Prometheus does in the common cases, and by the first word it stumbles over in all others. */
function refusal(query: string, at: number): PromqlError {
  const open = stillOpen(query);
  if (open && isQuote(open.sign)) return parseError(query, open.at, 'unterminated quoted string');
  const name = /([a-zA-Z_:][\w:]*)\s*$/.exec(query.slice(0, at))?.[1];
  const called = name !== undefined && query[at] === '(';
  if (called && !open) return parseError(query, at - name.length, `unknown function with name "${name}"`);
  const rest = query.slice(at).trimStart();
  if (rest === '' || called)
    return parseError(query, query.length, atEnd[open?.sign ?? ''] ?? 'unexpected end of input');
  if (rest.startsWith(')') && !stillOpen(query.slice(0, at)))
    return parseError(query, query.length - rest.length + 1, "unexpected right parenthesis ')'");
  const word = /^(?:[\w:]+|.)/s.exec(rest)?.[0] ?? '';
  const what = /^[a-zA-Z_:]/.test(word) ? 'identifier ' : /^\d/.test(word) ? 'number ' : '';
  return parseError(query, query.length - rest.length, `unexpected ${what}${JSON.stringify(word)}`);
}

const atEnd: Readonly<Record<string, string>> = {
  '(': 'unclosed left parenthesis',
  '[': 'unclosed left bracket',
  '{': 'unexpected end of input inside braces',
};
const closes: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

interface Opener {
  readonly sign: string;
  readonly at: number;
}

/** The innermost bracket or quote that the query ends without closing. */
function stillOpen(query: string): Opener | undefined {
  const open: Opener[] = [];
  for (let at = 0; at < query.length; at += 1) {
    const sign = query[at] ?? '';
    const inside = open.at(-1)?.sign ?? '';
    if (isQuote(inside)) {
      if (sign === '\\' && inside !== '`') at += 1;
      else if (sign === inside) open.pop();
    } else if (sign in atEnd || isQuote(sign)) open.push({ sign, at });
    else if (closes[sign] === inside && inside !== '') open.pop();
  }
  return open.at(-1);
}

function isQuote(sign: string): boolean {
  return sign === '"' || sign === "'" || sign === '`';
}
