import { PromqlError } from '../errors.ts';

const unitMs: Readonly<Record<string, number>> = {
  y: 365 * 86_400_000,
  w: 7 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};

/** `1.5e3`, `0x1F`, `Inf`, `NaN`, and durations, which are numbers of seconds: `1h30m`. */
export function numberOf(text: string): number {
  const plain = text.toLowerCase().replaceAll('_', '');
  if (plain === 'inf') return Number.POSITIVE_INFINITY;
  if (plain === 'nan') return Number.NaN;
  const parts = plain.startsWith('0x') ? [] : [...plain.matchAll(/(\d+)(ms|[ywdhms])/g)];
  if (parts.length === 0) return Number(plain);
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (unitMs[unit] ?? 0), 0) / 1000;
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** A PromQL string literal; its escapes are Go's. Throws `bad_data` without a position. */
export function stringOf(literal: string): string {
  if (!/^(?:`[^`]*`|"(?:[^\\"]|\\.)*"|'(?:[^\\']|\\.)*')$/s.test(literal))
    throw new PromqlError('bad_data', 'unterminated quoted string');
  const body = literal.slice(1, -1);
  if (literal.startsWith('`')) return body;
  return body.replace(
    /\\(?:([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gs,
    (_, oct, x, u, U, one) => {
      if (oct !== undefined) return String.fromCodePoint(Number.parseInt(oct, 8));
      const code = x ?? u ?? U;
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
      const escaped = escapes[one];
      if (escaped === undefined) throw unknownEscape(one);
      return escaped;
    },
  );
}

function unknownEscape(character: string): PromqlError {
  const code = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  return new PromqlError('bad_data', `unknown escape sequence U+${code} '${character}'`);
}
