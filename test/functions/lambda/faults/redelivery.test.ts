import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueNames } from '../../../../engine/ports.ts';
import { type Delivered, faultStage, type Invoke, type Stage } from './stage.ts';

/** A whole incident, of which everything is delivered again: at once, and in any order later. */
let stage: Stage;
beforeAll(async () => {
  stage = await faultStage();
}, 240_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

const twice: Invoke = async (queue, records) => {
  await stage.invoke(queue, records);
  return stage.invoke(queue, records);
};

/** The same list in another order, always the same one for a seed. */
function shuffled<T>(all: readonly T[], seed: number): T[] {
  let state = seed;
  const drawn = all.map((one) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return { one, at: state };
  });
  return drawn.sort((a, b) => a.at - b.at).map(({ one }) => one);
}

/** What people and the cluster have seen of the incident. */
async function seen() {
  const { kinds, findings } = await stage.ledger();
  const happened = kinds.filter((kind) => kind !== 'verified' && kind !== 'shown');
  return {
    incidents: (await stage.place.store.list('incidents')).length,
    cards: (await stage.messages()).length,
    thread: (await stage.thread()).length,
    writes: stage.cluster.performed.length,
    plans: (await stage.plans()).filter(({ state }) => state !== 'shown').map(({ state }) => state),
    ...{ happened, findings },
  };
}

const once = {
  incidents: 1,
  cards: 1,
  writes: 1,
  plans: ['applied'],
  happened: ['requested', 'approved', 'rehearsed', 'executing', 'applied'],
  findings: [],
};

describe('an incident of which everything comes twice', { timeout: 120_000 }, () => {
  it('has one card, and is changed once: webhooks, messages and clicks', async () => {
    for (let n = 0; n < 2; n += 1) expect(await stage.alert()).toMatchObject({ statusCode: 200 });
    await stage.settle(twice);
    await stage.ask(twice, 2);
    for (let n = 0; n < 2; n += 1) await stage.approve();
    await stage.settle(twice);

    expect(await seen()).toMatchObject(once);
    expect(await stage.incident()).toMatchObject({ state: 'diagnosed' });
  });

  it.each([1, 2, 3])('stays so whatever comes again later, in whatever order (seed %i)', async (seed) => {
    const before = await seen();
    await replay(stage.delivered, seed, stage.invoke);

    expect(before).toMatchObject(once);
    expect(await seen()).toEqual(before);
  });

  it('stays so when it comes again an hour later, when nobody remembers that it came before', async () => {
    const later = { laterMs: 3_600_000 };
    const copies = new Map(await Promise.all(queueNames.map(async (n) => [n, await stage.copyOf(n, later)] as const)));
    const before = await seen();
    await replay(stage.delivered, 4, async (queue, Records) => {
      const answer = await copies.get(queue)?.invoke({ Records });
      return answer as Awaited<ReturnType<Invoke>>;
    });

    expect(await seen()).toEqual(before);
    expect(await stage.place.queue.deadLetters()).toEqual([]);
  });
});

async function replay(delivered: readonly Delivered[], seed: number, invoke: Invoke): Promise<void> {
  const all = shuffled(delivered, seed);
  expect(new Set(all.map(({ queue }) => queue))).toEqual(new Set(queueNames));
  for (const { queue, record } of all) await invoke(queue, [record]);
  await stage.settle(invoke);
}
