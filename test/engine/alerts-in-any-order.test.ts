import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { play } from './alerts-in-any-order/play.ts';
import { type Step, step, stepAmongFew } from './alerts-in-any-order/steps.ts';

async function always(one: fc.Arbitrary<Step>): Promise<void> {
  const nights = fc.array(one, { minLength: 10, maxLength: 40, size: 'max' });
  const property = fc.asyncProperty(nights, async (steps) => {
    expect(await play(steps)).toEqual([]);
  });
  await fc.assert(property, { numRuns: 20, seed: 42 });
}

describe('alerts in whatever order, late and again, while nodes, the API server, Slack and the process come and go', () => {
  it('one incident for each trouble, none without a card, none with two, and every alert is accounted for', async () => {
    await always(stepAmongFew);
  }, 180_000);

  it('the same in storms: each node is told of on one card', async () => {
    await always(step);
  }, 180_000);
});
