import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { workFor } from './own-process.ts';

export interface InstantAws {
  /** By ARN. */
  readonly secrets: Readonly<Record<string, string>>;
  /** By collection: the one item that each of its keys is found to hold. All else is absent. */
  readonly items: Readonly<Record<string, unknown>>;
}

interface Asked {
  readonly SecretId?: string;
  readonly Key?: { readonly collection: { readonly S: string } };
  readonly Entries?: readonly { readonly Id: string; readonly MessageBody: string }[];
}

/**
 * AWS that has its answer at hand: every write succeeds, every message is taken. What is measured against it is what the
 * function itself needs, whether it asks once or again.
 */
workFor(async ({ secrets, items }: InstantAws) => {
  const answers: Readonly<Record<string, (asked: Asked) => unknown>> = {
    GetSecretValue: ({ SecretId = '' }) => ({ ARN: SecretId, SecretString: secrets[SecretId] }),
    GetItem: ({ Key }) => ({ Item: items[Key?.collection.S ?? ''] }),
    UpdateItem: () => ({}),
    ChangeMessageVisibilityBatch: ({ Entries = [] }) => ({ Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] }),
    SendMessageBatch: ({ Entries = [] }) => ({ Successful: Entries.map(taken), Failed: [] }),
  };
  let busyMs = 0;
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request)) as Asked;
    const began = performance.now();
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    asked.push(operation);
    const answer = answers[operation];
    response.writeHead(answer ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer?.(body) ?? { __type: 'NotPlayedHere', message: operation }));
    busyMs += performance.now() - began;
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    ready: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: () => ({ busyMs, asked: asked.splice(0) }),
    close: async () => void server.close(),
  };
});

function taken({ Id, MessageBody }: { readonly Id: string; readonly MessageBody: string }) {
  return { Id, MessageId: `message-${Id}`, MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
}
