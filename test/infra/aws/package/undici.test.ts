import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { bundle } from '../../../../infra/aws/package/bundle.ts';
import { tempDir } from '../../../harness/temp.ts';
import type { statusOf } from './undici-entry.ts';

const root = join(import.meta.dirname, '../../../..');

it('a bundle holds of undici what a request needs, and neither fetch nor mocks', { timeout: 60_000 }, async () => {
  await using directory = await tempDir('undici');
  const entry = 'test/infra/aws/package/undici-entry.ts';
  const { files, contents } = await bundle({ root, entry, leaveOut: [], rare: [] });
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(directory.path, name), content)));
  const server = createServer((_request, response) => response.writeHead(204).end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const packaged = (await import(pathToFileURL(join(directory.path, 'index.mjs')).href)) as {
      statusOf: typeof statusOf;
    };
    const { port } = server.address() as AddressInfo;

    expect(await packaged.statusOf(`http://127.0.0.1:${port}`)).toBe(204);
    expect(contents.packages.undici).toBeLessThan(500_000);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
