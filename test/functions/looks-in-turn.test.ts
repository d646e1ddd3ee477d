import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { lookMessage } from '../../engine/messages.ts';
import { investigateHandler } from '../../functions/investigate.ts';
import { retryFor } from '../../functions/retry.ts';
import type { Tallies } from '../../functions/tallies.ts';
import { night } from '../engine/night.ts';

it('a look that only waited for its turn until the time was over uses up no attempt', async () => {
  await using tonight = await night();
  const stop = new AbortController();
  let began = 0;
  const { store } = tonight.desk;
  const slow: typeof store = {
    ...store,
    get: async (collection, id) => {
      if (collection === 'incidents') began += 1;
      await pause(60_000, undefined, { signal: stop.signal }).catch(() => undefined);
      return store.get(collection, id);
    },
  };
  const handle = investigateHandler({ ...tonight.desk, store: slow }, {} as Tallies, { looksAtOnce: 1 });
  const first = handle(lookMessage('abc-1', 1).body, stop.signal);
  const second = handle(lookMessage('def-1', 1).body, stop.signal);
  stop.abort();

  await Promise.allSettled([first]);
  const failure: unknown = await second.catch((thrown: unknown) => thrown);
  expect(retryFor(failure, 1)).toMatchObject({ countsAsAttempt: false });
  expect(began).toBe(1);
});
