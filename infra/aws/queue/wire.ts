import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { messageOf } from '../../../engine/errors.ts';
import { asking, nameOf } from '../failures.ts';
import { longestHiddenMs } from './attempts.ts';
import { type Delivery, deliveryOf, wantedAttributes } from './delivery.ts';

/** What is asked of one SQS queue, in our words. Throws `TryLater`. */
export interface Wire {
  /** At most ten; SQS counts in whole seconds, and so the time it waits is rounded up, to 20 s at most. */
  receive(options: { readonly max: number; readonly leaseMs: number; readonly waitMs: number }): Promise<Delivery[]>;
  /** Nobody sees the message for so long, and nobody of its group. `false`: it was delivered to somebody else since. */
  hide(delivery: Delivery, forMs: number): Promise<boolean>;
  /** It will not come again. `false`: its time is over, or it was delivered to somebody else since; so it does. */
  remove(delivery: Delivery): Promise<boolean>;
}

const longestWaitSeconds = 20;

export function createWire(client: SQSClient, url: string, name: string, answerMs: number): Wire {
  const what = `The queue ${name}`;

  /** `false` when the receipt is good for nothing any more. */
  async function holding(answer: Promise<unknown>): Promise<boolean> {
    try {
      await answer;
      return true;
    } catch (thrown) {
      if (isStale(thrown)) return false;
      return asking(what, Promise.reject(thrown));
    }
  }

  return {
    async receive({ max, leaseMs, waitMs }) {
      const seconds = Math.min(longestWaitSeconds, wholeSeconds(waitMs));
      const command = new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: Math.min(10, max),
        VisibilityTimeout: Math.max(1, wholeSeconds(leaseMs)),
        WaitTimeSeconds: seconds,
        MessageSystemAttributeNames: [...wantedAttributes],
      });
      const { Messages = [] } = await asking(
        what,
        client.send(command, { requestTimeout: seconds * 1_000 + answerMs }),
      );
      return Messages.map(deliveryOf);
    },
    hide: ({ receipt }, forMs) =>
      holding(
        client.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: url,
            ReceiptHandle: receipt,
            VisibilityTimeout: wholeSeconds(Math.min(forMs, longestHiddenMs)),
          }),
        ),
      ),
    remove: ({ receipt }) => holding(client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receipt }))),
  };
}

function wholeSeconds(ms: number): number {
  return Math.ceil(Math.max(0, ms) / 1_000);
}

/** A FIFO queue says so of a receipt whose time is over, also when nobody has the message now. */
function isStale(thrown: unknown): boolean {
  const name = nameOf(thrown);
  if (name === 'MessageNotInflight' || name === 'ReceiptHandleIsInvalid') return true;
  return name === 'InvalidParameterValue' && /receipt ?handle/i.test(messageOf(thrown));
}
