import type { SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remediateMessage } from '../../../../engine/acting/messages.ts';
import { systemClock } from '../../../../functions/clock.ts';
import type { FunctionName } from '../../../../functions/lambda/needs.ts';
import { proven } from '../../../../functions/lambda/proof.ts';
import { type FunctionProcess, startFunction } from '../../../../infra/aws/local/function.ts';
import { practiceUsers } from '../../../../infra/local/console/practice-users.ts';
import { stamped } from '../../../harness/stamped.ts';
import { arn, channel } from '../packaged.ts';
import { faultStage, type Invoke, type Stage, typeOf } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await faultStage();
}, 240_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

/** In the function, at each signal: so much later that what is known of a secret is asked for again. */
const laterAtSignal = `let ahead = 0; process.on('SIGUSR2', () => { ahead += 310_000; }); const D = Date;
  globalThis.Date = class extends D {
    constructor(...a) { super(...(a.length ? a : [D.now() + ahead])); }
    static now() { return D.now() + ahead; }
  };`;

/** A function that has worked before, and goes on. */
async function warm(name: FunctionName): Promise<FunctionProcess & { readonly later: () => void }> {
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(laterAtSignal)}`;
  const one = await startFunction(stage.zipOf(name), { ...stage.environmentFor(name), NODE_OPTIONS });
  await one.invoke({ check: 'configuration' });
  return { ...one, later: () => void process.kill(one.pid, 'SIGUSR2') };
}

const through =
  (name: 'investigate' | 'remediate', one: FunctionProcess): Invoke =>
  (queue, Records) =>
    queue === name ? one.invoke<SQSBatchResponse>({ Records }) : stage.invoke(queue, Records);

/** Until the function has noticed, ten deliveries of what waits. */
async function tenDeliveries(name: 'investigate' | 'remediate', work: Invoke): Promise<void> {
  for (let delivery = 1; delivery <= 10; delivery += 1) {
    await stage.hand(name, work);
    await stage.pass(name);
  }
}

describe('a secret that goes while a function is warm', { timeout: 120_000 }, () => {
  it('has an alert wait, however often it is delivered; when the secret is back the card comes', async () => {
    const one = await warm('investigate');
    await using _ = one;
    const work = through('investigate', one);
    const known = stage.vault.secrets.get(arn('reader')) ?? '';
    stage.vault.secrets.delete(arn('reader'));
    one.later();
    expect(await stage.alert()).toMatchObject({ statusCode: 200 });
    await tenDeliveries('investigate', work);
    expect(await stage.place.queue.deadLetters()).toEqual([]);
    expect(one.logged()).toContainEqual(expect.objectContaining({ level: 'ERROR', queue: 'investigate' }));

    stage.vault.secrets.set(arn('reader'), known);
    await stage.settle(work);
    expect([await stage.incident(), await stage.messages()]).toMatchObject([{ state: 'diagnosed' }, [{}]]);
  });

  it('has what was approved wait, and its message says for what; when the secret is back it is applied', async () => {
    await stage.ask();
    const one = await warm('remediate');
    await using _ = one;
    const work = through('remediate', one);
    // The check has asked who the fixer is.
    const asked = stage.cluster.performed.length;
    const known = stage.vault.secrets.get(arn('fixer')) ?? '';
    stage.vault.secrets.delete(arn('fixer'));
    one.later();
    await stage.approve();
    await stage.settle(work);
    expect(await stage.newest()).toMatchObject({
      state: 'approved',
      paused: {
        because: expect.stringMatching(/^clusters\.practice\.fixer\.kubeconfig: The secret .* does not exist/),
      },
    });
    expect(JSON.stringify(await stage.thread())).toContain('approved, waits: clusters.practice.fixer.kubeconfig');
    await tenDeliveries('remediate', work);
    expect([await stage.place.queue.deadLetters(), stage.cluster.performed.length]).toEqual([[], asked]);

    stage.vault.secrets.set(arn('fixer'), known);
    await expect
      .poll(
        async () => {
          await stage.pass('remediate');
          one.later();
          await stage.settle(work);
          return (await stage.newest())?.state;
        },
        { timeout: 60_000 },
      )
      .toBe('applied');
    expect(stage.cluster.performed).toHaveLength(asked + 1);
  });
});

describe('a wish that comes again five minutes later', { timeout: 120_000 }, () => {
  /** It is 306 s later, when the message of a function that was killed comes again. */
  async function again(button: string): Promise<void> {
    const one = stage.delivered.findLast((all) => all.queue === 'remediate' && all.record.body.includes(button));
    if (!one) throw new Error(`${button} was never delivered`);
    await using later = await stage.copyOf('remediate', { laterMs: 306_000 });
    await later.invoke({ Records: [one.record] });
    await stage.settle();
  }
  const boss = { by: practiceUsers.approver, channel };
  const states = async () => (await stage.plans()).map(({ state }) => state).toSorted();

  it('asks for no second undo where the first was refused', async () => {
    const plan = (await stage.newest())?.id ?? '';
    await stage.wish({ type: 'decide', plan, button: 'undo', by: practiceUsers.requester, channel });
    await stage.settle();
    await stage.wish({ type: 'decide', plan: (await stage.newest())?.id ?? '', button: 'refuse', ...boss });
    await stage.settle();
    expect(await states()).toEqual(['applied', 'refused']);
    await again('"undo"');
    expect(await states()).toEqual(['applied', 'refused']);
  });

  it('notes no second deed by hand', async () => {
    const incident = await stage.incident();
    const manual = incident?.report?.manualSteps[0]?.id ?? '';
    await stage.wish({ type: 'done-by-hand', incident: incident?.id ?? '', manual, ...boss });
    await stage.settle();
    const before = [(await stage.incident())?.byHand?.length, (await stage.ledger()).kinds.length];
    expect(before[0]).toBe(1);
    await again('"done-by-hand"');
    expect([(await stage.incident())?.byHand?.length, (await stage.ledger()).kinds.length]).toEqual(before);
    expect(stage.delivered.filter((one) => typeOf(one) === 'done-by-hand')).not.toEqual([]);
  });
});

describe('a press right after the token was rotated', { timeout: 120_000 }, () => {
  const no = { type: 'decide', button: 'refuse', by: practiceUsers.approver, channel } as const;
  /** As `slack` sends it, which knows this token. */
  async function press(token: string): Promise<void> {
    const wish = stamped({ ...no, plan: (await stage.newest())?.id ?? '' }, systemClock);
    await stage.place.queue.send([{ ...remediateMessage(wish), body: proven(wish, token) }]);
    await stage.settle();
  }

  it('counts although `slack` does not know yet that it was; one with a token that never was ours does not', async () => {
    const known = stage.vault.secrets.get(arn('slack')) ?? '';
    stage.vault.secrets.set(arn('slack'), JSON.stringify({ ...JSON.parse(known), botToken: 'xoxb-before' }));
    stage.vault.secrets.set(arn('slack'), known);
    const plan = (await stage.plans()).find(({ state }) => state === 'applied')?.id ?? '';
    await stage.wish({ type: 'decide', plan, button: 'undo', by: practiceUsers.requester, channel });
    await stage.settle();
    expect((await stage.newest())?.state).toBe('requested');
    await press('xoxb-never');
    expect((await stage.newest())?.state).toBe('requested');
    await press('xoxb-before');
    expect((await stage.newest())?.state).toBe('refused');
  });
});
