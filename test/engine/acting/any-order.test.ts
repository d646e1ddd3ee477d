import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { play } from './any-order/play.ts';
import { step } from './any-order/steps.ts';

const lives = fc.array(step, { minLength: 20, maxLength: 60, size: 'max' });

describe('whatever is pressed in whatever order, while the cluster, the rules, the directory and the process change', () => {
  it('nothing is sent twice, nothing without a yes that counts at that moment, all of it ends, and the ledger is whole', async () => {
    const property = fc.asyncProperty(lives, async (steps) => {
      expect(await play(steps)).toEqual([]);
    });
    await fc.assert(property, { numRuns: 30, seed: 42 });
  }, 180_000);
});
