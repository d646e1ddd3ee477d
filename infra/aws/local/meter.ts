import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { onLoopback, operationOf, type Passed, passOn } from './loopback.ts';

/** Stands in front of an emulator and counts what AWS would bill. */
export interface Meter extends AsyncDisposable {
  readonly url: string;
  /** A snapshot; the numbers go on. */
  read(): Metered;
  reset(): void;
}

export interface Metered {
  /** Requests by operation, such as `UpdateItem`; of S3 by method, such as `PUT`. */
  readonly requests: Readonly<Record<string, number>>;
  /**
   * Capacity units of DynamoDB, as the emulator computes them from the sizes of items. A write whose condition failed
   * counts one, and what a write changes in an index counts nothing: AWS bills more for both.
   */
  readonly units: { readonly read: number; readonly write: number };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ConsumedCapacity.html */
const reading = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);
const writing = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']);

interface Answer {
  readonly ConsumedCapacity?: { readonly CapacityUnits?: number };
}

export async function meter(emulator: string): Promise<Meter> {
  let requests = new Map<string, number>();
  let units = { read: 0, write: 0 };

  function countUnits(operation: string, { status, body }: Passed): void {
    const used = status === 200 ? ((JSON.parse(body.toString()) as Answer).ConsumedCapacity?.CapacityUnits ?? 0) : 1;
    if (reading.has(operation)) units.read += used;
    else units.write += used;
  }

  const server = await onLoopback(async (incoming, response) => {
    const operation = operationOf(incoming);
    requests.set(operation, (requests.get(operation) ?? 0) + 1);
    const body = await buffer(incoming);
    const hasUnits = reading.has(operation) || writing.has(operation);
    const answer = await (hasUnits ? askingForUnits(emulator, incoming, body) : passOn(emulator, incoming, body));
    if (hasUnits) countUnits(operation, answer);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  return {
    url: server.url,
    read: () => ({ requests: Object.fromEntries(requests), units: { ...units } }),
    reset() {
      requests = new Map();
      units = { read: 0, write: 0 };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** The emulator checks no signature, so that what was signed may be changed. */
function askingForUnits(emulator: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Passed> {
  const asked = JSON.parse(body.toString()) as object;
  const bytes = Buffer.from(JSON.stringify({ ...asked, ReturnConsumedCapacity: 'TOTAL' }));
  return passOn(emulator, { method, url, headers: { ...headers, 'content-length': String(bytes.length) } }, bytes);
}
