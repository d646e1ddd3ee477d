import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import { startEmulators } from '../../../../infra/aws/local/emulators.ts';

/** On Linux all of 127.0.0.0/8 is this machine: whoever listens everywhere listens there as well. */
const elsewhere = [
  '127.0.0.2',
  ...Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address),
];

async function answers(host: string, endpoint: string | undefined): Promise<boolean> {
  const socket = connect({ host, port: Number(new URL(endpoint ?? '').port) });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

it('the emulators let everybody in, and so are on loopback alone', async () => {
  await using emulators = await startEmulators();
  for (const { endpoint } of [emulators.dynamodb, emulators.sqs]) {
    expect(await answers('127.0.0.1', endpoint)).toBe(true);
    for (const address of elsewhere) expect([address, await answers(address, endpoint)]).toEqual([address, false]);
  }
});

it('several that start at once, too', async () => {
  const places = await Promise.all([startEmulators(), startEmulators(), startEmulators()]);
  for (const place of places) {
    expect(await answers('127.0.0.2', place.sqs.endpoint)).toBe(false);
    await place[Symbol.asyncDispose]();
  }
});
