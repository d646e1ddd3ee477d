import * as z from 'zod';
import { until } from '../../harness/until.ts';

/** One message of the channel, as the console's page gets it. */
export interface ChannelMessage {
  readonly ts: string;
  /** What the notification says. */
  readonly text: string;
  /** Every text of its blocks in the order one reads them. */
  readonly texts: readonly string[];
  /** The same in one piece. */
  readonly words: string;
  readonly buttons: readonly { readonly blockId: string; readonly actionId: string; readonly label: string }[];
}

export interface Channel {
  messages(): Promise<readonly ChannelMessage[]>;
  thread(of: ChannelMessage): Promise<readonly ChannelMessage[]>;
  /** Presses the button with this label. */
  press(message: ChannelMessage, label: string): Promise<void>;
  /** Types a slash command. */
  say(command: string): Promise<void>;
}

const messagesSchema = z.object({
  messages: z.array(
    z.object({ ts: z.string(), text: z.string().default(''), blocks: z.array(z.unknown()).default([]) }),
  ),
});
const actionsSchema = z.object({
  block_id: z.string(),
  elements: z.array(z.object({ action_id: z.string(), text: z.object({ text: z.string() }).optional() })),
});

/** The channel of a server that runs with the console, read and used as the page does. */
export function channelOf(serverUrl: string): Channel {
  const read = async (path: string): Promise<readonly ChannelMessage[]> => {
    const answer = await fetch(`${serverUrl}/console/${path}`);
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return messagesSchema.parse(await answer.json()).messages.map(({ ts, text, blocks }) => {
      const texts = textsIn(blocks);
      return { ts, text, texts, words: texts.join(''), buttons: blocks.flatMap(buttonsOf) };
    });
  };
  const act = async (action: string, body: object) => {
    const headers = { 'content-type': 'application/json', origin: serverUrl };
    const answer = await fetch(`${serverUrl}/console/${action}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    const said = await answer.text();
    if (!said.includes('"ok":true')) throw new Error(`${action} ${JSON.stringify(body)}: ${answer.status} ${said}`);
  };
  return {
    messages: () => read('messages'),
    thread: async ({ ts }) => (await read(`thread?ts=${ts}`)).slice(1),
    press: ({ ts }, wanted) =>
      // A card that is edited between the look and the press has new buttons: then it is looked at again.
      until(`"${wanted}" to be pressed`, async () => {
        const buttons = (await read('messages')).find((message) => message.ts === ts)?.buttons;
        const button = buttons?.find(({ label }) => label === wanted);
        if (button === undefined) throw new Error(`there is no such button: ${JSON.stringify(buttons)}`);
        await act('click', { ts, blockId: button.blockId, actionId: button.actionId });
        return true;
      }).then(() => undefined),
    say: (text) => act('command', { text }),
  };
}

const headings = [
  'Also confirmed',
  'Ruled out',
  'Undecided',
  'Could not be seen',
  'Fixes this runbook knows',
  'Alert ',
];

/** What a card says under one of its headings; empty when it has no such part. */
export function partOf(
  card: ChannelMessage,
  heading: 'Also confirmed' | 'Ruled out' | 'Undecided' | 'Could not be seen',
) {
  const from = card.texts.indexOf(heading);
  if (from < 0) return '';
  const length = card.texts.slice(from + 1).findIndex((text) => headings.includes(text));
  return card.texts.slice(from + 1, length < 0 ? undefined : from + 1 + length).join('');
}

/** All strings under the key `text` in a tree of blocks, in document order. */
function textsIn(tree: unknown): readonly string[] {
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([key, value]) =>
    key === 'text' && typeof value === 'string' ? [value] : textsIn(value),
  );
}

function buttonsOf(block: unknown): ChannelMessage['buttons'] {
  const { data } = actionsSchema.safeParse(block);
  if (data === undefined) return [];
  return data.elements.map(({ action_id: actionId, text }) => ({
    ...{ blockId: data.block_id, actionId },
    label: text?.text ?? '',
  }));
}
