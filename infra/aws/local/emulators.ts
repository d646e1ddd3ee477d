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
  const fauxqs = await startFauxqs({ port: 0, logger: false });
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

export function accessTo(port: number): AwsAccess {
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'made-up' },
  };
}
