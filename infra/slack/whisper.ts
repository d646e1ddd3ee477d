import type { WebClient } from '@slack/web-api';
import type { MessageRef } from '../../engine/ports.ts';
import { renderReply } from './reply.ts';
import { calling } from './web.ts';

/** Said to one person, who must be a member of the channel; in a thread only once it has replies. Slack keeps no copy. */
export async function whisper(
  client: WebClient,
  { channel, thread }: { readonly channel: string; readonly thread?: MessageRef },
  user: string,
  words: string,
): Promise<void> {
  const { text, blocks } = renderReply({ text: words });
  const place = { channel, ...(thread === undefined ? {} : { thread_ts: thread.ts }) };
  // Not a `post`: to be told twice is harmless, to be told nothing is not.
  await calling({ kind: 'edit', method: 'chat.postEphemeral', channel }, () =>
    client.chat.postEphemeral({ ...place, user, text, blocks }),
  );
}
