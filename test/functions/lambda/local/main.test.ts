import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { withoutDevelopmentPackages } from '../../../../functions/lambda/local/needed.ts';
import { until } from '../../../harness/until.ts';
import { exists } from '../../../infra/aws/local/tiny.ts';
import { workplace } from '../../process.ts';
import { finished, lambdaLocal } from './process.ts';

describe('npm run lambda:local', { timeout: 240_000 }, () => {
  it('says what it does, and what is wrong with its options', async () => {
    expect(await finished(['--help'])).toMatchObject({
      code: 0,
      output: expect.stringContaining('no account is needed'),
    });
    expect(await finished(['--prot', '1'])).toMatchObject({ code: 2, output: expect.stringContaining('--prot') });
    expect(await finished(['--port', 'x'])).toMatchObject({ code: 2, output: expect.stringContaining('0 to 65535') });
    expect(await finished([], { PORT: 'x' })).toMatchObject({ code: 2, output: expect.stringContaining('PORT') });
  });

  it('starts each function as a process of its own when it is needed; after Ctrl-C there is none left, and no file, and until then only this machine gets at it', async () => {
    using place = workplace();
    await using local = await lambdaLocal({ TMPDIR: place.directory });
    const started = await until('alerts, investigate and announce to run', () => {
      const found = local.started();
      return found.filter(({ isFunction }) => isFunction).length >= 3 && found;
    });
    const listening = local.listening();
    local.child.kill('SIGINT');
    const [code] = await once(local.child, 'exit');

    expect({ code, files: readdirSync(place.directory) }).toEqual({ code: 0, files: [] });
    expect(started.filter(({ pid }) => exists(pid))).toEqual([]);
    expect(local.output()).not.toMatch(/error|ended|killed/i);
    // On 127.0.0.1 and nowhere else: nothing of it asks who is there.
    expect([listening.length > 3, [...new Set(listening)]]).toEqual([true, ['0100007F']]);
  });

  it('says so when its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;

    expect(await finished(['--port', String(port)])).toMatchObject({
      code: 2,
      output: expect.stringMatching(/port \d+ on 127\.0\.0\.1 is in use/),
    });
  });
});

describe('without the development packages', () => {
  it('says which one is missing, and what to do', async () => {
    const missing: Promise<unknown> = import(`${'not'}-installed-here`);

    await expect(missing.catch(withoutDevelopmentPackages)).rejects.toThrow(
      /not-installed-here is not installed.*run npm ci, without --omit=dev/,
    );
  });

  it('does not take another failure for that', () => {
    expect(() => withoutDevelopmentPackages(new Error('the port is taken'))).toThrow('the port is taken');
  });
});
