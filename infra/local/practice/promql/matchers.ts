import type { Matcher, MatchOp } from './ast.ts';

/** A label matcher. Regular expressions are anchored at both ends. Throws `SyntaxError` for a bad one. */
export function matcher(label: string, op: MatchOp, value: string): Matcher {
  return { label, op, value, admits: admission(op, value) };
}

function admission(op: MatchOp, wanted: string): (value: string) => boolean {
  switch (op) {
    case '=':
      return (value) => value === wanted;
    case '!=':
      return (value) => value !== wanted;
    case '=~': {
      const pattern = anchored(wanted);
      return (value) => pattern.test(value);
    }
    case '!~': {
      const pattern = anchored(wanted);
      return (value) => !pattern.test(value);
    }
  }
}

/** RE2 as far as JavaScript has it: the same for all that label matchers use in practice. */
export function anchored(pattern: string): RegExp {
  const [, flags = '', rest = pattern] = /^\(\?([is]+)\)(.*)$/s.exec(pattern) ?? [];
  return new RegExp(`^(?:${rest})$`, flags);
}
