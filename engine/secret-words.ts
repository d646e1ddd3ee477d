import { MASK } from './mask.ts';

/** Of what a password is that is only called `pass`: `dbPass`, `smtp_pass`, `bindpw`; `bypass` and `compass` are none. */
const WHOSE =
  '(?:db|sql|mysql|pg|redis|mongo|rabbit|ldap|bind|smtp|imap|mail|ftp|http|proxy|admin|root|user|login|auth|api|app|service|key_?store|trust_?store|key|store|vault)[_-]?';
/** What names a secret, at the end of a key: `DB_PASSWORD`, `db.pass`, `apiKey`. */
const WORDS = `passwords?|password[_-]?hash|(?:secret|token)[_-]?value|secret[_-]?id|license[_-]?key|(?<![a-z])app_key|tls\\.key|passwd|passphrase|passcode|requirepass|masterauth|(?:pass|pwd|pw)(?![a-z])(?<=(?<![a-z])(?:${WHOSE})?(?:pass|pwd|pw))|secret(?:[_-]?(?:access[_-]?)?key[\\w-]{0,20})?|token|(?:api|access|account|subscription|private|encryption|signing|master)[_-]?key|client-key-data|credentials?|authorization|cookie|dockerconfigjson|dockercfg|(?<![a-z])_?auth(?=["']\\s*:\\s*"[\\w+/=]{8})`;
/** And with what it is for behind it, as variables are called: `DB_PASSWORD_PROD`. Where it lies, or how long it is good, is no secret. */
const VARIABLE = String.raw`(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY|CREDENTIALS?)_(?![A-Z\d_]*(?:FILE|PATH|DIR|NAME|TTL|UR[IL]|ENDPOINT|HOST|EXPIR\w*|SECONDS|MINUTES|HOURS|DAYS|AGE|POLICY|LENGTH|TYPE|VERSION|ENABLED|REQUIRED|HEADER|PREFIX|ALGORITHM|ISSUER|AUDIENCE|ID|COUNT|LIFETIME|REF|REFRESH|ROTATION|REVIEWS?)\b)[A-Z\d_]{1,40}`;

const variable = new RegExp(`(?<![A-Z])${VARIABLE}$`);
const called = new RegExp(`(?<![a-z])(?:${WHOSE})?(?:pass|pwd|pw)$`, 'i');

/** Whether what is called so is a password or a variable that holds a secret: `smtpPass`, `DB_PASSWORD_PROD`. */
export function isSecretName(name: string): boolean {
  return variable.test(name) || called.test(name);
}

/** What separates a key from its value, and what may stand in quotes: not the end of a line where each stands alone. */
const spans = {
  text: { gap: String.raw`\s`, any: String.raw`[\s\S]`, but: '' },
  lines: { gap: String.raw`[^\S\n]`, any: '.', but: String.raw`\n` },
} as const;

/** Most texts name none. */
const anyWord = new RegExp(WORDS, 'i');
const anywhere = patternsFor(spans.text);
const lineByLine = patternsFor(spans.lines);

/** Masks what stands behind a word that names a secret. `lines`: those of a log, which have nothing to do with each other. */
export function maskNamed(text: string, of: 'text' | 'lines'): string {
  if (!anyWord.test(text)) return text;
  const { keyed, ...others } = of === 'lines' ? lineByLine : anywhere;
  const masked = Object.values(others).reduce((rest, pattern) => rest.replace(pattern, `$1${MASK}`), text);
  return masked.replace(keyed, (...found) => {
    const { close = '', quoted = '', list, plain = '' } = found.at(-1) as Record<string, string | undefined>;
    if (list !== undefined) return `${found[1]}[${close}${MASK}${close}]`;
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
  const sign = String.raw`(?<close>\\*["'])?${gap}*(?::?={1,3}>?|:>?|%3[AD])${gap}*`;
  const word = String.raw`(?:"[^"${but}]*"|'[^'${but}]*'|\S+)`;
  const isFlag = String.raw`(?<=(?:--|(?<![\w-])-)[\w-]{0,60})`;
  return {
    /** A flag with its value after a space. */
    flag: new RegExp(`((?:${WORDS})${isFlag}${gap}+)(?!-)${word}`, 'gi'),
    /** The same in a list, as Go prints one and as JSON and YAML have it: the quotes stay. */
    listed: new RegExp(String.raw`((?:${WORDS})${isFlag}\\*["'],?${gap}*\\*["'])(?!-)[^"'\\]+`, 'gi'),
    item: new RegExp(String.raw`((?:${WORDS})${isFlag}["']?\n\s*- )${word}`, 'gi'),
    /** The name and the value of a variable, as a container has them. */
    variable: new RegExp(
      String.raw`((?:${WORDS})(?:\d{0,3}|_[A-Z\d_]{1,40})\\*["']?(?:,\s*|\s+)\\*["']?value\\*["']?\s*[:=]\s*\\*["']?)[^\s"',}\\]+`,
      'gi',
    ),
    named: new RegExp(String.raw`((?<![A-Z])${VARIABLE}\s?[:=]\s?)${word}`, 'g'),
    element: new RegExp(String.raw`(<[\w:.-]{0,40}(?:${WORDS})>)[^<\s][^<]*`, 'gi'),
    /** A key with a quoted value after a space. Not the name of an object: `secret "tls" not found`. */
    spaced: new RegExp(`((?:${WORDS})${gap}+)("[^"${but}]+"|'[^'${but}]+')(?! (?:not found|is forbidden))`, 'gi'),
    keyed: new RegExp(
      String.raw`((?:${WORDS})\d{0,3}\b${sign})(?!\[redacted\]@)(?:(?<quoted>${quoted})|(?<list>(?:\[\]string\{|\[)\s*\\*["'][^\]}]*["']\s*[\]}])|(?<plain>[^\s,;&}"']+))`,
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
