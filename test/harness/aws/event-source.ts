import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';

/**
 * What Lambda does between a queue and a function: receives a batch, hands it over, and deletes what the answer does not
 * name. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export async function handOver(
  client: SQSClient,
  QueueUrl: string,
  handle: (records: readonly SQSRecord[]) => Promise<SQSBatchResponse>,
): Promise<{ readonly handed: number; readonly failed: number }> {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    VisibilityTimeout: 360,
    MessageSystemAttributeNames: ['All'],
  });
  const { Messages = [] } = await client.send(command);
  if (Messages.length === 0) return { handed: 0, failed: 0 };
  const records = Messages.map(recordOf);
  const { batchItemFailures } = await handle(records);
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const Entries = records
    .filter(({ messageId }) => !failed.has(messageId))
    .map(({ messageId, receiptHandle }) => ({ Id: messageId, ReceiptHandle: receiptHandle }));
  if (Entries.length > 0) await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  return { handed: records.length, failed: failed.size };
}

/** A record as Lambda shapes it. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function recordOf({
  MessageId = '',
  ReceiptHandle = '',
  Body = '',
  MD5OfBody = '',
  Attributes,
}: Message): SQSRecord {
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
    eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:nightshift-investigate.fifo',
    awsRegion: 'eu-central-1',
  };
}
