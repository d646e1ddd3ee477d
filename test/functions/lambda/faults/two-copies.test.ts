import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type QueueName, queueNames } from '../../../../engine/ports.ts';
import type { FunctionProcess } from '../../../../infra/aws/local/function.ts';
import { faultStage, type Invoke, type Stage } from './stage.ts';

/** Two processes of every function on a queue, which are handed the same messages at the same moment. */
let stage: Stage;
let others: ReadonlyMap<QueueName, FunctionProcess>;
beforeAll(async () => {
  stage = await faultStage();
  await Promise.all(queueNames.map(stage.run));
  others = new Map(await Promise.all(queueNames.map(async (name) => [name, await stage.copyOf(name)] as const)));
}, 240_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

const both: Invoke = async (queue, Records) => {
  const [answer] = await Promise.all([stage.invoke(queue, Records), others.get(queue)?.invoke({ Records })]);
  return answer;
};

describe('two copies of every function at the same messages', { timeout: 120_000 }, () => {
  it('make one incident of one alert, and one card of it', async () => {
    const slow = { kind: 'slow', delayMs: 700 } as const;
    stage.console.injectFaults(({ method }) => (method === 'chat.postMessage' ? slow : undefined));
    await Promise.all([stage.alert(), stage.alert()]);
    await stage.settle(both);

    expect(await stage.place.store.list('incidents')).toHaveLength(1);
    expect(await stage.incident()).toMatchObject({ state: 'diagnosed' });
    expect(await stage.messages()).toHaveLength(1);
  });

  it('apply what was approved once, and write it down once', async () => {
    await stage.ask(both);
    await stage.approve();
    await stage.settle(both);

    expect(stage.cluster.performed).toHaveLength(1);
    expect((await stage.plans()).map(({ state }) => state)).toContain('applied');
    const { kinds, findings } = await stage.ledger();
    expect(kinds.filter((kind) => kind === 'applied')).toHaveLength(1);
    expect(findings).toEqual([]);
  });
});
