import type { SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../../../engine/plan.ts';
import type { FunctionProcess } from '../../../../infra/aws/local/function.ts';
import { type Doom, stageWithDoom } from './doom.ts';
import { snapshotOf } from './snapshot.ts';
import { type Delivered, type Invoke, typeOf } from './stage.ts';

/** Later than anybody can be believed to be still at it. */
const LATER_MS = 60_000;
const words = 'process ended (SIGKILL)';

let doom: Doom;
let later: Record<'announce' | 'remediate' | 'tick', FunctionProcess>;
beforeAll(async () => {
  doom = await stageWithDoom();
  const [announce, remediate, tick] = await Promise.all(
    (['announce', 'remediate', 'tick'] as const).map((name) => doom.stage.copyOf(name, { laterMs: LATER_MS })),
  );
  if (!announce || !remediate || !tick) throw new Error('not all were started');
  later = { announce, remediate, tick };
}, 240_000);
afterAll(() => doom?.[Symbol.asyncDispose]());

const goOn: Invoke = async (queue, Records) =>
  queue === 'investigate' ? doom.stage.invoke(queue, Records) : later[queue].invoke<SQSBatchResponse>({ Records });

/** Works off everything but this: it stays hidden, as if nobody had answered for it. */
function holding(held: Delivered[], isHeld: (delivered: Delivered) => boolean): Invoke {
  return async (queue, records) => {
    const own = records.map((record) => ({ queue, record })).filter(isHeld);
    held.push(...own);
    const kept = own.map(({ record }) => record);
    const { batchItemFailures } = await goOn(
      queue,
      records.filter((record) => !kept.includes(record)),
    );
    return { batchItemFailures: [...batchItemFailures, ...kept.map((one) => ({ itemIdentifier: one.messageId }))] };
  };
}

describe('announce, killed with kill -9', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    await doom.stage.alert();
    await doom.stage.settle(holding([], ({ queue }) => queue === 'announce'));
  }, 60_000);

  /** The card, if it stands there once it has died at its nth crossing. */
  async function cardsAfter(nth: number): Promise<number> {
    const { stage } = doom;
    await stage.pass('announce');
    const victim = await doom.victim('announce');
    doom.doom(victim, nth);
    await expect(stage.hand('announce', (_queue, Records) => victim.invoke({ Records }))).rejects.toThrow(words);
    return (await stage.messages()).length;
  }

  it('before it posts: its message comes again', async () => {
    expect(await cardsAfter(1)).toBe(0);
  });

  it('when Slack has the card and nobody has noted it: its message comes again', async () => {
    // How much is noted before it posts is not always the same: the first crossing with a card is the one right after it.
    let [nth, cards] = [2, 0];
    while (cards === 0 && nth < 12) {
      cards = await cardsAfter(nth);
      nth += 1;
    }
    expect(cards, doom.crossed().join(', ')).toBe(1);
  });

  it('both times: there is one card in the end, with its evidence', async () => {
    const { stage } = doom;
    await stage.pass('announce');
    await stage.settle(goOn);

    expect(await stage.messages()).toHaveLength(1);
    expect((await stage.thread()).length).toBeGreaterThan(0);
  });
});

/** What became of an execution. */
interface Fate {
  /** What the process was about to do, or had just done, when it was killed. */
  readonly at: string;
  /** The plan as it left it: its own state, and that of its one request. */
  readonly left: string;
  readonly state: string | undefined;
  readonly writes: number;
  readonly entries: readonly string[];
  readonly findings: readonly string[];
  readonly shown: string;
}

function isDoubtful(left: Plan | undefined): boolean {
  return left?.steps.some(({ state }) => state === 'started') ?? false;
}

describe('remediate, killed with kill -9 at every step of an execution', { timeout: 240_000 }, () => {
  let execution: readonly Delivered[];
  let restore: () => Promise<void>;
  let next: Promise<FunctionProcess>;
  const fates: Fate[] = [];

  beforeAll(async () => {
    const { stage } = doom;
    const held: Delivered[] = [];
    await stage.ask(goOn);
    await stage.approve();
    await stage.settle(holding(held, (delivered) => typeOf(delivered) === 'execute'));
    execution = held;
    restore = await snapshotOf(stage.place.dynamodb, stage.resources.table);
    next = doom.victim('remediate');
  }, 60_000);

  /** Kills it there and lets others go on. `undefined`: it lived to the end. */
  async function fateOf(nth: number): Promise<Fate | undefined> {
    const { stage } = doom;
    const Records = execution.map(({ record }) => record);
    await restore();
    stage.practice.setWorld('etcd-slow-disk');
    const before = stage.cluster.performed.length;
    const victim = await next;
    next = doom.victim('remediate'); // it starts while the others go on
    doom.doom(victim, nth);
    const answer = await victim.invoke({ Records }).catch(String);
    if (typeof answer !== 'string') return undefined;
    expect(answer).toContain(words);
    const left = await stage.newest();
    // The message comes again; what the dead process had not sent any more the sweep finds.
    await later.remediate.invoke({ Records });
    await later.tick.invoke({ due: 'sweep' });
    if (isDoubtful(left)) await stage.settle(goOn); // Slack's pace is slow: only where it is looked at what it shows
    const { kinds, findings } = await stage.ledger();
    return {
      at: doom.crossed().at(-1) ?? '',
      left: [left?.state, ...(left?.steps ?? []).map(({ state }) => state)].join(' '),
      state: (await stage.newest())?.state,
      writes: stage.cluster.performed.length - before,
      entries: kinds,
      findings,
      shown: JSON.stringify(await stage.thread()),
    };
  }

  it('dies at each of them once', async () => {
    for (let nth = 1; nth < 50; nth += 1) {
      const fate = await fateOf(nth);
      if (!fate) break;
      fates.push(fate);
    }
    await next;
    const steps = fates.map(({ at }) => at);

    expect(execution).toHaveLength(1);
    expect(steps).toEqual(expect.arrayContaining(['plans', 'ledger', 'before the cluster', 'after the cluster']));
  });

  it('changes the cluster once at most, and ends; the ledger is whole', () => {
    expect(fates.filter(({ writes }) => writes > 1)).toEqual([]);
    expect(fates.filter(({ findings }) => findings.length > 0)).toEqual([]);
    expect(fates.filter(({ state }) => state !== 'applied' && state !== 'unknown')).toEqual([]);
  });

  it('is applied in the end, once, unless a request was under way', () => {
    const clear = fates.filter(({ left }) => !left.endsWith('started'));

    expect(clear.length).toBeGreaterThan(3);
    expect(clear.map(({ at, state, writes }) => ({ at, state, writes }))).toEqual(
      clear.map(({ at }) => ({ at, state: 'applied', writes: 1 })),
    );
  });

  it('is unknown where a request was under way: the ledger has it, and the thread asks a person', () => {
    const doubtful = fates.filter(({ left }) => left.endsWith('started'));

    expect(doubtful.map(({ writes }) => writes)).toEqual(expect.arrayContaining([0, 1]));
    for (const { state, entries, shown } of doubtful) {
      expect(state).toBe('unknown');
      expect(entries).toContain('unknown');
      expect(shown).toContain('it-was-applied');
    }
  });
});
