import { WebClient } from '@slack/web-api';
import { startConsole } from '../../../infra/local/console/console.ts';
import { type Fault, failing } from '../../../infra/local/console/faults.ts';
import { slackChat } from '../../../infra/slack/chat.ts';
import { chatContract, type PostFault, type ShownMessage } from '../../contract/chat.ts';

const channel = 'C0CONSOLE';
const botToken = 'xoxb-console';
/** The suite fills the channel faster than Slack would let anybody. */
const unlimited = { perMinute: 1_000_000, burst: 10_000 };

chatContract('the Web API client and the console', async () => {
  const console = await startConsole({
    file: ':memory:',
    botToken,
    signingSecret: 'secret',
    channel: { id: channel, name: 'incidents' },
    sendTo: () => new URL('http://127.0.0.1:9/slack/events'),
    limits: { 'chat.postMessage': unlimited, 'conversations.history': unlimited },
  });
  const somebody = new WebClient(botToken, { slackApiUrl: console.apiUrl, retryConfig: { retries: 0 } });

  return {
    chat: slackChat({ botToken, apiUrl: console.apiUrl }),
    channel,
    async shown() {
      const { messages = [] } = await somebody.conversations.history({ channel, limit: 200 });
      const threads = await Promise.all(messages.toReversed().map(({ ts = '' }) => threadOf(somebody, ts)));
      return threads.flat();
    },
    async crowd(count) {
      for (let number = 0; number < count; number += 1)
        await somebody.chat.postMessage({ channel, text: `message ${number}` });
    },
    async remove({ ts }) {
      await somebody.chat.delete({ channel, ts });
    },
    failNextPost(fault) {
      console.injectFaults(failing('chat.postMessage', faultOf(fault)));
    },
    close: console.close,
  };
});

async function threadOf(client: WebClient, parent: string): Promise<readonly ShownMessage[]> {
  const { messages = [] } = await client.conversations.replies({ channel, ts: parent });
  return messages.map(({ ts = '', text, blocks }) => ({
    ts,
    text: `${text} ${JSON.stringify(blocks)}`,
    ...(ts === parent ? {} : { thread: parent }),
  }));
}

function faultOf(fault: PostFault): Fault {
  if (fault.kind === 'limited') return { kind: 'rate-limited', retryAfterSeconds: fault.retryAfterSeconds };
  return { kind: fault.arrives ? 'drop-after-commit' : 'drop' };
}
