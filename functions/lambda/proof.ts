import { createHmac, timingSafeEqual } from 'node:crypto';
import { RemediateMessage } from '../../engine/acting/messages.ts';
import { tellMessage } from '../../engine/messages.ts';
import type { Queue } from '../../engine/ports.ts';
import type { Replaced } from '../../infra/aws/secrets/secrets.ts';
import type { Handler } from '../worker.ts';

type Wish = Extract<RemediateMessage, { by: string } | { user: string }>;

/** What our own functions ask of each other in nobody's name. Whatever else there is needs a proof. */
const unsaid: Readonly<Record<Exclude<RemediateMessage['type'], Wish['type']>, true>> = {
  execute: true,
  wait: true,
  verify: true,
  'verify-by-hand': true,
  review: true,
  expire: true,
  refresh: true,
  'ask-anew': true,
};

/** `slack` may hold a token for so long after it was replaced: five minutes, and some for a rotation that takes its time. */
const HELD_MS = 600_000;

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
  /** The token before the newest, which `slack` may not know yet to be replaced; `undefined`: there is none. */
  readonly before: () => Promise<Replaced | undefined>;
  readonly onUnproved: (said: { readonly type: string; readonly by?: string | undefined }) => void;
}

const UNPROVED =
  'Nothing was done: a press in your name reached me without proof that it came from Slack. If it was you, press again. If not, tell whoever looks after Nightshift.';

/**
 * Lets through what nobody said, and what somebody did; the one whose name it bears hears of the rest. What is no message
 * at all is thrown, and becomes a dead letter.
 */
export function provenOnly(handler: Handler, proving: Proving): Handler {
  return async (body, signal) => {
    const said = RemediateMessage.parse(body);
    if (Object.hasOwn(unsaid, said.type) || (await isSaid(said, body as object, proving))) return handler(said, signal);
    const by = 'by' in said ? said.by : undefined;
    proving.onUnproved({ type: said.type, by });
    return by === undefined ? [] : [tellMessage(by, UNPROVED)];
  };
}

async function isSaid(said: RemediateMessage, body: object, { token, newest, before }: Proving): Promise<boolean> {
  if (isProven(body, token) || isProven(body, await newest())) return true;
  const replaced = await before();
  return replaced !== undefined && wasHeld(said, replaced) && isProven(body, replaced.text);
}

/** A press that has waited since is as good as one that comes now: what counts is when it was made, which is proved as well. */
function wasHeld(said: RemediateMessage, { replacedAt }: Replaced): boolean {
  const at = 'made' in said ? said.made?.at : undefined;
  return at !== undefined && Date.parse(at) - replacedAt.getTime() < HELD_MS;
}

function isProven(body: object, token: string): boolean {
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
