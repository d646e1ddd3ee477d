import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionProcess } from '../../../../infra/aws/local/function.ts';
import { faultStage, type Invoke, type Stage, typeOf } from './stage.ts';

/** When a look, a card or an execution is overdue. */
const LATER_MS = 400_000;

let stage: Stage;
let tick: FunctionProcess;
let remediate: FunctionProcess;
beforeAll(async () => {
  stage = await faultStage();
  tick = await stage.copyOf('tick', { laterMs: LATER_MS });
  remediate = await stage.copyOf('remediate', { laterMs: LATER_MS });
}, 240_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

/** Messages of these types are gone, and nobody has worked on them. */
const losing =
  (...types: readonly string[]): Invoke =>
  async (queue, records) =>
    stage.invoke(
      queue,
      records.filter((record) => !types.includes(typeOf({ queue, record }))),
    );

const later: Invoke = (queue, Records) =>
  queue === 'remediate' ? remediate.invoke({ Records }) : stage.invoke(queue, Records);

/** What the tick says that it asks for again. */
async function repaired(): Promise<readonly unknown[]> {
  const before = tick.logged().length;
  await tick.invoke({ due: 'repair' });
  const lines = tick.logged().slice(before);
  return lines.flatMap(({ missing }) => (missing === undefined ? [] : [missing]));
}

describe('what a lost message leaves behind is repaired by the tick, which says so in the log', {
  timeout: 120_000,
}, () => {
  it('an incident that nobody has looked at', async () => {
    await stage.alert();
    await stage.settle(losing('look', 'card'));
    expect(await stage.incident()).toMatchObject({ look: { wanted: 1, done: 0 } });

    expect(await repaired()).toEqual(['look']);
    await stage.settle(losing('card'));
    expect(await stage.incident()).toMatchObject({ state: 'diagnosed' });
  });

  it('an incident without a card', async () => {
    expect(await stage.messages()).toEqual([]);

    expect(await repaired()).toEqual(['card']);
    await stage.settle();
    expect(await stage.messages()).toHaveLength(1);
  });

  it('an approval without an execution', async () => {
    await stage.ask();
    await stage.approve();
    await stage.settle(losing('execute'));
    expect(await stage.newest()).toMatchObject({ state: 'approved' });
    expect(stage.cluster.performed).toEqual([]);

    expect(await repaired()).toEqual(['execution']);
    await stage.settle(losing('verify'));
    expect(await stage.newest()).toMatchObject({ state: 'applied' });
    expect(stage.cluster.performed).toHaveLength(1);
  });

  it('an execution that nobody has verified', async () => {
    expect(await repaired()).toEqual(['verification']);
    await stage.settle(later);

    expect((await stage.newest())?.verification).toBeDefined();
  });

  it('and nothing else: all of it happened once, and the ledger is whole', async () => {
    await stage.settle();

    expect(stage.cluster.performed).toHaveLength(1);
    expect(await stage.messages()).toHaveLength(1);
    expect((await stage.ledger()).findings).toEqual([]);
    expect(await repaired()).not.toContain('card');
  });
});
