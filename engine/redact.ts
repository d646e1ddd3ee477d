export const MASK = '[redacted]';

/** What names a secret, at the end of a key: `DB_PASSWORD`, `db.pass`, `apiKey`. */
const SECRET_WORDS =
  'password|passwd|passphrase|requirepass|masterauth|(?<![a-z])pass|(?<![a-z])pwd|secret(?:[_-]?(?:access[_-]?)?key[\\w-]{0,20})?|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|authorization';

/**
 * Shapes of secrets that turn up in labels, annotations, events, flags and logs. Each keeps what names the secret and
 * masks the secret itself.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{0,8000}?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, MASK],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, MASK], // JSON Web Token: service account and OIDC tokens
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${MASK}`],
  [/\bxox[abeoprs]-[\w-]{8,}|\bxapp-[\w-]{8,}/g, MASK], // Slack
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, MASK], // AWS access key id
  [/\bgh[opsu]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}/g, MASK],
  [/\bAIza[\w-]{30,}/g, MASK], // Google API key
  // Webhook addresses are secrets by themselves: whoever has one may post.
  [/(\bhooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/gi, `$1${MASK}`],
  [/(\bevents\.(?:eu\.)?pagerduty\.com\/integration\/)\w+/gi, `$1${MASK}`],
  [/(\bdiscord(?:app)?\.com\/api\/webhooks\/\d+\/)[\w-]+/gi, `$1${MASK}`],
  [/((?:^|\s)(?:-u|--user)[\s=]+[^\s:]{1,100}:)\S+/g, `$1${MASK}`], // curl -u name:password
  // A flag with its value after a space, a key with a quoted value after a space.
  [new RegExp(`(--[\\w-]{0,40}(?:${SECRET_WORDS})\\s+)(?!-)("[^"]*"|'[^']*'|\\S+)`, 'gi'), `$1${MASK}`],
  // Not the name of an object: `secret "tls" not found`.
  [
    new RegExp(`(\\b[\\w.-]{0,40}(?:${SECRET_WORDS})\\s+)("[^"]+"|'[^']+')(?! (?:not found|is forbidden))`, 'gi'),
    `$1${MASK}`,
  ],
  [/\bk8s-aws-v1\.[\w-]{16,}/g, MASK], // EKS token
  [/(\b[a-z][a-z\d+.-]{0,20}:\/\/[^\s/:@]{1,100}:)[^\s/@]{1,200}@/gi, `$1${MASK}@`], // credentials in a URL
  [
    new RegExp(
      `(["']?\\b[\\w.-]{0,40}(?:${SECRET_WORDS})\\b["']?\\s*(?:[:=]|%3[AD])\\s*)("[^"]*"|'[^']*'|[^\\s,;&}"']+)`,
      'gi',
    ),
    `$1${MASK}`,
  ],
];

/** Masks what looks like a secret. Everything that leaves the engine as text goes through it. */
export function redact(text: string): string {
  return patterns.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}

/** The same for every string inside a JSON value. A key that names a secret masks its whole value. */
export function redactDeep(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value))
    return value.map((item, index) =>
      typeof item === 'string' ? redactNext(value[index - 1], item) : redactDeep(item),
    );
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      typeof inner === 'string' && SECRET_KEY.test(key) ? MASK : redactDeep(inner),
    ]),
  );
}

/** Of words that belong together, as the arguments of a program: a flag, and its value in the next. */
function redactNext(before: unknown, text: string): string {
  const alone = redact(text);
  if (typeof before !== 'string') return alone;
  return redact(`${before} ${text}`) === `${redact(before)} ${alone}` ? alone : MASK;
}

const SECRET_KEY =
  /passw|passphrase|requirepass|masterauth|(^|[_.-])(pass|pwd)$|secret|(api|access|private)[_-]?key|credential|bearer|(^|[_.-])token$/i;

/** The fields of a pod template, and annotations, under which anything may be a secret, whatever it is called or looks like. */
const HOLDERS = /\.(?:env|envFrom|args|command|httpHeaders|annotations|volumeAttributes|flexVolume)\b/;

/** Whether what stands at this path of an object may be a secret: `spec.template.spec.volumes[v].csi.volumeAttributes.user`. */
export function mayBeSecret(path: string): boolean {
  return HOLDERS.test(path) || namedSecret(path);
}

/** The value of a field as text that may be shown. A field whose name says that it is a secret is masked as a whole. */
export function redactAt(path: string, value: string): string {
  return namedSecret(path) ? MASK : redact(value);
}

function namedSecret(path: string): boolean {
  const [, inBrackets, plain] = /(?:\[([^\]]*)\]|([^.[\]]+))$/.exec(path) ?? [];
  return SECRET_KEY.test(inBrackets ?? plain ?? '');
}
