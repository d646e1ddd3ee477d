import { WebAPIPlatformError } from '@slack/web-api';
import * as z from 'zod';
import { Ambiguous, type Chat } from '../../engine/ports.ts';
import { type Call, failureOf } from './failures.ts';
import { type Log, silent } from './log.ts';
import { slackModals } from './modals.ts';
import { render } from './render.ts';
import { planModal, sayingModal } from './render-modal.ts';
import { evidenceParts } from './render-thread.ts';
import { readViewReference } from './values.ts';
import { calling, webClient } from './web.ts';
import { whisper } from './whisper.ts';

export interface SlackChatOptions {
  readonly botToken: string;
  /** Base of the Web API. Default: https://slack.com/api/ */
  readonly apiUrl?: string;
  /** Milliseconds for one call. Default 8,000. */
  readonly timeoutMs?: number;
  readonly log?: Log;
}

/** Marks our messages; `find` knows them by the key beside it. */
const EVENT_TYPE = 'nightshift_message';
/** Slack stamps messages with its own clock: how far ours may be ahead of it. */
const CLOCK_SKEW_SECONDS = 120;
const PAGE = 200;
/** 10,000 messages since the attempt: more than any channel gets in the time between a failure and its repetition. */
const MAX_PAGES = 50;

const posted = z.object({ channel: z.string(), ts: z.string() });
const page = z.object({
  messages: z
    .array(
      z.object({
        ts: z.string(),
        metadata: z
          .object({ event_type: z.string(), event_payload: z.object({ key: z.unknown() }) })
          .optional()
          .catch(undefined),
      }),
    )
    .default([]),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

type Page = z.infer<typeof page>;

/**
 * The channel in Slack, over the real Web API client. It never repeats a call by itself: the caller's outbox does, and
 * looks with `find` first where a post may have arrived.
 *
 * Without the scope `channels:history` (`groups:history` in a private channel) `find` cannot look. It then says so in
 * the log and answers that nothing arrived: after an ambiguous failure the message may stand in the channel twice. Two
 * cards of one incident are better than none.
 */
export function slackChat({ botToken, apiUrl, timeoutMs = 8_000, log = silent }: SlackChatOptions): Chat {
  const client = webClient({ botToken, timeoutMs, log, ...(apiUrl === undefined ? {} : { apiUrl }) });
  const modals = slackModals(client);

  return {
    evidenceParts,

    async post({ channel, thread }, message, key) {
      const call: Call = { kind: 'post', method: 'chat.postMessage', channel };
      const { text, blocks } = render(message);
      const answer = await calling(call, () =>
        client.chat.postMessage({
          channel,
          text,
          blocks,
          metadata: metadataOf(key),
          unfurl_links: false,
          unfurl_media: false,
          ...(thread === undefined ? {} : { thread_ts: thread.ts }),
        }),
      );
      const ref = posted.safeParse(answer);
      if (!ref.success) throw new Ambiguous('Slack took the message but did not say where it stands');
      return ref.data;
    },

    async update({ channel, ts }, message, key) {
      const { text, blocks } = render(message);
      await calling({ kind: 'edit', method: 'chat.update', channel }, () =>
        client.chat.update({ channel, ts, text, blocks, metadata: metadataOf(key) }),
      );
    },

    async find(channel, key, since, thread) {
      const oldest = String(Math.floor(since.getTime() / 1000) - CLOCK_SKEW_SECONDS);
      const window = { channel, oldest, inclusive: true, include_all_metadata: true, limit: PAGE };
      const method = thread === undefined ? 'conversations.history' : 'conversations.replies';
      let cursor: string | undefined;
      for (let pages = 0; pages < MAX_PAGES; pages += 1) {
        const args = { ...window, ...(cursor ? { cursor } : {}) };
        const seen = await look(log, { kind: 'read', method, channel }, () =>
          thread === undefined
            ? client.conversations.history(args)
            : client.conversations.replies({ ...args, ts: thread.ts }),
        );
        const ts = seen?.messages.find((message) => hasKey(message, key))?.ts;
        if (ts !== undefined) return { channel, ts };
        cursor = seen?.response_metadata?.next_cursor;
        if (!cursor) return undefined;
      }
      log.warn({ channel, key }, 'gave up looking for a message in a very busy channel: it may be posted twice');
      return undefined;
    },

    async showPlan(reference, content) {
      const { view, channel } = readViewReference(reference);
      return modals.update(view, 'problem' in content ? sayingModal(content.problem) : planModal(content, channel));
    },

    whisper: (place, user, text) => whisper(client, place, user, text),
  };
}

function hasKey({ metadata }: Page['messages'][number], key: string): boolean {
  return metadata?.event_type === EVENT_TYPE && metadata.event_payload.key === key;
}

function metadataOf(key: string) {
  return { event_type: EVENT_TYPE, event_payload: { key } };
}

/** `undefined`: there is nothing to look through, because the thread is gone or the token may not read. */
async function look(log: Log, call: Call, send: () => Promise<unknown>): Promise<Page | undefined> {
  try {
    return page.parse(await send());
  } catch (thrown) {
    const code = thrown instanceof WebAPIPlatformError ? thrown.data.error : undefined;
    if (code === 'thread_not_found') return undefined;
    const failure = failureOf(thrown, call);
    if (code !== 'missing_scope') throw failure;
    log.warn({ channel: call.channel }, `${failure.message}. Until then a message may be posted twice.`);
    return undefined;
  }
}
