import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { append } from '../../../engine/acting/ledger.ts';
import { acceptWebhook, arrivalNow } from '../../../engine/intake.ts';
import { parseWebhook } from '../../../infra/alertmanager/webhook.ts';
import { type Emulators, startEmulators } from '../../../infra/aws/local/emulators.ts';
import { createResources, openPlace } from '../../../infra/aws/local/place.ts';
import { nightshift, workplace } from '../process.ts';

let emulators: Emulators;
beforeAll(async () => {
  emulators = await startEmulators();
});
afterAll(() => emulators[Symbol.asyncDispose]());

const clock = { now: () => new Date('2026-11-21T03:00:00Z') };

/** A table with three entries in its ledger, and how a person reads it. */
async function deployed() {
  const resources = await createResources(emulators);
  const { store } = openPlace(emulators, resources, clock);
  for (const plan of ['p1', 'p2', 'p3']) await append(store, clock, { kind: 'shown', by: 'U1', plan });
  const env = {
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'made-up',
    AWS_ENDPOINT_URL_DYNAMODB: emulators.dynamodb.endpoint ?? '',
  };
  return {
    store,
    async run(line: string) {
      using place = workplace();
      const words = [...line.split(' '), '--table', resources.table, '--bucket', resources.bucket];
      return await nightshift(words, env, place.directory);
    },
  };
}

describe('on AWS', { timeout: 60_000 }, () => {
  it('the ledger can be proved and exported, where there is no data directory', async () => {
    const { run } = await deployed();

    expect(await run('audit --verify')).toMatchObject({ code: 0, stdout: 'The ledger is whole: 3 entries.\n' });
    const lines = (await run('audit --json')).stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).plan)).toEqual(['p1', 'p2', 'p3']);
  });

  it('an entry that somebody took out is missed', async () => {
    const { run, store } = await deployed();
    await store.delete('ledger', '000000000002');

    expect(await run('audit --verify')).toMatchObject({ code: 1, stdout: expect.stringContaining('entry 2') });
  });

  it('webhooks and incidents are accounted for, and it is said where dead letters are', async () => {
    const { run, store } = await deployed();
    const parsed = parseWebhook(
      readFileSync(new URL('../../../docs/alertmanager-webhook.json', import.meta.url), 'utf8'),
    );
    if ('webhook' in parsed) await acceptWebhook(store, arrivalNow(clock), parsed.webhook);

    const { stdout, stderr, code } = await run('incidents --json');
    expect(JSON.parse(stdout)).toMatchObject({ totals: { webhooks: { received: 1, rejected: 0 } }, unread: 0 });
    expect([code, stderr]).toEqual([0, expect.stringContaining('npm run dead-letters')]);
  });

  it('says which options belong together, and that a fix is not planned from here', async () => {
    const { run } = await deployed();
    using place = workplace();

    const alone = await nightshift(['audit', '--table', 'nightshift'], {}, place.directory);
    expect(alone).toMatchObject({ code: 2, stderr: expect.stringContaining('--bucket') });
    const misspelt = await nightshift(['audit', '--table', 'night shift', '--bucket', 'b'], {}, place.directory);
    expect(misspelt).toMatchObject({ code: 2, stderr: expect.stringContaining('no table can be called that') });
    expect(await run('plan incident cordon')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the card in'),
    });
    expect(await run('plan no-such-plan')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no plan'),
    });
  });
});
