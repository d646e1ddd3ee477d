import { type Content, type JsonObject, type Message, toSlack, withIds } from './message.ts';
import type { Messages } from './messages.ts';
import type { Workspace } from './workspace.ts';

/** What the page is told when something in its channel changes. `to`: only this person may see it. */
export type ChannelChange =
  | { readonly kind: 'message'; readonly message: JsonObject; readonly to?: string }
  | { readonly kind: 'removed'; readonly ts: string };

export interface NewMessage {
  readonly channel: string;
  readonly user: string;
  readonly content: Content;
  readonly threadTs?: string | undefined;
  readonly broadcast?: boolean;
}

/** The state of the channel and everybody who watches it. */
export interface ChannelLog {
  post(message: NewMessage): Message;
  /** Seen by one person, kept in memory only: Slack forgets such messages too. */
  postEphemeral(message: NewMessage, to: string): Message;
  edit(message: Message, content: Content): Message;
  remove(message: Message): void;
  find(channel: string, ts: string): Message | undefined;
  /** What only this person sees. */
  ephemerals(user: string): readonly Message[];
  show(message: Message, withMetadata?: boolean): JsonObject;
  /** Returns the function that ends it. */
  watch(watcher: (change: ChannelChange) => void): () => void;
}

/** More than one person reads before they scroll away. */
const keptEphemerals = 50;

export function createChannelLog(messages: Messages, workspace: Workspace, nextTs: () => string): ChannelLog {
  const watchers = new Set<(change: ChannelChange) => void>();
  const ephemerals = new Map<string, Message>();

  const show = (message: Message, withMetadata = false) => {
    const thread = message.threadTs === undefined ? messages.thread(message.channel, message.ts) : undefined;
    return toSlack(message, workspace, { thread, withMetadata });
  };
  const tell = (channel: string, change: ChannelChange) => {
    if (channel === workspace.channel.id) for (const watcher of watchers) watcher(change);
  };
  const tellAbout = (message: Message) => {
    tell(message.channel, { kind: 'message', message: show(message) });
    const parent = message.threadTs && messages.get(message.channel, message.threadTs);
    if (parent) tell(message.channel, { kind: 'message', message: show(parent) });
  };
  const create = ({ channel, user, content, threadTs, broadcast = false }: NewMessage): Message => ({
    channel,
    ts: nextTs(),
    ...(threadTs && { threadTs }),
    broadcast,
    user,
    content: withIds(content),
    deleted: false,
  });

  return {
    post(fresh) {
      const message = create(fresh);
      messages.insert(message);
      tellAbout(message);
      return message;
    },
    postEphemeral(fresh, to) {
      const message = { ...create(fresh), ephemeralTo: to };
      ephemerals.set(message.ts, message);
      const [oldest] = ephemerals.keys();
      if (oldest && ephemerals.size > keptEphemerals) ephemerals.delete(oldest);
      tell(message.channel, { kind: 'message', message: show(message), to });
      return message;
    },
    edit(message, content) {
      const edited: Message = { ...message, content: withIds(content), editedTs: nextTs() };
      if (message.ephemeralTo) ephemerals.set(message.ts, edited);
      else messages.replace(edited);
      const { ephemeralTo: to } = message;
      tell(message.channel, { kind: 'message', message: show(edited), ...(to !== undefined && { to }) });
      return edited;
    },
    remove(message) {
      ephemerals.delete(message.ts);
      if (!message.ephemeralTo && messages.thread(message.channel, message.ts)) {
        const tombstone: Message = { ...message, content: { text: '' }, deleted: true };
        messages.replace(tombstone);
        tellAbout(tombstone);
        return;
      }
      messages.delete(message.channel, message.ts);
      tell(message.channel, { kind: 'removed', ts: message.ts });
      const parent = message.threadTs && messages.get(message.channel, message.threadTs);
      if (parent) tell(message.channel, { kind: 'message', message: show(parent) });
    },
    find: (channel, ts) => ephemerals.get(ts) ?? messages.get(channel, ts),
    ephemerals: (user) => [...ephemerals.values()].filter(({ ephemeralTo }) => ephemeralTo === user),
    show,
    watch(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}
