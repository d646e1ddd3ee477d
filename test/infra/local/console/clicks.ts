import { createHmac, timingSafeEqual } from 'node:crypto';
import { buttons, channel, type Received, section, signingSecret, type TestConsole } from './harness.ts';

/** A card with one button, in the channel or in a thread. */
export async function postWithButton({ slack }: TestConsole, thread?: string): Promise<string> {
  const { ts = '' } = await slack.chat.postMessage({
    channel,
    text: 'card',
    blocks: [section('card'), buttons('again', 'incident-1')],
    ...(thread && { thread_ts: thread }),
  });
  return ts;
}

export const press = (ts: string) => ({ ts, blockId: 'row', actionId: 'again' });
export const payloadOf = (received: Received | undefined) => JSON.parse(received?.form.get('payload') ?? '{}');

/** https://docs.slack.dev/authentication/verifying-requests-from-slack, step by step. */
export function isSigned({ headers, body }: Received): boolean {
  const expected = createHmac('sha256', signingSecret)
    .update(`v0:${headers['x-slack-request-timestamp']}:${body}`)
    .digest('hex');
  return timingSafeEqual(Buffer.from(`v0=${expected}`), Buffer.from(String(headers['x-slack-signature'])));
}

/** What the page is told when somebody opens it. */
export interface Snapshot {
  readonly you: string;
  readonly users: readonly { readonly id: string }[];
  readonly ephemerals: readonly { readonly ts: string; readonly text: string }[];
  readonly view: OpenView | null;
}

export interface OpenView {
  readonly id: string;
  readonly hash: string;
  readonly title: { readonly text: string };
  readonly submit?: unknown;
}

export async function snapshot(console: Pick<TestConsole, 'origin'>, as?: string): Promise<Snapshot> {
  await using page = await openPage(console, as);
  return JSON.parse(/^event: snapshot\ndata: (.*)$/m.exec(await page.until('event: snapshot'))?.[1] ?? '{}');
}

/** A page that somebody has open: everything it was told, as the text of the stream. */
export async function openPage({ origin }: Pick<TestConsole, 'origin'>, as?: string) {
  const controller = new AbortController();
  const query = as === undefined ? '' : `?as=${as}`;
  const response = await fetch(`${origin}/console/events${query}`, { signal: controller.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let told = '';
  return {
    /** Reads on until an event holds these words. */
    async until(words: string): Promise<string> {
      while (
        !told
          .split('\n\n')
          .slice(0, -1)
          .some((event) => event.includes(words))
      )
        told += (await reader?.read())?.value ?? '';
      return told;
    },
    async [Symbol.asyncDispose]() {
      controller.abort();
      await reader?.cancel().catch(() => {});
    },
  };
}

/** What the page shows to one person alone. */
export async function ephemerals(console: Pick<TestConsole, 'origin'>, as?: string): Promise<Snapshot['ephemerals']> {
  return (await snapshot(console, as)).ephemerals;
}

/** A trigger id, as it comes with what somebody pressed. */
export async function triggerOf(console: TestConsole, as?: string): Promise<string> {
  await console.act('click', { ...press(await postWithButton(console)), ...(as === undefined ? {} : { as }) });
  return payloadOf(console.received.at(-1)).trigger_id;
}
