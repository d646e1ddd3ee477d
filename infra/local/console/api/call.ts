import type { ChannelLog } from '../channel.ts';
import type { JsonObject } from '../message.ts';
import type { Messages } from '../messages.ts';
import type { Triggers } from '../triggers.ts';
import type { Views } from '../views.ts';
import type { Channel, Workspace } from '../workspace.ts';

/** `ok: false` with Slack's own word, and the further fields that belong to it. */
export class SlackError extends Error {
  readonly code: string;
  readonly details: JsonObject;

  constructor(code: string, details: JsonObject = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

/** The arguments of one call: strings from a form, or any JSON value. */
export type Args = Readonly<Record<string, unknown>>;

export interface ApiContext {
  readonly workspace: Workspace;
  readonly log: ChannelLog;
  readonly messages: Messages;
  readonly triggers: Triggers;
  readonly views: Views;
  /** Where the page is reachable, for permalinks. */
  readonly pageOrigin: () => string;
}

/** One method: its arguments in, what stands beside `ok: true` out. Throws `SlackError`. */
export interface Method {
  /** The scope a bot token needs; none for methods open to every token. */
  readonly scope?: string;
  readonly run: (args: Args, context: ApiContext) => JsonObject;
}

/** A text argument; absent and empty are the same to Slack. */
export function text(args: Args, name: string): string | undefined {
  const value = args[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function flag(args: Args, name: string): boolean {
  const value = args[name];
  return value === true || value === 'true' || value === '1' || value === 1;
}

/** A whole number within bounds; `invalid_limit` when it is something else. */
export function limit(args: Args, fallback: number, max: number): number {
  const value = text(args, 'limit');
  if (value === undefined) return fallback;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new SlackError('invalid_limit');
  return number === 0 ? fallback : Math.min(number, max);
}

/** A list or object that a form carries as a JSON string. Throws the given error when it is not JSON. */
export function json(args: Args, name: string, error: string): unknown {
  const value = args[name];
  if (typeof value !== 'string') return value ?? undefined;
  if (value === '') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    throw new SlackError(error);
  }
}

/** The channel by its id, or by `#name`. */
export function channelOf(args: Args, { workspace }: ApiContext): Channel {
  const wanted = text(args, 'channel');
  const channel = workspace.channels.find(({ id, name }) => id === wanted || `#${name}` === wanted);
  if (!channel) throw new SlackError('channel_not_found');
  return channel;
}

/** A channel that the bot may write to. */
export function writableChannel(args: Args, context: ApiContext): Channel {
  const channel = channelOf(args, context);
  if (channel.isArchived) throw new SlackError('is_archived');
  if (!channel.isMember) throw new SlackError('not_in_channel');
  return channel;
}
