import { describe, expect, test } from 'vitest';
import { replaced, undoneClasses } from './support/crash/classes.ts';
import { judgedReplaced, judgedUndone } from './support/crash/judge.ts';
import { crashMatrix } from './support/crash/matrix.ts';

describe('an undo or another plan, killed at every step, and started again', () => {
  const killed = crashMatrix();

  test.for(Object.entries(undoneClasses))('%s: never twice, never lost, and finished', async ([name, remedy]) => {
    const { fates } = await killed(name, remedy, judgedUndone);
    expect(fates).toEqual(['applied', 'partly-applied', 'unknown']);
  });

  test('while another plan takes the place of one that no longer fits: there is one request, and one execution', async () => {
    const { whole } = await killed('replaced', replaced, judgedReplaced, 'crossings');
    expect(whole.plans.map(({ state }) => state).sort()).toContain('outdated');
  });
});
