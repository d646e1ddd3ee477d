import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import * as z from 'zod';
import { messageOf, Refused, TryLater } from '../../engine/errors.ts';
import { Ambiguous } from '../../engine/ports.ts';
import { redact } from '../../engine/redact.ts';

/** What a failed call was about, for the sentence that mends it. `post` is the one that must not happen twice. */
export interface Call {
  readonly kind: 'post' | 'edit' | 'read';
  readonly method: string;
  readonly channel?: string;
}

/** Slack takes no more calls of this method for so long. */
export class Limited extends TryLater {
  readonly method: string;

  constructor(method: string, retryAfterMs: number, cause: unknown) {
    super(`Slack limits ${method}: again in ${Math.ceil(retryAfterMs / 1000)} s`, retryAfterMs, cause);
    this.method = method;
  }
}

/** Who answered is not Slack: another address, or a proxy that does not let us through. */
export class NotSlack extends TryLater {}

const SOON_MS = 5_000;
/** For a rate limit without `Retry-After`, and where somebody else than Slack answered. */
const LATER_MS = 30_000;

/** The connection did not come about, so nothing was sent. */
const notSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Slack: "it's possible some aspect of the operation succeeded before the error was raised". */
const halfDone = new Set(['internal_error', 'fatal_error', 'service_unavailable']);
/** Slack did not do it, and will later: limits, a request that arrived cut off, a workspace that is being moved. */
const passing = new Set(['ratelimited', 'rate_limited', 'request_timeout', 'team_added_to_org']);

/** What went wrong in the port's words: `TryLater`, `Ambiguous` (a post that may have arrived) or `Refused`. */
export function failureOf(thrown: unknown, call: Call): Error {
  if (thrown instanceof WebAPIRateLimitedError) return limited(call, thrown.retryAfter * 1000, thrown);
  if (thrown instanceof WebAPIPlatformError) return platformFailure(thrown, call);
  if (thrown instanceof WebAPIHTTPError) {
    const words = `Slack answered ${call.method} with HTTP ${thrown.statusCode}`;
    return thrown.statusCode >= 500
      ? unclear(words, call, thrown)
      : new NotSlack(`${words}: is the API URL right?`, LATER_MS, thrown);
  }
  if (thrown instanceof WebAPIRequestError) {
    const codes = codesOf(thrown.original);
    const words = `Slack cannot be reached (${codes.join(', ') || thrown.original.message})`;
    const unsent = codes.length > 0 && codes.every((code) => notSent.has(code));
    return unsent ? new TryLater(words, SOON_MS, thrown) : unclear(words, call, thrown);
  }
  // The client has no class of its own for a 429 without a usable Retry-After.
  if (/retry-after header/i.test(messageOf(thrown))) return limited(call, LATER_MS, thrown);
  return unclear(`${call.method} failed: ${messageOf(thrown)}`, call, thrown);
}

const refusal = z.object({
  needed: z.string().optional().catch(undefined),
  errors: z.array(z.string()).optional().catch(undefined),
  response_metadata: z
    .object({ messages: z.array(z.string()).optional() })
    .optional()
    .catch(undefined),
});
type Refusal = z.infer<typeof refusal>;

function platformFailure(thrown: WebAPIPlatformError, call: Call): Error {
  const { error, response_metadata: metadata } = thrown.data;
  if (passing.has(error)) return limited(call, (metadata?.retryAfter ?? LATER_MS / 1000) * 1000, thrown);
  // A page of a proxy instead of Slack's JSON ends up here too.
  if (halfDone.has(error) || !/^[a-z][a-z0-9_]{2,60}$/.test(error))
    return unclear(`Slack answered ${call.method} with ${redact(error).slice(0, 100)}`, call, thrown);
  return new Refused(error, mend(error, refusal.parse(thrown.data), call), thrown);
}

function limited({ method }: Call, retryAfterMs: number, cause: unknown): TryLater {
  return new Limited(method, retryAfterMs, cause);
}

function unclear(words: string, call: Call, cause: unknown): Error {
  if (call.kind !== 'post') return new TryLater(words, SOON_MS, cause);
  return new Ambiguous(`${words}: the message may have arrived`, { cause });
}

/** Error codes below a failed request: undici wraps them, and tries several addresses of one name. */
function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : codesOf(error.cause);
  const own: unknown = 'code' in error ? error.code : undefined;
  return inner.length > 0 ? inner : typeof own === 'string' ? [own] : [];
}

const newToken = 'install the app again and put its bot token (xoxb-…) into slack.botToken';
const reinstall = 'add it under OAuth & Permissions, Bot Token Scopes, and install the app again';

/** One sentence that says what a person can do. */
function mend(error: string, data: Refusal, { channel, method }: Call): string {
  const where = channel === undefined ? '' : ` in ${channel}`;
  switch (error) {
    case 'channel_not_found':
      return `Slack knows no channel ${channel} that the bot can see: slack.channel must be an id such as C0123456789; in a private channel type /invite @nightshift`;
    case 'not_in_channel':
      return `The bot is not in channel ${channel}: type /invite @nightshift there`;
    case 'is_archived':
      return `Channel ${channel} is archived: unarchive it or name another in slack.channel`;
    case 'not_authed':
    case 'invalid_auth':
    case 'account_inactive':
    case 'token_revoked':
    case 'token_expired':
      return `Slack does not accept the bot token (${error}): ${newToken}`;
    case 'missing_scope':
      return `The bot token lacks the scope ${data.needed ?? 'that this call needs'} for ${method}: ${reinstall}`;
    case 'restricted_action':
    case 'restricted_action_read_only_channel':
      return `Slack does not let the bot post in ${channel} (${error}): a workspace admin must allow it, or name another channel`;
    case 'message_not_found':
      return `The message is no longer in ${channel}: somebody deleted it`;
    case 'cant_update_message':
      return `The message in ${channel} is not this bot's: was the Slack app made anew?`;
    case 'invalid_trigger_id':
    case 'expired_trigger_id':
    case 'exchanged_trigger_id':
      return `The window could not be opened within Slack's three seconds (${error}): press the button again`;
    case 'user_not_in_channel':
      return `Slack does not show messages in ${channel} to somebody who is not a member of it`;
    case 'invalid_blocks':
    case 'msg_blocks_too_long':
    case 'invalid_attachments':
    case 'invalid_blocks_format':
    case 'msg_too_long':
    case 'invalid_arguments':
    case 'view_too_large':
      return `Slack refused what ${method} should show (${error}${detailsOf(data)}): this is a defect of Nightshift, please report it`;
    default:
      return `Slack refused ${method}${where}: ${error}${detailsOf(data)}`;
  }
}

function detailsOf({ errors, response_metadata: metadata }: Refusal): string {
  const all = errors ?? metadata?.messages ?? [];
  return all.length > 0 ? `; ${all.slice(0, 3).join('; ')}` : '';
}
