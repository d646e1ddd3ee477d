import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { RemediateMessage } from '../../engine/acting/messages.ts';
import { tellMessage } from '../../engine/messages.ts';
import type { Queue } from '../../engine/ports.ts';
import type { Handler } from '../worker.ts';

type Wish = Extract<RemediateMessage, { by: string } | { user: string }>;

/** What is said in somebody's name, and the rest of it as it was sent. */
const types = [
  'open',
  'request',
  'decide',
  'break-glass',
  'done-by-hand',
  'turned-away',
] as const satisfies readonly Wish['type'][];
const Said = z.object({ type: z.enum(types), by: z.string().optional(), proof: z.string().optional() });

/**
 * The queue `remediate` is sent to by functions that people do not speak to, too: what they are allowed would let them
 * speak for anybody. So `slack`, which has seen Slack's signature, proves what it sends by a key that it shares with
 * `remediate` and `announce` alone, of which the latter may not send there: the bot token.
 */
export function proving(queue: Pick<Queue, 'send'>, token: () => Promise<string>): Pick<Queue, 'send'> {
  return {
    async send(messages) {
      const key = await token();
      await queue.send(
        messages.map((message) =>
          message.queue === 'remediate' ? { ...message, body: proven(message.body as Wish, key) } : message,
        ),
      );
    },
  };
}

export function proven(wish: RemediateMessage, token: string): object {
  return { ...wish, proof: proofOf(wish, token) };
}

export interface Proving {
  readonly token: string;
  /** Asked for where a proof does not fit: the token may have been rotated. */
  readonly newest: () => Promise<string>;
  readonly onUnproved: (said: { readonly type: string; readonly by?: string | undefined }) => void;
}

const UNPROVED =
  'Nothing was done: a press in your name reached me without proof that it came from Slack. If it was you, press again. If not, tell whoever looks after Nightshift.';

/** Lets through what nobody said, and what somebody did; the one whose name it bears hears of the rest. */
export function provenOnly(handler: Handler, { token, newest, onUnproved }: Proving): Handler {
  return async (body, signal) => {
    const said = Said.safeParse(body).data;
    if (!said || isProven(body, token) || isProven(body, await newest())) return handler(body, signal);
    onUnproved({ type: said.type, by: said.by });
    return said.by === undefined ? [] : [tellMessage(said.by, UNPROVED)];
  };
}

function isProven(body: unknown, token: string): boolean {
  const { proof, ...wish } = body as { readonly proof?: unknown };
  const [given, wanted] = [Buffer.from(String(proof)), Buffer.from(proofOf(wish, token))];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** A message is JSON, in the order in which it was written. */
function proofOf(wish: object, token: string): string {
  return createHmac('sha256', token)
    .update(`nightshift wish\n${JSON.stringify(wish)}`)
    .digest('hex');
}
