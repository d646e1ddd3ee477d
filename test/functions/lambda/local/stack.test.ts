import { describe, expect, it } from 'vitest';
import { queueNames } from '../../../../engine/ports.ts';
import { root } from '../../../../functions/lambda/local/place.ts';
import { readStack } from '../../../../functions/lambda/local/stack.ts';
import { functionNames, needs, variablesOf } from '../../../../functions/lambda/needs.ts';

describe('what is read of serverless.yml', () => {
  const { functions, hiddenSeconds } = readStack(root);

  it.each(functionNames)('%s: its environment, and nothing else', (name) => {
    expect(Object.keys(functions[name].environment).sort()).toEqual([...variablesOf(name)].sort());
    expect(functions[name].environment).toMatchObject({ NIGHTSHIFT_SERVICE: 'nightshift-local' });
  });

  it('two routes, three queues with batches and a limit, and both schedules of tick', () => {
    const routes = functionNames.flatMap((name) => functions[name].routes.map(({ path }) => `${name} ${path}`));
    const sources = functionNames.flatMap((name) => functions[name].source ?? []);

    expect(routes.sort()).toEqual(['alerts /alerts', 'slack /slack/events']);
    expect(sources.map(({ queue }) => queue).sort()).toEqual([...queueNames].sort());
    expect(sources.every(({ batchSize, atOnce }) => batchSize >= 1 && batchSize <= 10 && atOnce >= 2)).toBe(true);
    expect(functions.tick.schedules).toEqual([
      { everyMs: 60_000, input: { due: 'sweep' } },
      { everyMs: 300_000, input: { due: 'repair' } },
    ]);
  });

  it('the numbers of the stage parameters: a queue hides for at least six times as long as its function may run', () => {
    for (const name of functionNames) {
      const { works } = needs[name];
      if (works) expect(hiddenSeconds[works]).toBeGreaterThanOrEqual(6 * functions[name].timeoutSeconds);
    }
    expect(readStack(root, { announceSeconds: 7, logLevel: 'debug' }).functions.announce).toMatchObject({
      timeoutSeconds: 7,
      environment: { NIGHTSHIFT_LOG: 'debug' },
    });
  });
});
