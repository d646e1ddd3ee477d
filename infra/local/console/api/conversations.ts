import type { Message } from '../message.ts';
import type { Range } from '../messages.ts';
import { type ApiContext, type Args, channelOf, flag, limit, type Method, SlackError, text } from './call.ts';

/** https://docs.slack.dev/reference/methods/conversations.history and .replies: default and largest page. */
const page = { history: { fallback: 100, max: 999 }, replies: { fallback: 1000, max: 1000 } };

const history: Method = {
  scope: 'channels:history',
  run(args, context) {
    const channel = readableChannel(args, context);
    const size = limit(args, page.history.fallback, page.history.max);
    const cursor = cursorOf(args);
    const range: Range = { ...rangeOf(args), ...(cursor && { latest: cursor, inclusive: false }), limit: size + 1 };
    const found = context.messages.history(channel, range);
    return pageOf(found, size, args, context);
  },
};

const replies: Method = {
  scope: 'channels:history',
  run(args, context) {
    const channel = readableChannel(args, context);
    const ts = text(args, 'ts');
    const message = ts === undefined ? undefined : context.messages.get(channel, ts);
    const parent = message?.threadTs ? context.messages.get(channel, message.threadTs) : message;
    if (!parent) throw new SlackError('thread_not_found');
    const size = limit(args, page.replies.fallback, page.replies.max);
    const cursor = cursorOf(args);
    const range: Range = { ...rangeOf(args), ...(cursor && { oldest: cursor, inclusive: false }), limit: size + 1 };
    const found = context.messages.replies(channel, parent.ts, range);
    return pageOf(cursor ? found : [parent, ...found], size, args, context);
  },
};

const info: Method = {
  scope: 'channels:read',
  run(args, context) {
    const { id, name, isArchived, isMember } = channelOf(args, context);
    return {
      channel: {
        id,
        name,
        name_normalized: name,
        is_channel: true,
        is_private: false,
        is_archived: isArchived,
        is_member: isMember,
        is_general: name === 'general',
        is_shared: false,
        is_ext_shared: false,
        is_pending_ext_shared: false,
        is_org_shared: false,
        context_team_id: context.workspace.team.id,
      },
    };
  },
};

function readableChannel(args: Args, context: ApiContext): string {
  const channel = channelOf(args, context);
  if (!channel.isMember) throw new SlackError('not_in_channel');
  return channel.id;
}

function rangeOf(args: Args): Omit<Range, 'limit'> {
  const latest = text(args, 'latest');
  const oldest = text(args, 'oldest');
  return {
    ...(latest && { latest: padded(latest) }),
    ...(oldest && { oldest: padded(oldest) }),
    inclusive: flag(args, 'inclusive'),
  };
}

/** Callers may give whole seconds, or `0` for "from the beginning"; stored ones always have six decimals. */
function padded(ts: string): string {
  const [seconds = '0', micros = ''] = ts.split('.');
  if (!/^\d+$/.test(seconds) || !/^\d*$/.test(micros)) throw new SlackError('invalid_ts_latest');
  return `${seconds.padStart(10, '0')}.${micros.padEnd(6, '0').slice(0, 6)}`;
}

function cursorOf(args: Args): string | undefined {
  const cursor = text(args, 'cursor');
  if (cursor === undefined) return undefined;
  const [, ts] = /^ts:(\d+\.\d{6})$/.exec(Buffer.from(cursor, 'base64').toString()) ?? [];
  if (!ts) throw new SlackError('invalid_cursor');
  return ts;
}

/** Cuts what was found (one more than asked, when there is more) down to a page with the cursor to the next. */
function pageOf(found: readonly Message[], size: number, args: Args, { log }: ApiContext) {
  const messages = found.slice(0, size);
  const last = messages.at(-1);
  const more = found.length > size && last !== undefined;
  return {
    messages: messages.map((message) => log.show(message, flag(args, 'include_all_metadata'))),
    has_more: more,
    ...(more && { response_metadata: { next_cursor: Buffer.from(`ts:${last.ts}`).toString('base64') } }),
  };
}

export const conversationMethods: Readonly<Record<string, Method>> = {
  'conversations.history': history,
  'conversations.replies': replies,
  'conversations.info': info,
};
