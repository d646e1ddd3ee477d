import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueueName } from '../../../../engine/ports.ts';
import { maxAttempts } from '../../../../engine/ports.ts';
import { REFUSED_RETRY_MS } from '../../../../functions/retry.ts';
import { failing } from '../../../../infra/local/console/faults.ts';
import { until } from '../../../harness/until.ts';
import { type Delivered, faultStage, type Invoke, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await faultStage();
}, 240_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

const script = join(import.meta.dirname, '../../../../functions/lambda/dead-letters.ts');

/** `npm run dead-letters`, as a person runs it. */
function deadLetters(...options: readonly string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'made-up',
    AWS_ENDPOINT_URL_SQS: stage.emulators.sqs.endpoint,
  };
  // The emulator's queues are there.
  const named = ['--region', 'us-east-1', '--stage', stage.resources.table.replace('nightshift-', ''), ...options];
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...named], { env }, (_failure, stdout, stderr) => resolve(stdout + stderr));
  });
}

/** Lets time pass, until messages of this queue have died. */
async function untilDead(name: QueueName, work: Invoke = stage.invoke): Promise<void> {
  await until(
    `dead letters of ${name}`,
    async () => {
      await stage.pass(name);
      await stage.settle(work);
      return (await stage.place.queue.deadLetters()).some(({ queue }) => queue === name);
    },
    { everyMs: 1, deadlineMs: 60_000 },
  );
}

/** What Slack refused first waits aside: a copy whose clock is ahead finds that it has waited. */
async function afterItsWait(): Promise<Invoke> {
  const late = await stage.copyOf('announce', { laterMs: 2 * REFUSED_RETRY_MS });
  return async (queue, Records) =>
    queue === 'announce' ? late.invoke<SQSBatchResponse>({ Records }) : stage.invoke(queue, Records);
}

describe('a batch in which one record is poisoned', { timeout: 120_000 }, () => {
  it('has that one come again, and no other', async () => {
    await stage.alert();
    await stage.alert(stage.secrets.token, stage.practice.alertFor('kubelet-stopped'));
    await stage.place.queue.send([{ queue: 'investigate', group: 'poison', body: { type: 'nonsense' } }]);
    let handed: readonly Delivered[] = [];
    let failed: readonly string[] = [];
    const noting: Invoke = async (queue, records) => {
      const answer = await stage.invoke(queue, records);
      handed = records.map((record) => ({ queue, record }));
      failed = answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      return answer;
    };
    await stage.hand('investigate', noting);

    expect(handed).toHaveLength(3);
    expect(failed).toEqual(handed.filter(isPoison).map(({ record }) => record.messageId));
    await stage.settle();
    expect(await stage.place.store.list('incidents')).toHaveLength(2);
    expect(await stage.messages()).toHaveLength(2);
  });

  it('has it as a dead letter after its last attempt, with the reason, and tells each of them', async () => {
    await untilDead('investigate');
    const tries = (await stage.logged('investigate')).filter(({ body }) => JSON.stringify(body)?.includes('nonsense'));

    expect(tries.map(({ attempt }) => attempt)).toEqual(Array.from({ length: maxAttempts }, (_, n) => n + 1));
    const words = ['will try again', 'was tried for the last time, and is a dead letter now'];
    expect(tries.slice(-2).map(({ message }) => message)).toEqual(words);
    expect(await stage.place.queue.deadLetters()).toMatchObject([
      { queue: 'investigate', group: 'poison', body: { type: 'nonsense' }, reason: expect.stringContaining('type') },
    ]);
    expect(await deadLetters()).toContain('{"type":"nonsense"}');
  });

  it('is kept out of the way when it is redriven and still poisoned: it dies again, alone', async () => {
    expect(await deadLetters('--redrive')).toBe('1 message sent again.\n');
    expect(await stage.place.queue.deadLetters()).toEqual([]);
    await untilDead('investigate');

    expect(await stage.place.queue.deadLetters()).toHaveLength(1);
    expect(await stage.messages()).toHaveLength(2);
  });
});

describe('a card that Slack refuses until its message dies', { timeout: 120_000 }, () => {
  const inviting = 'not_in_channel';
  let later: Invoke;

  it('is a dead letter that says what to do', async () => {
    const endlessly = Number.POSITIVE_INFINITY;
    stage.console.injectFaults(failing('chat.postMessage', { kind: 'refused', error: inviting }, endlessly));
    await stage.alert(stage.secrets.token, stage.practice.alertFor('planned-drain'));
    await stage.settle();
    later = await afterItsWait();
    await untilDead('announce', later);
    const shown = (await deadLetters()).split('\n');

    expect(await stage.place.store.list('incidents')).toHaveLength(3);
    expect(await stage.messages()).toHaveLength(2);
    expect(shown.filter((line) => / {2}announce {2}/.test(line)).length).toBeGreaterThan(0);
    expect(shown.join('\n')).toContain('invite');
  });

  it('stands in the channel once, when the bot was invited and the message given a new life by one command', async () => {
    stage.console.injectFaults();
    await deadLetters('--redrive');
    await stage.pass('announce');
    await stage.settle(later);

    expect(await stage.messages()).toHaveLength(3);
    const left = await stage.place.queue.deadLetters();
    expect(left.filter(({ queue }) => queue === 'announce')).toEqual([]);
  });
});

function isPoison({ record }: Delivered): boolean {
  return record.body.includes('nonsense');
}
