import type { RequestOptions } from 'node:https';
import type { Authenticator } from '@kubernetes/client-node/dist/auth.js';
import type { User } from '@kubernetes/client-node/dist/config_types.js';
import { FileAuth } from '@kubernetes/client-node/dist/file_auth.js';
import { ReadFailure, Refused } from '../../engine/errors.ts';
import { credentialAdvice, credentialUnavailable } from './advice.ts';
import { execAuthenticator } from './exec.ts';
import type { HeaderValues } from './impersonation.ts';
import { type Connection, tokenFileOf } from './kubeconfig.ts';
import { sameIdentity, type TlsIdentity, tlsOf } from './tls.ts';

/** A credential refused this soon after it was fetched is wrong, not old. */
const RENEW_AT_MOST_EVERY_MS = 10_000;

export interface Presented {
  readonly headers: HeaderValues;
  /** The same object as long as nothing in it changed. */
  readonly tls: TlsIdentity;
  /** Counts the renewals before it. */
  readonly generation: number;
}

export interface Credentials {
  /** What they are, for messages: `the token of user "viewer"`. */
  readonly what: string;
  /** What to send now. Throws `ReadFailure` when a plug-in or a file gives nothing. */
  present(): Promise<Presented>;
  /** After a 401: will the next `present` give something newer than what was refused? */
  renew(refused: Presented): boolean;
  /** Nobody waits for one any more: a plug-in that still runs is stopped. */
  close(): void;
}

/** Tokens that are made when they are needed, and lie in no file. */
export interface Tokens {
  /** What they are, for messages: `the token of role reader`. */
  readonly what: string;
  /** What to send now: the same as long as it is good. Throws `ReadFailure`. */
  token(): Promise<string>;
  /** The last one was refused: the next must be another. */
  forget(): void;
}

interface TokenUser extends User {
  readonly tokens: Tokens;
}

/** A user entry, as of a kubeconfig, that identifies itself with such tokens. */
export function userWith(tokens: Tokens, name: string): User {
  const user: TokenUser = { name, tokens };
  return user;
}

function tokensOf(user: User): Tokens | undefined {
  return 'tokens' in user ? (user as TokenUser).tokens : undefined;
}

/**
 * The credentials of one connection, through the library's authenticators: tokens, token files, exec plug-ins, older
 * auth providers. They are taken one by one because `KubeConfig` loads every generated model with it (56 MB, 0.3 s).
 */
export async function credentialsOf(connection: Connection): Promise<Credentials> {
  const { user, impersonation = {} } = connection;
  const files = tlsOf(connection);
  const over = new AbortController();
  let authenticator = await authenticatorFor(user, over.signal);
  let generation = 0;
  let renewedAt = Number.NEGATIVE_INFINITY;
  let tls = files();
  let running: Promise<Presented> | undefined;
  let lastInFile: string | undefined;

  async function present(): Promise<Presented> {
    const current = generation;
    const options: RequestOptions & { headers: Record<string, string> } = { headers: {} };
    if (user.username) options.headers.Authorization = `Basic ${base64(`${user.username}:${user.password ?? ''}`)}`;
    try {
      await authenticator?.applyAuthentication(user, options);
    } catch (thrown) {
      if (!hasSpare(user)) throw thrown instanceof ReadFailure ? thrown : credentialUnavailable(user, thrown);
      if (lastInFile) options.headers.Authorization = lastInFile;
    }
    if (hasSpare(user)) lastInFile = options.headers.Authorization;
    if (user.token && !lastInFile) options.headers.Authorization = `Bearer ${user.token}`;
    // Token files and plug-ins end their tokens with a newline as often as not.
    if (options.headers.Authorization) options.headers.Authorization = options.headers.Authorization.trim();

    const { cert, key } = options;
    const next = cert && key ? { ...files(), cert: String(cert), key: String(key) } : files();
    if (!sameIdentity(tls, next)) tls = next;
    return { headers: { ...options.headers, ...impersonation }, tls, generation: current };
  }

  return {
    what: tokensOf(user)?.what ?? credentialAdvice(user).what,
    present: () => {
      // The reads of a run start together: one run of the plug-in must do for all of them.
      running ??= present().finally(() => {
        running = undefined;
      });
      return running;
    },
    renew: (refused) => {
      if (refused.generation < generation) return true; // another read saw the 401 first
      if (!authenticator || performance.now() - renewedAt < RENEW_AT_MOST_EVERY_MS) return false;
      authenticator = fresh(authenticator, user, over.signal);
      lastInFile = undefined;
      renewedAt = performance.now();
      running = undefined;
      generation += 1;
      return true;
    },
    close: () => over.abort(),
  };
}

async function authenticatorFor(user: User, over: AbortSignal): Promise<Authenticator | undefined> {
  const common = commonAuthenticator(user, over);
  if (common || !user.authProvider) return common;
  // Providers that kubectl dropped in 1.26. Few still need them, so nobody else pays for loading them.
  const [{ OpenIDConnectAuth }, { GoogleCloudPlatformAuth }, { AzureAuth }] = await Promise.all([
    import('@kubernetes/client-node/dist/oidc_auth.js'),
    import('@kubernetes/client-node/dist/gcp_auth.js'),
    import('@kubernetes/client-node/dist/azure_auth.js'),
  ]);
  const older = [new OpenIDConnectAuth(), new GoogleCloudPlatformAuth(), new AzureAuth()];
  const found = older.find((candidate) => candidate.isAuthProvider(user));
  if (found) return found;
  throw new Refused('KUBERNETES_CONFIG', `user "${user.name}": unknown auth-provider "${user.authProvider.name}"`);
}

/** Of a token and a file with one, what was last read in the file goes first, as with kubectl. The other is for when nothing was. */
function hasSpare(user: User): boolean {
  return Boolean(user.token) && tokenFileOf(user) !== undefined;
}

function commonAuthenticator(user: User, over: AbortSignal): Authenticator | undefined {
  return [tokenAuthenticator(), execAuthenticator(over), new FileAuth()].find((candidate) =>
    candidate.isAuthProvider(user),
  );
}

function tokenAuthenticator(): Authenticator {
  return {
    isAuthProvider: (user) => tokensOf(user) !== undefined,
    applyAuthentication: async (user, options) => {
      const token = await tokensOf(user)?.token();
      options.headers = { ...options.headers, Authorization: `Bearer ${token}` };
    },
  };
}

/** One with nothing cached. The older providers keep their tokens in the user entry and refresh them alone. */
function fresh(authenticator: Authenticator, user: User, over: AbortSignal): Authenticator {
  tokensOf(user)?.forget();
  return commonAuthenticator(user, over) ?? authenticator;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
