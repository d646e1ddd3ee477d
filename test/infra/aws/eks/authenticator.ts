import { createHash, createHmac } from 'node:crypto';

/** What the token service knows of somebody who signs. */
export interface KnownKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Authenticator {
  readonly clusterName: string;
  readonly stsHost: string;
  readonly keys: readonly KnownKeys[];
}

/** The parameters aws-iam-authenticator lets through, in lower case. */
const PARAMETERS = [
  ...['action', 'version', 'x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-expires'],
  ...['x-amz-security-token', 'x-amz-signature', 'x-amz-signedheaders'],
];
const HONOURED_MS = 15 * 60_000;

/**
 * Judges a token as the authenticator of a cluster does, step by step after its `Verify`, and the signature as the token
 * service does, computed by hand after https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html.
 * Answers why it is refused, or `undefined`.
 * https://github.com/kubernetes-sigs/aws-iam-authenticator/blob/0221afb8e2a5d14a20a93473edc4c2aa7676ce95/pkg/token/token.go
 */
export function refusalOf(token: string, { clusterName, stsHost, keys }: Authenticator, now: Date): string | undefined {
  if (token.length > 4096) return 'too large';
  const prefix = 'k8s-aws-v1.';
  if (!token.startsWith(prefix)) return 'prefix';
  const encoded = token.slice(prefix.length);
  if (!/^[\w-]+$/.test(encoded)) return 'not base64url without padding';
  const url = new URL(Buffer.from(encoded, 'base64url').toString());
  if (url.protocol !== 'https:') return 'scheme';
  if (url.host !== stsHost) return `host ${url.host}`;
  if (url.pathname !== '/') return 'path';

  const names = [...url.searchParams.keys()];
  const strange = names.find((name) => !PARAMETERS.includes(name.toLowerCase()));
  if (strange !== undefined || new Set(names).size !== names.length) return `parameter ${strange}`;
  const parameter = (name: string) => url.searchParams.get(name) ?? '';
  if (parameter('Action') !== 'GetCallerIdentity') return 'action';
  const signedHeaders = parameter('X-Amz-SignedHeaders').split(';');
  if (!signedHeaders.includes('x-k8s-aws-id')) return 'the cluster is not signed';
  const expires = Number(parameter('X-Amz-Expires'));
  if (!(expires >= 0 && expires <= 900)) return 'expires';
  if (now.getTime() > dateOf(parameter('X-Amz-Date')).getTime() + HONOURED_MS) return 'expired';

  const [keyId, ...scope] = parameter('X-Amz-Credential').split('/');
  const signer = keys.find(({ accessKeyId }) => accessKeyId === keyId);
  if (!signer) return `nobody has the key ${keyId}`;
  if (parameter('X-Amz-Security-Token') !== (signer.sessionToken ?? '')) return 'session token';
  const sent: Record<string, string> = { host: stsHost, 'x-k8s-aws-id': clusterName };
  const request = [
    'GET',
    '/',
    canonicalQuery(url.searchParams),
    ...signedHeaders.map((name) => `${name}:${sent[name] ?? ''}`),
    '',
    signedHeaders.join(';'),
    sha256(''),
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', parameter('X-Amz-Date'), scope.join('/'), sha256(request)].join('\n');
  const key = scope.reduce<string | Buffer>((derived, part) => hmac(derived, part), `AWS4${signer.secretAccessKey}`);
  return hmac(key, text).toString('hex') === parameter('X-Amz-Signature') ? undefined : 'signature';
}

/** `20261121T020000Z` */
function dateOf(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** Everything but the signature, sorted, each byte escaped but letters, digits and `-._~`. */
function canonicalQuery(parameters: URLSearchParams): string {
  return [...parameters]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&');
}

function escaped(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[\w.~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
