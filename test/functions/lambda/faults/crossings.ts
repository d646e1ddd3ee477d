import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type Loopback, onLoopback, operationOf, passOn } from '../../../../infra/aws/local/loopback.ts';

/**
 * Stands before DynamoDB or SQS, and tells of every request that leaves something behind before it gets there, such as
 * `plans` or `send announce`. Answered `true`, the request goes no further and is never answered.
 */
export function crossingsTo(target: string, crossing: (name: string) => boolean): Promise<Loopback> {
  return onLoopback(async (incoming, response) => {
    const body = await buffer(incoming);
    const name = nameOf(incoming, body);
    if (name !== undefined && crossing(name)) return;
    const answer = await passOn(target, incoming, body);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
}

interface Written {
  readonly Key?: { readonly collection?: { readonly S: string } };
  readonly UpdateExpression?: string;
  readonly QueueUrl?: string;
}

/** `undefined`: it only reads, or hides a message for a while. */
function nameOf(asked: IncomingMessage, bytes: Buffer): string | undefined {
  const operation = operationOf(asked);
  const { Key, UpdateExpression, QueueUrl } = JSON.parse(bytes.toString()) as Written;
  if (operation === 'SendMessageBatch') return `send ${/-(\w+)\.fifo$/.exec(QueueUrl ?? '')?.[1]}`;
  if (operation !== 'UpdateItem') return undefined;
  return `${UpdateExpression?.startsWith('REMOVE') ? 'sent of ' : ''}${Key?.collection?.S}`;
}
