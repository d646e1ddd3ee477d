import type { Message } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';

/** One delivery of a message, in SQS's words. Times are ms since 1970. */
export interface Delivery {
  /** The message's, the same at every delivery. */
  readonly id: string;
  /** This delivery's: who holds it may delete or hide the message, until it is delivered again. */
  readonly receipt: string;
  readonly text: string;
  readonly receiveCount: number;
  readonly firstReceivedAt: number;
  readonly sentAt: number;
}

/** Without these SQS does not tell them; Lambda gets them all. */
export const wantedAttributes = [
  'ApproximateReceiveCount',
  'ApproximateFirstReceiveTimestamp',
  'SentTimestamp',
] as const;

/** As `ReceiveMessage` answers. */
export function deliveryOf({ MessageId, ReceiptHandle, Body, Attributes }: Message): Delivery {
  if (MessageId === undefined || ReceiptHandle === undefined || Body === undefined) {
    throw new TypeError('SQS delivered a message without id, receipt handle or body.');
  }
  return { id: MessageId, receipt: ReceiptHandle, text: Body, ...countsOf(Attributes) };
}

/** As Lambda hands it to a function. */
export function deliveryOfRecord({ messageId, receiptHandle, body, attributes }: SQSRecord): Delivery {
  return { id: messageId, receipt: receiptHandle, text: body, ...countsOf(attributes) };
}

type Counts = Partial<Record<(typeof wantedAttributes)[number], string>>;

function countsOf({ ApproximateReceiveCount, ApproximateFirstReceiveTimestamp, SentTimestamp }: Counts = {}) {
  return {
    receiveCount: Number(ApproximateReceiveCount ?? 1),
    firstReceivedAt: Number(ApproximateFirstReceiveTimestamp ?? Date.now()),
    sentAt: Number(SentTimestamp ?? Date.now()),
  };
}
