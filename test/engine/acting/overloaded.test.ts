import { describe, expect, test } from 'vitest';
import { WriteFailure } from '../../../engine/action.ts';
import { lab } from './lab.ts';

const cordon = { verb: 'cordon', node: 'worker-3' } as const;
const drain = { verb: 'drain', node: 'worker-3', allow: ['local-storage', 'bare-pods'] } as const;

function overloaded() {
  throw new WriteFailure('throttled', 'too many requests, please try again later', false, { retryAfterMs: 1_000 });
}

describe('an API server that is overloaded during the rehearsal', () => {
  test.each([cordon, drain])(
    'does not end what was approved: $verb waits, says why, and goes on by itself',
    async (change) => {
      await using it = await lab([change]);
      const { id } = await it.requested();
      it.faults.rehearsed = overloaded;
      expect(await it.approved(id)).toMatchObject({
        state: 'approved',
        paused: {
          because: expect.stringContaining('the API server refuses work at the moment (429): too many requests'),
        },
      });
      expect((await it.card(id)).headline).toContain('waits');
      await it.passEverywhere(60);
      expect(it.sent).toEqual([]);
      delete it.faults.rehearsed;
      await it.passEverywhere(60);
      expect(await it.plan(id)).toMatchObject({ state: 'applied' });
      expect((await it.plan(id)).paused).toBeUndefined();
    },
  );

  test('it waits no longer than the request is valid', async () => {
    await using it = await lab([cordon]);
    const { id } = await it.requested();
    it.faults.rehearsed = overloaded;
    await it.approved(id);
    await it.passEverywhere(31 * 60);
    await it.passEverywhere(60);
    expect(it.sent).toEqual([]);
    expect((await it.plan(id)).state).toMatch(/^(failed|expired)$/);
  });

  test('what the API server refuses for another reason ends it, as ever', async () => {
    await using it = await lab([cordon]);
    const { id } = await it.requested();
    it.faults.rehearsed = () => {
      throw new WriteFailure('admission', 'admission webhook "no.example" denied the request', false);
    };
    expect(await it.approved(id)).toMatchObject({ state: 'failed', because: expect.stringContaining('denied') });
  });
});
