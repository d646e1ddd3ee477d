import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { ChangeMessageVisibilityCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulators, startEmulators } from '../../../infra/aws/local/emulators.ts';
import { createResources, openPlace } from '../../../infra/aws/local/place.ts';

let emulators: Emulators;
beforeAll(async () => {
  emulators = await startEmulators();
});
afterAll(() => emulators[Symbol.asyncDispose]());

const script = join(import.meta.dirname, '../../../functions/lambda/dead-letters.ts');

/** Runs the command as a person does, with credentials in the environment. */
function run(...options: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  const env = {
    PATH: process.env.PATH,
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'made-up',
    AWS_ENDPOINT_URL_SQS: emulators.sqs.endpoint,
  };
  return new Promise((resolve) => {
    // The emulator's queues are there, and not where the stack is by default.
    const there = options.includes('--region') ? [] : ['--region', 'us-east-1'];
    execFile(process.execPath, [script, ...there, ...options], { env }, (failure, stdout, stderr) =>
      resolve({ code: Number(failure?.code ?? 0), out: `${stdout}${stderr}` }),
    );
  });
}

describe('npm run dead-letters', () => {
  it('shows what could not be done, with the reason, and gives it a new life', async () => {
    const resources = await createResources(emulators);
    const stage = resources.table.replace('nightshift-', '');
    const { queue, sqs } = openPlace(emulators, resources, { now: () => new Date() });
    const inLine = { MessageGroupId: 'a', MessageDeduplicationId: 'a' };
    await sqs.send(new SendMessageCommand({ QueueUrl: resources.urls.announce, MessageBody: 'not ours', ...inLine }));
    expect(await queue.receive('announce', { max: 1, leaseMs: 60_000, waitMs: 0 })).toEqual([]);

    const QueueUrl = resources.deadLetterUrls.announce;
    const looked = await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 300 }));
    expect(await run('--stage', stage)).toEqual({
      code: 1,
      out: expect.stringMatching(/^There are no dead letters that can be seen\.\n.*1 dead letter cannot be seen now/),
    });
    const ReceiptHandle = looked.Messages?.[0]?.ReceiptHandle;
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));

    const shown = await run('--stage', stage);
    expect(shown.out).toMatch(/ {2}announce {2}\d{4}-.*\n {2}It cannot be read.*\n {2}"not ours"/);
    expect(shown.code).toBe(1);
    expect(await run('--stage', stage, '--redrive')).toEqual({ code: 0, out: '1 message sent again.\n' });
    expect(await run('--stage', stage)).toEqual({ code: 0, out: 'There are no dead letters.\n' });
  });

  it.each([
    ['an id that nothing is to be done with', ['a1b2'], '--redrive ID'],
    ['no region', ['--region', ''], '--region and --stage take a name'],
  ])('refuses %s', async (_what, options, words) => {
    const { code, out } = await run(...options);

    expect(out).toContain(words);
    expect(code).toBe(2);
  });

  it('says so when there is no such stage', async () => {
    const { code, out } = await run('--stage', 'nowhere');

    expect(out.replace(/\s+/g, ' ')).toMatch(/there is no queue nightshift-nowhere-\w+\.fifo: is the stage right/);
    expect(code).toBe(1);
  });
});
