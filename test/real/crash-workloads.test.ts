import { describe, test } from 'vitest';
import { workloadClasses } from './support/crash/classes.ts';
import { judged } from './support/crash/judge.ts';
import { crashMatrix } from './support/crash/matrix.ts';

describe('a fix of a pod or of a workload, killed at every step, and started again', () => {
  const killed = crashMatrix();

  test.for(Object.entries(workloadClasses))('%s: never twice, never lost', async ([verb, remedy]) => {
    await killed(verb, remedy, judged);
  });
});
