import type { SyntaxNode } from '@lezer/common';
import { type PromqlError, parseError } from './errors.ts';

/** The first thing the grammar could not make sense of, in Prometheus' words where they are easily told. */
export function syntaxError(top: SyntaxNode, query: string): PromqlError | undefined {
  const found = firstError(top);
  if (!found) return undefined;
  if (query.trim() === '') return parseError(query, 0, 'no expression found in input');
  const call = unknownCall(top, query);
  if (call) return parseError(query, call.from, `unknown function with name "${query.slice(call.from, call.to)}"`);
  const rest = query.slice(found.from).trimStart();
  if (rest === '') return parseError(query, query.length, atEnd(query));
  const at = query.length - rest.length;
  const [token = rest] = /^([a-zA-Z_:][\w:]*|"[^"]*"?|\d+\S*|\S)/.exec(rest) ?? [];
  return parseError(query, at, `unexpected ${/^[a-zA-Z_:]/.test(token) ? 'identifier' : 'character'} "${token}"`);
}

function firstError(top: SyntaxNode): SyntaxNode | undefined {
  let found: SyntaxNode | undefined;
  top.cursor().iterate(({ type, node }) => {
    if (type.isError && !found) found = node;
    return found === undefined;
  });
  return found;
}

/** `foo(x)`: the grammar takes `foo` for a metric, followed by something it does not understand. */
function unknownCall(top: SyntaxNode, query: string): SyntaxNode | undefined {
  let call: SyntaxNode | undefined;
  top.cursor().iterate(({ name, node }) => {
    if (!call && name === 'Identifier' && /^\s*\(/.test(query.slice(node.to))) call = node;
  });
  return call;
}

function atEnd(query: string): string {
  const open = (opening: string, closing: string) => query.split(opening).length > query.split(closing).length;
  if (open('(', ')')) return 'unclosed left parenthesis';
  if (open('{', '}')) return 'unexpected end of input inside braces';
  if (open('[', ']')) return 'unexpected end of input in duration expression';
  return 'unexpected end of input';
}
