import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type Loopback, onLoopback, passOn } from '../../../infra/aws/local/loopback.ts';

/** Stands in front of an emulator and lets through what a role allows: what IAM is to AWS, in so far as we use it. */
export interface Guard extends Loopback {
  /** What was asked for and refused, in the words of the table. */
  readonly refused: string[];
  /** What was asked for and allowed. */
  readonly used: Set<string>;
}

/** `allowed`: as in `test/infra/aws/package/statements.ts`, such as `sqs:SendMessage on InvestigateQueue`. */
export async function guard(emulator: string, allowed: readonly string[]): Promise<Guard> {
  const refused: string[] = [];
  const used = new Set<string>();
  const server = await onLoopback(async (incoming, response) => {
    const body = await buffer(incoming);
    const wish = wishOf(incoming, body);
    const statement = allowed.find((one) => covers(one, wish));
    if (statement === undefined) {
      refused.push(`${wish.action} on ${wish.resource}${wish.collection ? ` of ${wish.collection}` : ''}`);
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: 'AccessDeniedException', message: 'no statement of the role allows it' }));
      return;
    }
    used.add(statement);
    const answer = await passOn(emulator, incoming, body);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  return { ...server, refused, used };
}

interface Wish {
  readonly action: string;
  readonly resource: string;
  readonly collection?: string;
}

interface Body {
  readonly IndexName?: string;
  readonly QueueUrl?: string;
  readonly Key?: { readonly collection?: { readonly S: string } };
  readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly S?: string }>>;
}

function wishOf({ headers }: IncomingMessage, bytes: Buffer): Wish {
  const [service = '', operation = ''] = String(headers['x-amz-target']).split('.');
  const body = JSON.parse(bytes.toString()) as Body;
  // A batch needs the permission of what it is a batch of.
  const verb = operation.replace(/Batch$/, '');
  if (service === 'AmazonSQS') return { action: `sqs:${verb}`, resource: queueOf(body.QueueUrl ?? '') };
  const collection = body.Key?.collection?.S ?? body.ExpressionAttributeValues?.[':collection']?.S;
  const resource = body.IndexName === undefined ? 'Table' : `Table/index/${body.IndexName}`;
  return { action: `dynamodb:${verb}`, resource, ...(collection === undefined ? {} : { collection }) };
}

/** `…/nightshift-0a1b-investigate-dead.fifo` → `InvestigateDeadLetters` */
function queueOf(url: string): string {
  const [, name = '', dead] = /-(investigate|announce|remediate)(-dead)?\.fifo$/.exec(url) ?? [];
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}${dead ? 'DeadLetters' : 'Queue'}`;
}

function covers(statement: string, { action, resource, collection }: Wish): boolean {
  const [what = '', of] = statement.split(' of ');
  if (what !== `${action} on ${resource}`) return false;
  return of === undefined || (collection !== undefined && of.split(', ').includes(collection));
}
