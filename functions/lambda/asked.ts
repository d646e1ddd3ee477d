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
    await once(desk, asked.data, async () => {
      const reply = await replyTo(desk, asked.data);
      if (reply) await answer(answerTo, reply);
    });
    return [];
  };
}

/** A question that comes again was answered. The note of it is written with the answer, never before. */
async function once({ store, clock }: Commanded, { id }: Asked, work: () => Promise<void>): Promise<void> {
  if (id === '') return work(); // nothing to tell it by
  const note = `asked/${id}`;
  if (await store.get('progress', note)) return;
  await work();
  await store.put({
    collection: 'progress',
    id: note,
    value: { answeredAt: clock.now().toISOString() },
    expect: 'any',
  });
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
