import { keptDays, maxReceives } from './attempts.ts';

const daySeconds = 86_400;

/** What every queue is made with; `serverless.yml` says the same, and a test compares. */
export const queueAttributes = {
  FifoQueue: 'true',
  /** Each message carries an id of its own. */
  ContentBasedDeduplication: 'false',
  /** Groups do not wait for each other: thousands of messages a second instead of three hundred. */
  DeduplicationScope: 'messageGroup',
  FifoThroughputLimit: 'perMessageGroupId',
  MaximumMessageSize: String(1_024 * 1_024),
  MessageRetentionPeriod: String(keptDays * daySeconds),
  SqsManagedSseEnabled: 'true',
} as const;

/** After so many deliveries without anybody of ours answering SQS moves a message to the dead letters by itself. */
export function redrivePolicy(deadLetterArn: string): string {
  return JSON.stringify({ deadLetterTargetArn: deadLetterArn, maxReceiveCount: maxReceives });
}
