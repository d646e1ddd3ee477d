import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { accessTo } from '../../../infra/aws/local/emulators.ts';
import { onLoopback, operationOf, passOn } from '../../../infra/aws/local/loopback.ts';
import type { AwsAccess } from '../../../infra/aws/settings.ts';

/** What goes wrong with a request. */
export type Fault =
  /** AWS answers with an error and does nothing. */
  | { readonly kind: 'refused'; readonly error: string; readonly status?: number; readonly message?: string }
  /** AWS does what was asked, and its answer is lost. */
  | { readonly kind: 'answer lost' }
  /** AWS answers with this, and does nothing. */
  | { readonly kind: 'answered'; readonly body: unknown }
  /** AWS takes the request and says nothing, or begins to answer and then says nothing. */
  | { readonly kind: 'silent' | 'silent in the middle' };

/** Stands in front of an emulator and makes chosen requests fail. */
export interface Faulty extends AsyncDisposable {
  readonly access: AwsAccess;
  /** The operations that were asked for, such as `UpdateItem`, in order. */
  readonly asked: string[];
  /** Connections that were ever opened. */
  connections(): number;
  /** The next `times` requests of this operation fail; without `times` all of them, until `heal`. */
  fail(operation: string, fault: Fault, times?: number): void;
  heal(): void;
  /** Runs when the next request of this operation has been done by the emulator, before anybody has the answer. */
  meanwhile(operation: string, act: () => Promise<unknown>): void;
}

export async function inFrontOf(emulator: AwsAccess): Promise<Faulty> {
  const faults = new Map<string, { readonly fault: Fault; left: number }>();
  const meanwhile = new Map<string, () => Promise<unknown>>();
  const asked: string[] = [];
  const connections = new Set<IncomingMessage['socket']>();

  function nextFault(operation: string): Fault | undefined {
    const planned = faults.get(operation);
    if (!planned || planned.left === 0) return undefined;
    planned.left -= 1;
    return planned.fault;
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    connections.add(incoming.socket);
    const body = await buffer(incoming);
    const operation = operationOf(incoming);
    asked.push(operation);
    const fault = nextFault(operation);
    if (fault && fault.kind !== 'answer lost') {
      fail(response, fault);
      return;
    }
    const answer = await passOn(emulator.endpoint ?? '', incoming, body);
    const act = meanwhile.get(operation);
    meanwhile.delete(operation);
    await act?.();
    if (fault) incoming.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  const server = await onLoopback(handle);
  return {
    access: accessTo(Number(new URL(server.url).port)),
    asked,
    connections: () => connections.size,
    fail: (operation, fault, times = Number.POSITIVE_INFINITY) => void faults.set(operation, { fault, left: times }),
    heal: () => faults.clear(),
    meanwhile: (operation, act) => void meanwhile.set(operation, act),
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  };
}

function fail(response: ServerResponse, fault: Exclude<Fault, { kind: 'answer lost' }>): void {
  const type = { 'content-type': 'application/x-amz-json-1.0' };
  switch (fault.kind) {
    case 'refused': {
      const { error, status = 400, message = `made to fail: ${error}` } = fault;
      response.writeHead(status, type);
      response.end(JSON.stringify({ __type: `com.amazonaws#${error}`, message }));
      break;
    }
    case 'answered':
      response.writeHead(200, type).end(JSON.stringify(fault.body));
      break;
    case 'silent in the middle':
      response.writeHead(200, { ...type, 'content-length': '1000' }).write('{');
      break;
    case 'silent':
  }
}
