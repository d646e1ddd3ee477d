import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import type { AwsAccess } from '../settings.ts';

/** DynamoDB (dynalite) and SQS with S3 (fauxqs) on loopback, in this process, in memory. */
export interface Emulators extends AsyncDisposable {
  readonly dynamodb: AwsAccess;
  /** SQS and S3. */
  readonly sqs: AwsAccess;
  /** What the emulator itself can say about its queues. */
  readonly fauxqs: FauxqsServer;
}

type Dynalite = (options: { readonly createTableMs: number }) => Server;
const dynalite = createRequire(import.meta.url)('dynalite') as Dynalite;

export async function startEmulators(): Promise<Emulators> {
  const tables = dynalite({ createTableMs: 0 });
  tables.listen(0, '127.0.0.1');
  await once(tables, 'listening');
  const fauxqs = await fauxqsOnLoopback();
  return {
    dynamodb: accessTo((tables.address() as AddressInfo).port),
    sqs: accessTo(fauxqs.port),
    fauxqs,
    [Symbol.asyncDispose]: async () => {
      await fauxqs.stop();
      tables.closeAllConnections();
      await new Promise((closed) => tables.close(closed));
    },
  };
}

type Listen = (where: { readonly port: number; readonly host: string }) => Promise<string>;

/**
 * fauxqs listens on every address there is, and lets everybody in; its option `host` is only a name for its queues. It asks
 * Fastify for that before it first waits, and Fastify shows each instance it makes:
 * https://fastify.dev/docs/latest/Reference/Hooks/#diagnostics-channel-hooks
 */
async function fauxqsOnLoopback(): Promise<FauxqsServer> {
  const made = (message: unknown) => {
    const { fastify } = message as { readonly fastify: { listen: Listen } };
    const listen = fastify.listen.bind(fastify);
    fastify.listen = ({ port }) => listen({ port, host: '127.0.0.1' });
  };
  subscribe('fastify.initialization', made);
  const starting = startFauxqs({ port: 0, logger: false });
  unsubscribe('fastify.initialization', made);
  const fauxqs = await starting;
  if (new URL(fauxqs.address).hostname === '127.0.0.1') return fauxqs;
  await fauxqs.stop();
  throw new Error(`the emulator of SQS and S3 would listen on ${fauxqs.address}, where anybody gets at it`);
}

export function accessTo(port: number): AwsAccess {
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'made-up' },
  };
}
