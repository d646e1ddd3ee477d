import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startConsole } from '../../infra/local/console/console.ts';
import { openMessages } from '../../infra/local/console/messages.ts';
import { tempDir } from '../../test/harness/temp.ts';

/** One call of Slack's Web API as it came in. */
export interface ChannelCall {
  readonly method: string;
  /** By `performance.now()`. */
  readonly at: number;
  /** Hidden in each of our messages: `<incident>/card`, or `<incident>/<part of the thread>`. */
  readonly key: string;
}

export interface ChannelMessage {
  readonly key: string;
  readonly inThread: boolean;
}

/** The channel that messages arrive in: the console's stand-in for Slack, with Slack's documented limits. */
export interface Channel extends AsyncDisposable {
  readonly id: string;
  readonly apiUrl: string;
  readonly botToken: string;
  readonly signingSecret: string;
  /** Where a person reads the channel and presses its buttons. */
  readonly pageUrl: string;
  /** From now on clicks go to the server at this address. */
  deliverTo(serverUrl: string): void;
  /** Calls that came since then. A call may have been refused: `messages` says what stands in the channel. */
  callsSince(at: number): readonly ChannelCall[];
  messages(): readonly ChannelMessage[];
}

const id = 'C0NIGHTSHIFT';

export async function openChannel(): Promise<Channel> {
  const folder = await tempDir('bench-channel');
  const file = join(folder.path, 'channel.db');
  const secrets = {
    botToken: `xoxb-${randomBytes(12).toString('hex')}`,
    signingSecret: randomBytes(16).toString('hex'),
  };
  const calls: ChannelCall[] = [];
  let clicksTo = new URL('http://127.0.0.1:9/'); // nobody
  const console = await startConsole({
    file,
    ...secrets,
    channel: { id, name: 'incidents' },
    sendTo: () => clicksTo,
    faults: ({ method, args }) => {
      calls.push({ method, at: performance.now(), key: keyIn(args.metadata) });
      return undefined;
    },
  });
  const page = createServer((request, response) => {
    if (!console.handlePage(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((listening) => page.listen(0, '127.0.0.1', listening));
  return {
    id,
    pageUrl: `http://127.0.0.1:${(page.address() as AddressInfo).port}`,
    deliverTo: (serverUrl) => {
      clicksTo = new URL('/slack/events', serverUrl);
    },
    apiUrl: console.apiUrl,
    ...secrets,
    callsSince: (since) => calls.filter(({ at }) => at >= since),
    messages: () => messagesIn(file),
    [Symbol.asyncDispose]: async () => {
      page.closeAllConnections();
      page.close();
      await console.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function messagesIn(file: string): readonly ChannelMessage[] {
  const stored = openMessages(file);
  try {
    const top = stored.history(id, { limit: 10_000 });
    const replies = top.flatMap(({ ts }) => stored.replies(id, ts, { limit: 1_000 }));
    return [...top, ...replies].map(({ content, threadTs }) => ({
      key: String(content.metadata?.event_payload.key ?? ''),
      inThread: threadTs !== undefined,
    }));
  } finally {
    stored.close();
  }
}

/** A form carries it as JSON text. */
function keyIn(metadata: unknown): string {
  if (typeof metadata !== 'string') return '';
  const { event_payload } = JSON.parse(metadata) as { event_payload?: { key?: string } };
  return event_payload?.key ?? '';
}
