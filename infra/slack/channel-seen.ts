import { type Log, silent } from './log.ts';
import { calling, webClient } from './web.ts';

const TIMEOUT_MS = 5_000;

/** Whether the bot gets at the channel: asks for its last message. Throws `Refused` with what to do when not, or `TryLater`. */
export async function lookIntoChannel(options: {
  readonly channel: string;
  readonly botToken: string;
  readonly apiUrl?: string;
  readonly log?: Log;
}): Promise<void> {
  const { channel } = options;
  const client = webClient({ log: silent, ...options, timeoutMs: TIMEOUT_MS });
  await calling({ kind: 'read', method: 'conversations.history', channel }, () =>
    client.conversations.history({ channel, limit: 1 }),
  );
}
