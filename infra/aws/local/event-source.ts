import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';

/** The emulators' own. */
const account = '000000000000';
const region = 'eu-central-1';
const anyQueue = `arn:aws:sqs:${region}:${account}:nightshift-investigate.fifo`;

export type Handle = (records: readonly SQSRecord[]) => Promise<SQSBatchResponse>;

export interface HandedOver {
  readonly handed: number;
  readonly failed: number;
}

/**
 * What Lambda does between a queue and a function: receives a batch, hands it over, and deletes what the answer does not
 * name. What it does name stays hidden for as long as the function has said; when the function throws, that is all of it.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export async function handOver(client: SQSClient, url: string, handle: Handle): Promise<HandedOver> {
  return answered(client, url, await receive(client, url), handle);
}

export interface ReceiveOptions {
  /** At most ten of a FIFO queue. */
  readonly batchSize?: number;
  /** How long it waits for a message, at most 20 s. */
  readonly waitSeconds?: number;
  readonly signal?: AbortSignal;
}

/** A batch as Lambda's pollers take it, hidden for as long as the queue says. SQS gives no group to two at once. */
export async function receive(
  client: SQSClient,
  QueueUrl: string,
  { batchSize = 10, waitSeconds = 0, signal }: ReceiveOptions = {},
): Promise<readonly SQSRecord[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: batchSize,
    WaitTimeSeconds: waitSeconds,
    MessageSystemAttributeNames: ['All'],
  });
  const requestTimeout = waitSeconds * 1_000 + 10_000;
  const { Messages = [] } = await client.send(command, { requestTimeout, ...(signal ? { abortSignal: signal } : {}) });
  const arn = `arn:aws:sqs:${region}:${account}:${QueueUrl.split('/').at(-1)}`;
  return Messages.map((message) => recordOf(message, arn));
}

/** Hands a batch over, and deletes what was done. */
export async function answered(
  client: SQSClient,
  QueueUrl: string,
  records: readonly SQSRecord[],
  handle: Handle,
): Promise<HandedOver> {
  if (records.length === 0) return { handed: 0, failed: 0 };
  const { batchItemFailures } = await handle(records);
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const Entries = records
    .filter(({ messageId }) => !failed.has(messageId))
    .map(({ messageId, receiptHandle }) => ({ Id: messageId, ReceiptHandle: receiptHandle }));
  if (Entries.length > 0) await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  return { handed: records.length, failed: failed.size };
}

/** A record as Lambda shapes it. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function recordOf(
  { MessageId = '', ReceiptHandle = '', Body = '', MD5OfBody = '', Attributes }: Message,
  eventSourceARN = anyQueue,
): SQSRecord {
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 'AIDAEXAMPLE',
      ApproximateFirstReceiveTimestamp: '0',
      ...Attributes,
    },
    messageAttributes: {},
    md5OfBody: MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion: region,
  };
}
