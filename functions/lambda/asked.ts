import { messageOf, Refused, TryLater } from '../../engine/errors.ts';
import type { Reply } from '../../infra/slack/reply.ts';
import { answerCommand, type Commanded } from '../commands.ts';
import { runAgain } from '../run-again.ts';
import type { Handler } from '../worker.ts';
import { Asked } from './asked-message.ts';

export interface AnsweringOptions {
  readonly desk: Commanded;
  /** Whether Slack has given out this address: anybody may have written it into a message to us. */
  readonly mayAnswer: (answerTo: string) => boolean;
  /** Sends an answer to where it was asked for. Throws `TryLater` while Slack is away. */
  readonly answer: (answerTo: string, reply: Reply) => Promise<void>;
}

/** The queue `investigate` where it also carries what people ask: that is answered here, the rest is handled as ever. */
export function answering(handler: Handler, { desk, mayAnswer, answer }: AnsweringOptions): Handler {
  return async (body, signal) => {
    const asked = Asked.safeParse(body);
    if (!asked.success) return handler(body, signal);
    const { answerTo, by } = asked.data;
    if (!mayAnswer(answerTo)) {
      const where = URL.canParse(answerTo) ? new URL(answerTo).origin : 'no address';
      throw new Refused('NOT_SLACK', `the answer to what ${by} asked would go to ${where}, which is not Slack's`);
    }
    await once(desk, asked.data, (reply) => answer(answerTo, reply));
    return [];
  };
}

/** As long Slack takes an answer (`respondTo`). */
const ANSWERED_WITHIN_MS = 1_800_000;

/** What has become of a question. What was done for it is not done again because its answer did not arrive. */
interface Note {
  readonly at?: string;
  readonly reply?: Reply;
  readonly answeredAt?: string;
}

/** A question that comes again was worked on: its answer is kept until it was given, and after half an hour given up. */
async function once(desk: Commanded, asked: Asked, answer: (reply: Reply) => Promise<void>): Promise<void> {
  const { store, clock } = desk;
  const id = `asked/${asked.id}`;
  const note = async (value: Note) => {
    if (asked.id !== '') await store.put({ collection: 'progress', id, value, expect: 'any' });
  };
  const before = asked.id === '' ? undefined : (await store.get<Note>('progress', id))?.value;
  if (before?.answeredAt) return;
  const { at = clock.now().toISOString() } = before ?? {};
  const reply = before ? before.reply : await replyTo(desk, asked);
  if (!before) await note({ at, ...(reply ? { reply } : {}) });
  if (reply && clock.now().getTime() - Date.parse(at) < ANSWERED_WITHIN_MS) await answer(reply);
  await note({ at, answeredAt: clock.now().toISOString() });
}

async function replyTo(desk: Commanded, asked: Asked): Promise<Reply | undefined> {
  try {
    return asked.type === 'command'
      ? await answerCommand(desk, asked.text, asked.by)
      : await runAgain(desk, asked.incident);
  } catch (failure) {
    if (failure instanceof TryLater) throw failure;
    return { text: `That did not work: ${messageOf(failure)}` };
  }
}
