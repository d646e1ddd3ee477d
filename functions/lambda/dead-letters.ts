import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { Refused } from '../../engine/errors.ts';
import { type DeadLetter, type QueueName, queueNames } from '../../engine/ports.ts';
import { redactDeep } from '../../engine/redact.ts';
import { counted } from '../../engine/words.ts';
import { sqsClient } from '../../infra/aws/clients.ts';
import { failureOf, nameOf } from '../../infra/aws/failures.ts';
import { createQueue } from '../../infra/aws/queue/queue.ts';
import { harmlessJson, oneLine } from '../../infra/local/terminal.ts';
import { argumentsOf } from '../cli/arguments.ts';
import { ExitCode, endAs, print, remark, UsageError } from '../cli/outcome.ts';
import { systemClock } from '../clock.ts';
import { deployedRegion } from '../config/deployed-region.ts';

const usage = `npm run dead-letters -- [--stage prod] [--region eu-west-1] [--redrive [ID]]

Lists the messages that could not be done, with the reason. --redrive gives them a new life, all of them or the one with
this id: each as the last message of its group.`;

/** `npm run dead-letters`: under the credentials of whoever runs it, which the SDK finds. */
async function main(): Promise<ExitCode> {
  const { values, positionals } = argumentsOf('npm run dead-letters', {
    allowPositionals: true,
    options: {
      stage: { type: 'string', default: 'prod' },
      region: { type: 'string', default: deployedRegion },
      redrive: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    print(usage);
    return ExitCode.ok;
  }
  const [id, ...more] = positionals;
  if (more.length > 0 || (id !== undefined && !values.redrive)) {
    throw new UsageError(`${id} alone says not what to do with it; to send one message again: --redrive ID`);
  }
  if (!values.region || !values.stage)
    throw new UsageError('--region and --stage take a name, such as eu-west-1 and prod');
  const client = sqsClient({ region: values.region });
  const urls = await urlsOf(client, (name) => `nightshift-${values.stage}-${name}.fifo`);
  const deadLetterUrls = await urlsOf(client, (name) => `nightshift-${values.stage}-${name}-dead.fifo`);
  const queue = createQueue({
    client,
    urls,
    deadLetterUrls,
    // Nothing is worked on here.
    attempts: { begin: async () => 1, forgive: async () => {} },
    clock: systemClock,
  });
  const letters = values.redrive ? [] : await queue.deadLetters();
  const count = !values.redrive ? 0 : id === undefined ? await queue.redriveAll() : Number(await queue.redrive(id));
  const hidden = await hiddenIn(client, Object.values(deadLetterUrls));
  const code = values.redrive ? sentAgain(count, id) : listed(letters, hidden);
  if (hidden > 0)
    remark(
      `${counted(hidden, 'dead letter')} cannot be seen now: somebody else looks at them, or a look was interrupted. Ask again in five minutes`,
    );
  return hidden > 0 ? ExitCode.finding : code;
}

function sentAgain(count: number, id: string | undefined): ExitCode {
  print(`${counted(count, 'message')} sent again.`);
  return id !== undefined && count === 0 ? ExitCode.finding : ExitCode.ok;
}

/** Those that were handed out and neither deleted nor given back: all that this look was given it has given back. */
async function hiddenIn(client: SQSClient, urls: readonly (string | undefined)[]): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessagesNotVisible' as const];
  const counts = urls.map(async (QueueUrl) => {
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    return Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0);
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

function listed(letters: readonly DeadLetter[], hidden: number): ExitCode {
  if (letters.length === 0) {
    print(hidden === 0 ? 'There are no dead letters.' : 'There are no dead letters that can be seen.');
    return ExitCode.ok;
  }
  for (const { id, queue, diedAt, reason, body } of letters) {
    print(
      [
        `${id}  ${queue}  ${diedAt.toISOString()}`,
        `  ${oneLine(reason, 1_000)}`,
        `  ${harmlessJson(redactDeep(body))}`,
      ].join('\n'),
    );
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
      if (/Credentials|Token|Signature|UnrecognizedClient|InvalidAccessKey/.test(nameOf(thrown)))
        throw new Refused(
          'NO_CREDENTIALS',
          'AWS accepts no credentials of yours: log in (aws sso login), or set AWS_PROFILE',
        );
      if (!/NonExistent|DoesNotExist/.test(nameOf(thrown))) throw failureOf(thrown, `The queue ${QueueName}`);
      throw new Refused('NO_QUEUE', `there is no queue ${QueueName}: is the stage right, and the region?`);
    }
  });
  return Object.fromEntries(await Promise.all(urls));
}

await endAs(main);
