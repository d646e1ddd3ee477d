import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { accessTo } from '../../../infra/aws/local/emulators.ts';
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
  const target = new URL(emulator.endpoint ?? '');
  const faults = new Map<string, { readonly fault: Fault; left: number }>();
  const meanwhile = new Map<string, () => Promise<unknown>>();
  const asked: string[] = [];
  let connections = 0;

  function nextFault(operation: string): Fault | undefined {
    const planned = faults.get(operation);
    if (!planned || planned.left === 0) return undefined;
    planned.left -= 1;
    return planned.fault;
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const operation = operationOf(incoming);
    asked.push(operation);
    const fault = nextFault(operation);
    if (fault && fault.kind !== 'answer lost') {
      fail(response, fault);
      return;
    }
    const answer = await passOn(target, incoming, body);
    const act = meanwhile.get(operation);
    meanwhile.delete(operation);
    await act?.();
    if (fault) incoming.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => incoming.socket.destroy());
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    access: { ...accessTo((server.address() as AddressInfo).port) },
    asked,
    connections: () => connections,
    fail: (operation, fault, times = Number.POSITIVE_INFINITY) => void faults.set(operation, { fault, left: times }),
    heal: () => faults.clear(),
    meanwhile: (operation, act) => void meanwhile.set(operation, act),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
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

function operationOf({ headers, method }: IncomingMessage): string {
  const target = headers['x-amz-target'];
  return typeof target === 'string' ? (target.split('.').at(-1) ?? target) : `${method}`;
}

async function passOn({ hostname, port }: URL, { method, url, headers }: IncomingMessage, body: Buffer) {
  const outgoing = request({ hostname, port, method, path: url, headers });
  outgoing.end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 500, headers: answer.headers, body: await buffer(answer) };
}
