import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';

/**
 * Sets when messages that Lambda handed over come again if nobody answers for them: the queue's own visibility timeout is
 * six times as long as the function may run, for Lambda's sake, and an incident should not wait that long for a function
 * that was killed. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 *
 * `forMs` must outlast the function. Throws what SQS says; then the queue's own time holds.
 */
export async function lease(
  client: SQSClient,
  QueueUrl: string,
  records: readonly SQSRecord[],
  forMs: number,
): Promise<void> {
  const VisibilityTimeout = Math.ceil(forMs / 1_000);
  const Entries = records.map(({ receiptHandle }, n) => ({
    Id: String(n),
    ReceiptHandle: receiptHandle,
    VisibilityTimeout,
  }));
  // Lambda hands over at most ten messages of a FIFO queue, and SQS takes ten at once.
  if (Entries.length > 0) await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
}
