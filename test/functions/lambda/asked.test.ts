import { expect, it } from 'vitest';
import { TryLater } from '../../../engine/errors.ts';
import { answering } from '../../../functions/lambda/asked.ts';
import { askedMessage } from '../../../functions/lambda/asked-message.ts';
import type { Reply } from '../../../infra/slack/reply.ts';
import { type Night, night } from '../../engine/night.ts';

const command = (text: string) =>
  askedMessage({ type: 'command', text, by: 'U-ASKER', id: 'trigger-1', answerTo: 'https://hooks.slack.com/x' }).body;

function asking(tonight: Night, faults: number) {
  const given: Reply[] = [];
  const handler = answering(async () => [], {
    desk: tonight.desk,
    mayAnswer: () => true,
    answer: async (_to, reply) => {
      faults -= 1;
      if (faults >= 0) throw new TryLater('Slack does not take an answer', 2_000);
      given.push(reply);
    },
  });
  return { given, ask: (text: string) => handler(command(text), new AbortController().signal) };
}

const looks = async (tonight: Night) => (await tonight.incidents()).map(({ look }) => look.wanted);

it('what a command asks for is done once, and its answer tried until it arrives', async () => {
  await using tonight = await night();
  tonight.node('worker-1', false);
  const { given, ask } = asking(tonight, 2);

  await expect(ask('investigate sample worker-1')).rejects.toThrow('Slack does not take');
  await expect(ask('investigate sample worker-1')).rejects.toThrow('Slack does not take');
  await ask('investigate sample worker-1');
  await ask('investigate sample worker-1');

  expect(given.map(({ text }) => text)).toEqual(['Node worker-1: the card is on its way']);
  expect(await looks(tonight)).toEqual([1]);
});

it('an answer that nobody takes any more is given up after half an hour', async () => {
  await using tonight = await night();
  tonight.node('worker-1', false);
  const { given, ask } = asking(tonight, 100);

  await expect(ask('investigate sample worker-1')).rejects.toThrow('Slack does not take');
  tonight.pass(1_801);
  await ask('investigate sample worker-1');

  expect(given).toEqual([]);
  expect(await looks(tonight)).toEqual([1]);
});
