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

/** What the page shows to the person alone. */
export async function ephemerals({
  origin,
}: TestConsole): Promise<readonly { readonly ts: string; readonly text: string }[]> {
  const controller = new AbortController();
  const response = await fetch(`${origin}/console/events`, { signal: controller.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let stream = '';
  while (!/event: snapshot\ndata: .*\n\n/.test(stream)) stream += (await reader?.read())?.value ?? '';
  controller.abort();
  return JSON.parse(/event: snapshot\ndata: (.*)\n/.exec(stream)?.[1] ?? '{}').ephemerals;
}
