import type { Content, Message } from '../message.ts';
import { type ApiContext, type Args, channelOf, flag, type Method, SlackError, text, writableChannel } from './call.ts';
import { checkedContent, type GivenContent, givenContent } from './content.ts';

const postMessage: Method = {
  scope: 'chat:write',
  run(args, context) {
    const channel = writableChannel(args, context);
    const content = checkedContent(givenContent(args));
    const threadTs = threadOf(args, channel.id, context);
    const message = context.log.post({
      channel: channel.id,
      user: context.workspace.bot.id,
      content,
      threadTs,
      broadcast: threadTs !== undefined && flag(args, 'reply_broadcast'),
    });
    return { channel: channel.id, ts: message.ts, message: context.log.show(message, true) };
  },
};

const postEphemeral: Method = {
  scope: 'chat:write',
  run(args, context) {
    const channel = writableChannel(args, context);
    const user = text(args, 'user') ?? '';
    if (!context.workspace.users.some(({ id }) => id === user)) throw new SlackError('user_not_in_channel');
    const content = checkedContent(givenContent(args));
    const threadTs = threadOf(args, channel.id, context);
    const message = context.log.postEphemeral(
      { channel: channel.id, user: context.workspace.bot.id, content, threadTs },
      user,
    );
    return { message_ts: message.ts };
  },
};

const update: Method = {
  scope: 'chat:write',
  run(args, context) {
    const message = ownMessage(args, context, 'cant_update_message');
    const given = givenContent(args);
    if (given.text === undefined && given.blocks === undefined && given.attachments === undefined)
      throw new SlackError('no_text');
    const content = checkedContent(retained(message.content, given), 'update');
    if (onlyRichText(message.content) && content.blocks && !content.blocks.some(isRichText))
      throw new SlackError('block_mismatch');
    const edited = context.log.edit(message, content);
    return { channel: message.channel, ts: message.ts, text: content.text, message: context.log.show(edited, true) };
  },
};

/**
 * https://docs.slack.dev/reference/methods/chat.update: text without blocks removes the blocks; attachments stay
 * unless `[]` is given, metadata unless `{}` is.
 */
function retained(before: Content, given: GivenContent): GivenContent {
  return {
    text: given.text ?? (given.blocks ? '' : before.text),
    blocks: given.blocks ?? (given.text === undefined ? before.blocks : undefined),
    attachments: given.attachments ?? before.attachments,
    metadata: given.metadata === undefined ? before.metadata : given.metadata,
  };
}

const isRichText = (block: Readonly<Record<string, unknown>>) => block.type === 'rich_text';
const onlyRichText = ({ blocks }: Content) => blocks?.every(isRichText) ?? false;

const remove: Method = {
  scope: 'chat:write',
  run(args, context) {
    const message = ownMessage(args, context, 'cant_delete_message');
    context.log.remove(message);
    return { channel: message.channel, ts: message.ts };
  },
};

const getPermalink: Method = {
  run(args, context) {
    const channel = channelOf(args, context);
    const ts = text(args, 'message_ts');
    const message = ts && context.messages.get(channel.id, ts);
    if (!message) throw new SlackError('message_not_found');
    const link = new URL(`/console/archives/${channel.id}/p${message.ts.replace('.', '')}`, context.pageOrigin());
    if (message.threadTs) link.searchParams.set('thread_ts', message.threadTs);
    return { channel: channel.id, permalink: link.href };
  },
};

/**
 * A reply goes to a parent that exists. Slack's documentation leaves open what becomes of one that does not; losing it
 * in silence would hide a fault, so it is an error here.
 */
function threadOf(args: Args, channel: string, { messages }: ApiContext): string | undefined {
  const threadTs = text(args, 'thread_ts');
  if (threadTs === undefined) return undefined;
  const parent = messages.get(channel, threadTs);
  if (!parent) throw new SlackError('thread_not_found');
  if (parent.threadTs !== undefined) throw new SlackError('cannot_reply_to_message');
  return threadTs;
}

/** The bot may change what the bot said, and only what everybody sees. */
function ownMessage(args: Args, context: ApiContext, refusal: string): Message {
  const channel = channelOf(args, context);
  const ts = text(args, 'ts');
  const message = ts && context.log.find(channel.id, ts);
  if (!message || message.deleted) throw new SlackError('message_not_found');
  if (message.ephemeralTo || message.user !== context.workspace.bot.id) throw new SlackError(refusal);
  return message;
}

export const chatMethods: Readonly<Record<string, Method>> = {
  'chat.postMessage': postMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.update': update,
  'chat.delete': remove,
  'chat.getPermalink': getPermalink,
};
