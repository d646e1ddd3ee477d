import { parseArgs } from 'node:util';
import { GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { Refused } from '../../engine/errors.ts';
import { type DeadLetter, type QueueName, queueNames } from '../../engine/ports.ts';
import { counted } from '../../engine/words.ts';
import { sqsClient } from '../../infra/aws/clients.ts';
import { nameOf } from '../../infra/aws/failures.ts';
import { createQueue } from '../../infra/aws/queue/queue.ts';
import { ExitCode, endAs, print } from '../cli/outcome.ts';
import { systemClock } from '../clock.ts';

const usage = `npm run dead-letters -- [--stage prod] [--region eu-west-1] [--redrive [ID]]

Lists the messages that could not be done, with the reason. --redrive gives them a new life, all of them or the one with
this id: each as the last message of its group.`;

/** `npm run dead-letters`: under the credentials of whoever runs it, which the SDK finds. */
async function main(): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      stage: { type: 'string', default: 'prod' },
      region: { type: 'string' },
      redrive: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    print(usage);
    return ExitCode.ok;
  }
  const client = sqsClient(values.region === undefined ? {} : { region: values.region });
  const queue = createQueue({
    client,
    urls: await urlsOf(client, (name) => `nightshift-${values.stage}-${name}.fifo`),
    deadLetterUrls: await urlsOf(client, (name) => `nightshift-${values.stage}-${name}-dead.fifo`),
    // Nothing is worked on here.
    attempts: { of: async () => 1, forgive: async () => {} },
    clock: systemClock,
  });
  if (!values.redrive) return listed(await queue.deadLetters());
  const [id] = positionals;
  const count = id === undefined ? await queue.redriveAll() : Number(await queue.redrive(id));
  print(`${counted(count, 'message')} sent again.`);
  return id !== undefined && count === 0 ? ExitCode.finding : ExitCode.ok;
}

function listed(letters: readonly DeadLetter[]): ExitCode {
  if (letters.length === 0) {
    print('There are no dead letters.');
    return ExitCode.ok;
  }
  for (const { id, queue, diedAt, reason, body } of letters) {
    print([`${id}  ${queue}  ${diedAt.toISOString()}`, `  ${reason}`, `  ${JSON.stringify(body)}`].join('\n'));
  }
  return ExitCode.finding;
}

async function urlsOf(client: SQSClient, named: (queue: QueueName) => string) {
  const urls = queueNames.map(async (queue) => {
    const QueueName = named(queue);
    try {
      const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
      return [queue, QueueUrl] as const;
    } catch (thrown) {
      if (!/NonExistent|DoesNotExist/.test(nameOf(thrown))) throw thrown;
      throw new Refused('NO_QUEUE', `there is no queue ${QueueName}: is the stage right, and the region?`);
    }
  });
  return Object.fromEntries(await Promise.all(urls));
}

await endAs(main);
