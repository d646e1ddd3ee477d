import { MASK } from './mask.ts';

/** What names a secret, at the end of a key: `DB_PASSWORD`, `db.pass`, `apiKey`. */
const WORDS =
  'password|passwd|passphrase|passcode|requirepass|masterauth|(?<![a-z])pass|(?<![a-z])pwd|(?<![a-z])pw(?![a-z])|secret(?:[_-]?(?:access[_-]?)?key[\\w-]{0,20})?|token|(?:api|access|account|subscription|private|encryption|signing|master)[_-]?key|client-key-data|credentials?|authorization|cookie|dockerconfigjson|dockercfg|(?<![a-z])_?auth(?=["\']\\s*:\\s*"[\\w+/=]{8})';

/** What separates a key from its value, and what may stand in quotes: not the end of a line where each stands alone. */
const spans = {
  text: { gap: String.raw`\s`, any: String.raw`[\s\S]`, but: '' },
  lines: { gap: String.raw`[^\S\n]`, any: '.', but: String.raw`\n` },
} as const;

const anywhere = patternsFor(spans.text);
const lineByLine = patternsFor(spans.lines);

/** Masks what stands behind a word that names a secret. `lines`: those of a log, which have nothing to do with each other. */
export function maskNamed(text: string, of: 'text' | 'lines'): string {
  const { flag, listed, spaced, keyed } = of === 'lines' ? lineByLine : anywhere;
  return text
    .replace(flag, `$1${MASK}`)
    .replace(listed, `$1${MASK}`)
    .replace(spaced, `$1${MASK}`)
    .replace(keyed, (...found) => {
      const { close = '', quoted = '', plain = '' } = found.at(-1) as Record<string, string | undefined>;
      return `${found[1]}${close.endsWith('"') ? asJson(close, quoted, plain) : MASK}`;
    });
}

function patternsFor({ gap, any, but }: (typeof spans)[keyof typeof spans]) {
  // It ends where its quote does: `a\"b` goes on, and so does `it''s`. One without an end was cut: all of it.
  const quoted = [
    String.raw`"(?:[^"\\${but}]|\\${any})*"`,
    String.raw`'(?:[^'\\${but}]|\\${any}|'')*'`,
    String.raw`(?<quote>\\+["'])${any}{0,4000}?(?<!\\)\k<quote>`, // within a text that is quoted itself
    String.raw`\\*["'][^\r\n]*`,
  ].join('|');
  const sign = String.raw`(?<close>\\*["'])?${gap}*(?:[:=]>?|%3[AD])${gap}*`;
  return {
    /** A flag with its value after a space. */
    flag: new RegExp(String.raw`((?:${WORDS})(?<=--[\w-]{0,60})${gap}+)(?!-)("[^"${but}]*"|'[^'${but}]*'|\S+)`, 'gi'),
    /** The same in a list, as Go prints one and as JSON has it: the quotes stay. */
    listed: new RegExp(String.raw`((?:${WORDS})(?<=--[\w-]{0,60})\\*",?${gap}*\\*")(?!-)[^"\\]+`, 'gi'),
    /** A key with a quoted value after a space. Not the name of an object: `secret "tls" not found`. */
    spaced: new RegExp(`((?:${WORDS})${gap}+)("[^"${but}]+"|'[^'${but}]+')(?! (?:not found|is forbidden))`, 'gi'),
    keyed: new RegExp(
      String.raw`((?:${WORDS})\b${sign})(?!\[redacted\]@)(?:(?<quoted>${quoted})|(?<plain>[^\s,;&}"']+))`,
      'gi',
    ),
  };
}

/** JSON stays JSON: whoever reads a log line field by field still can. */
function asJson(quote: string, quoted: string, plain: string): string {
  const isNoText = /^(?:null|true|false|[[{].*)$/s.test(plain);
  if (isNoText) return plain;
  return quoted === '' || quoted.startsWith(quote) ? `${quote}${MASK}${quote}` : MASK;
}
