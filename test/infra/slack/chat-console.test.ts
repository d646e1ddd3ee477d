import type { WebClient } from '@slack/web-api';
import { type Fault, failing } from '../../../infra/local/console/faults.ts';
import { practiceUsers } from '../../../infra/local/console/practice-users.ts';
import { slackChat } from '../../../infra/slack/chat.ts';
import { sayingModal } from '../../../infra/slack/render-modal.ts';
import { viewReference } from '../../../infra/slack/values.ts';
import { chatContract, type PostFault, type ShownMessage } from '../../contract/chat.ts';
import { ephemerals, snapshot } from '../local/console/clicks.ts';
import { botToken, channel, openConsole } from '../local/console/harness.ts';

/** The suite fills the channel faster than Slack would let anybody. */
const unlimited = { perMinute: 1_000_000, burst: 10_000 };

chatContract('the Web API client and the console', async () => {
  const console = await openConsole({ limits: { 'chat.postMessage': unlimited, 'conversations.history': unlimited } });
  const { slack, server } = console;
  return {
    chat: slackChat({ botToken, apiUrl: server.apiUrl }),
    channel,
    async shown() {
      const { messages = [] } = await slack.conversations.history({ channel, limit: 200 });
      const threads = await Promise.all(messages.toReversed().map(({ ts = '' }) => threadOf(slack, ts)));
      return threads.flat();
    },
    async crowd(count) {
      for (let number = 0; number < count; number += 1)
        await slack.chat.postMessage({ channel, text: `message ${number}` });
    },
    async remove({ ts }) {
      await slack.chat.delete({ channel, ts });
    },
    failNextPost(fault) {
      server.injectFaults(failing('chat.postMessage', faultOf(fault)));
    },
    member: practiceUsers.requester,
    whispers: async () => (await ephemerals(console)).map((message) => JSON.stringify(message)),
    async openWindow() {
      await console.act('command', { text: '/nightshift' });
      const trigger_id = console.received.at(-1)?.form.get('trigger_id') ?? '';
      const { view } = await slack.views.open({ trigger_id, view: sayingModal('Reading the cluster…') });
      return viewReference(view?.id ?? '', channel);
    },
    async window() {
      const { view } = await snapshot(console);
      return view ? JSON.stringify(view) : undefined;
    },
    async closeWindow() {
      await console.act('close', { view: (await snapshot(console)).view?.id });
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
