import { randomBytes } from 'node:crypto';
import type { Workspace } from './workspace.ts';

/** A block, an attachment or an element of one: plain JSON, already validated. */
export type JsonObject = Readonly<Record<string, unknown>>;

export interface Metadata {
  readonly event_type: string;
  readonly event_payload: JsonObject;
}

/** What a message says, as it was posted. */
export interface Content {
  readonly text: string;
  readonly blocks?: readonly JsonObject[];
  readonly attachments?: readonly JsonObject[];
  readonly metadata?: Metadata;
}

export interface Message {
  readonly channel: string;
  readonly ts: string;
  /** The parent's ts, for a reply. */
  readonly threadTs?: string;
  /** A reply that the channel shows as well. */
  readonly broadcast: boolean;
  readonly user: string;
  readonly content: Content;
  readonly editedTs?: string;
  /** Gone, but its thread is not. */
  readonly deleted: boolean;
  /** The only person who sees it. */
  readonly ephemeralTo?: string;
}

export interface Thread {
  readonly count: number;
  readonly users: readonly string[];
  readonly latest: string;
}

/** Slack stores what people type with its three control characters escaped. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const randomId = () => randomBytes(4).toString('base64url');

/** Clicks are addressed by block and action: Slack makes up every id that was not given. */
export function withIds(content: Content): Content {
  const { blocks, attachments } = content;
  return {
    ...content,
    ...(blocks && { blocks: identified(blocks) }),
    ...(attachments && {
      attachments: attachments.map((one) => (one.blocks ? { ...one, blocks: identified(objects(one.blocks)) } : one)),
    }),
  };
}

export function identified(blocks: readonly JsonObject[]): readonly JsonObject[] {
  const withActionId = (element: JsonObject) =>
    element.type === 'image' ? element : { ...element, action_id: element.action_id ?? randomId() };
  return blocks.map((block) => ({
    ...block,
    block_id: block.block_id ?? randomId(),
    ...(block.type === 'actions' && { elements: objects(block.elements).map(withActionId) }),
    ...(block.accessory !== undefined && { accessory: objects([block.accessory]).map(withActionId)[0] }),
  }));
}

/** The objects in a list from outside. */
export function objects(value: unknown): readonly JsonObject[] {
  const isObject = (item: unknown): item is JsonObject => typeof item === 'object' && item !== null;
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export interface Shape {
  readonly thread?: Thread | undefined;
  readonly withMetadata?: boolean;
}

/** The message as Slack's Web API and its interaction payloads show it. */
export function toSlack(
  message: Message,
  workspace: Workspace,
  { thread, withMetadata = false }: Shape = {},
): JsonObject {
  const { content, deleted } = message;
  const byBot = message.user === workspace.bot.id;
  const threadTs = message.threadTs ?? (thread ? message.ts : undefined);
  return {
    type: 'message',
    ...(deleted && { subtype: 'tombstone' }),
    ...(!deleted && message.broadcast && { subtype: 'thread_broadcast' }),
    user: deleted ? workspace.slackbot.id : message.user,
    ts: message.ts,
    team: workspace.team.id,
    text: deleted ? 'This message was deleted.' : content.text,
    ...(byBot && !deleted && { bot_id: workspace.botId, app_id: workspace.appId }),
    ...(content.blocks && { blocks: content.blocks }),
    ...(content.attachments && { attachments: content.attachments.map((one, index) => ({ id: index + 1, ...one })) }),
    ...(withMetadata && content.metadata && { metadata: content.metadata }),
    ...(message.editedTs && !content.blocks && { edited: { user: message.user, ts: message.editedTs } }),
    ...(message.ephemeralTo && { is_ephemeral: true }),
    ...(threadTs && { thread_ts: threadTs }),
    ...(message.threadTs === undefined &&
      thread && {
        reply_count: thread.count,
        reply_users_count: thread.users.length,
        reply_users: thread.users,
        latest_reply: thread.latest,
        is_locked: false,
        subscribed: false,
      }),
  };
}
