import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../../../engine/ports.ts';
import { SlackError } from './api/call.ts';
import { checkedContent, givenContent } from './api/content.ts';
import type { ChannelLog } from './channel.ts';
import type { Message } from './message.ts';
import type { Workspace } from './workspace.ts';

/** https://docs.slack.dev/interactivity/handling-user-interaction: "up to 5 times within 30 minutes". */
const maxUses = 5;
const lifetimeMs = 30 * 60_000;

/** What the person did that the app may answer to. */
export interface Origin {
  readonly channel: string;
  readonly user: string;
  /** The message that was clicked; none for a command. */
  readonly message?: Message;
}

export interface ResponseResult {
  readonly status: number;
  readonly ok: boolean;
  readonly error?: string;
}

export interface ResponseUrls {
  issue(origin: Origin): string;
  receive(id: string, body: string): ResponseResult;
}

const responseSchema = z.looseObject({
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: z.coerce.boolean().optional(),
  delete_original: z.coerce.boolean().optional(),
  thread_ts: z.string().optional(),
});

const failed = (status: number, error: string): ResponseResult => ({ status, ok: false, error });

/** The URLs that let an app answer one click or command later, without a token. Forgotten by a restart. */
export function createResponseUrls(options: {
  readonly clock: Clock;
  readonly log: ChannelLog;
  readonly workspace: Workspace;
  readonly baseUrl: () => string;
}): ResponseUrls {
  const issued = new Map<string, { readonly origin: Origin; readonly until: number; uses: number }>();
  const now = () => options.clock.now().getTime();
  return {
    issue(origin) {
      for (const [id, { until }] of issued) if (now() > until + lifetimeMs) issued.delete(id);
      const id = randomBytes(18).toString('base64url');
      issued.set(id, { origin, until: now() + lifetimeMs, uses: 0 });
      return new URL(`/response/${id}`, options.baseUrl()).href;
    },
    receive(id, body) {
      const url = issued.get(id);
      if (!url) return failed(404, 'invalid_url');
      if (now() > url.until) return failed(404, 'expired_url');
      if (url.uses >= maxUses) return failed(404, 'used_url');
      url.uses += 1;
      try {
        respond(options, url.origin, JSON.parse(body));
        return { status: 200, ok: true };
      } catch (error) {
        if (error instanceof SlackError) return failed(400, error.code);
        if (error instanceof SyntaxError) return failed(400, 'invalid_payload');
        throw error;
      }
    },
  };
}

/**
 * Shows an app's answer: to the person alone unless it says `in_channel`, as a new message unless it replaces the one
 * that was clicked. Throws `SlackError`.
 */
export function respond(
  { log, workspace }: { readonly log: ChannelLog; readonly workspace: Workspace },
  origin: Origin,
  answer: unknown,
): void {
  const parsed = responseSchema.safeParse(answer);
  if (!parsed.success) throw new SlackError('invalid_payload');
  const { response_type, replace_original, delete_original, thread_ts } = parsed.data;
  const original = origin.message && log.find(origin.channel, origin.message.ts);
  if (delete_original) {
    if (original) log.remove(original);
    return;
  }
  const content = checkedContent(givenContent(parsed.data));
  if (replace_original && original) {
    log.edit(original, content);
    return;
  }
  const threadTs = thread_ts ?? origin.message?.threadTs;
  const message = { channel: origin.channel, user: workspace.bot.id, content, threadTs };
  if (response_type === 'in_channel') log.post(message);
  else log.postEphemeral(message, origin.user);
}
