import * as z from 'zod';
import { Hopeless, until } from '../../test/harness/until.ts';

interface Button {
  readonly ts: string;
  readonly blockId: string;
  readonly actionId: string;
}

/** Somebody of the practice workspace at the page of the channel. */
export interface Person {
  /**
   * Presses the last button of this name, once there is one: of the channel, with `on` of that message, with `under` of
   * its thread. Milliseconds until the server has acknowledged it; throws when that takes longer than Slack waits.
   */
  press(actionId: RegExp, options?: { readonly on?: string; readonly under?: string }): Promise<number>;
  /** The `ts` of the card with these words, if there is one. */
  cardAbout(words: string): Promise<string | undefined>;
  /** Sends the open window off once it shows a plan; milliseconds until that is acknowledged. */
  submit(): Promise<number>;
}

const Messages = z.object({
  messages: z.array(z.object({ ts: z.string(), blocks: z.array(z.unknown()).default([]) })),
});
const Actions = z.object({ block_id: z.string(), elements: z.array(z.object({ action_id: z.string() })) });
const Snapshot = z.object({ view: z.object({ id: z.string(), callback_id: z.string() }).nullable() });

export function personAt(pageUrl: string, as: string): Person {
  const read = async (path: string) =>
    Messages.parse(await (await fetch(`${pageUrl}/console/${path}`)).json()).messages;
  const act = async (what: string, body: object): Promise<number> => {
    const headers = { 'content-type': 'application/json', origin: pageUrl };
    const began = performance.now();
    const answer = await fetch(`${pageUrl}/console/${what}`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ as, ...body }),
    });
    const elapsedMs = performance.now() - began;
    const said = await answer.text();
    if (said.includes('"ok":true')) return elapsedMs;
    // The card was edited since it was read, and has other buttons: look again. All else is what is to be measured.
    const failure = `${what} ${JSON.stringify(body)}: ${answer.status} ${said}`;
    throw said.includes('stale') ? new Error(failure) : new Hopeless(failure);
  };

  /** The window on their screen, from the events the page begins with. */
  async function view(): Promise<z.infer<typeof Snapshot>['view']> {
    const ended = new AbortController();
    const { body } = await fetch(`${pageUrl}/console/events?as=${as}`, { signal: ended.signal });
    let text = '';
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      if (text.includes('\n\n')) break;
    }
    ended.abort();
    const data = /^data: (.*)$/m.exec(text)?.[1] ?? '{}';
    return Snapshot.parse(JSON.parse(data)).view;
  }

  return {
    press: (wanted, { on, under } = {}) =>
      until(`a button ${wanted}`, async () => {
        const messages = await read(under === undefined ? 'messages' : `thread?ts=${under}`);
        const buttons = messages
          .filter(({ ts }) => on === undefined || ts === on)
          .flatMap(({ ts, blocks }) => blocks.flatMap((block) => buttonsIn(ts, block)));
        const button = buttons.findLast(({ actionId }) => wanted.test(actionId));
        return button && act('click', button);
      }),
    cardAbout: async (words) =>
      (await read('messages')).findLast(({ blocks }) => JSON.stringify(blocks).includes(words))?.ts,
    submit: async () => {
      const { id } = await until('the plan in its window', async () => {
        const shown = await view();
        return shown?.callback_id === 'request-plan' && shown;
      });
      return act('submit', { view: id });
    },
  };
}

function buttonsIn(ts: string, block: unknown): readonly Button[] {
  const { data } = Actions.safeParse(block);
  if (data === undefined) return [];
  return data.elements.map(({ action_id: actionId }) => ({ ts, blockId: data.block_id, actionId }));
}
