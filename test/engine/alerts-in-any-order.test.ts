import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { play } from './alerts-in-any-order/play.ts';
import { step } from './alerts-in-any-order/steps.ts';

const nights = fc.array(step, { minLength: 10, maxLength: 40, size: 'max' });

describe('alerts in whatever order, late and again, while nodes, the API server, Slack and the process come and go', () => {
  it('one incident for each trouble, none without a card, none with two, and every alert is accounted for', async () => {
    const property = fc.asyncProperty(nights, async (steps) => {
      expect(await play(steps)).toEqual([]);
    });
    await fc.assert(property, { numRuns: 30, seed: 42 });
  }, 180_000);
});
