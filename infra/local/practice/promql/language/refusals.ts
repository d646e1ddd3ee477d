import type { Tree } from '@lezer/common';
import { type PromqlError, parseError } from '../errors.ts';

/** The grammar recovers from errors to colour unfinished queries; here the first one ends the reading. */
export function refuseErrors(tree: Tree, query: string): void {
  if (query.trim() === '') throw parseError(query, 0, 'no expression found in input');
  tree.iterate({
    enter: ({ type, from, node }) => {
      if (type.isError) throw refusal(query, from, node.parent?.name);
    },
  });
}

/** Worded as Prometheus does in the common cases, and by the first word it stumbles over in all others. */
function refusal(query: string, at: number, within: string | undefined): PromqlError {
  const name = /([a-zA-Z_:][\w:]*)\s*$/.exec(query.slice(0, at))?.[1];
  if (name !== undefined && query[at] === '(')
    return parseError(query, at - name.length, `unknown function with name "${name}"`);
  const rest = query.slice(at).trimStart();
  if (rest === '') return parseError(query, query.length, atEnd(within));
  const word = /^(?:[\w:]+|.)/s.exec(rest)?.[0] ?? '';
  const what = /^[a-zA-Z_:]/.test(word) ? 'identifier ' : /^\d/.test(word) ? 'number ' : '';
  return parseError(query, query.length - rest.length, `unexpected ${what}${JSON.stringify(word)}`);
}

function atEnd(within: string | undefined): string {
  if (within === 'LabelMatchers') return 'unexpected end of input inside braces';
  const inParentheses = within === 'FunctionCallBody' || within === 'ParenExpr';
  return inParentheses ? 'unclosed left parenthesis' : 'unexpected end of input';
}
