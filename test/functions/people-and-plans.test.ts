import { describe, expect, it } from 'vitest';
import { remediateMessage } from '../../engine/acting/messages.ts';
import type { PolicyRule } from '../../engine/acting/policy.ts';
import { TryLater } from '../../engine/errors.ts';
import type { Incident } from '../../engine/incident.ts';
import type { ManualReport } from '../../engine/report.ts';
import { answerCommand } from '../../functions/commands.ts';
import { createMetrics } from '../../functions/metrics.ts';
import { remediateHandler } from '../../functions/remediate.ts';
import { type deed as Deed, deed, rule } from '../engine/acting/deed.ts';

type It = Awaited<ReturnType<typeof Deed>>;
const handle = (it: It, practice?: { doneByHand: (fix: string) => void }) => {
  const handler = remediateHandler(it.acting, createMetrics(it.queue), practice);
  return async (body: object) => {
    await it.queue.send(await handler(body, new AbortController().signal));
    await it.told();
  };
};

describe('opening a plan', () => {
  const open = (incident: string, by: string) => ({
    ...{ type: 'open', incident, remedy: 'cordon', view: 'V1', channel: 'C1' },
    by,
  });

  it.each([
    ['a guest', 'U-GUEST', 'guests of the workspace may not'],
    ['a deactivated account', 'U-GONE', 'this account is deactivated'],
    ['somebody of another workspace', 'U-AWAY', 'people of other workspaces may not'],
  ])('is not for %s: told in the window, written down, and the cluster is not read', async (_who, user, why) => {
    await using it = await deed();
    const { id } = await it.trouble();
    it.cluster.hooks.beforeRead = () => {
      throw new Error('the cluster was read');
    };
    await handle(it)(open(id, user));
    expect(it.views.at(-1)).toEqual({ problem: `You may not look at plans: ${why}.` });
    expect((await it.ledger()).at(-1)).toMatchObject({ kind: 'denied', by: user, details: { what: 'open', why } });
    const again = { ...open(id, user), made: { wish: 'trigger-1', at: it.acting.clock.now().toISOString() } };
    const before = (await it.ledger()).length;
    for (let n = 0; n < 2; n += 1) await handle(it)(again);
    expect(it.views).toHaveLength(3);
    expect(await it.ledger()).toHaveLength(before + 1);
  });

  it('makes one plan, however often Slack does not take it: its message shows that one', async () => {
    await using it = await deed();
    const { id } = await it.trouble();
    const { showPlan } = it.acting.chat;
    let tries = 0;
    Object.assign(it.acting.chat, {
      showPlan: async (...shown: Parameters<typeof showPlan>) => {
        tries += 1;
        if (tries <= 25) throw new TryLater('Slack is away', 1_000);
        return showPlan(...shown);
      },
    });
    const made = { wish: 'trigger-1', at: it.acting.clock.now().toISOString() };
    await it.queue.send([
      remediateMessage({
        type: 'open',
        incident: id,
        remedy: 'cordon',
        view: 'V1',
        channel: 'C1',
        by: 'U-ASKER',
        made,
      }),
    ]);
    await it.settle();
    for (let n = 0; n < 25; n += 1) await it.pass(1);
    expect(it.views).toMatchObject([{ plan: { id: 'plan-1' } }]);
    expect(await it.acting.store.list('plans')).toHaveLength(1);
    expect((await it.ledger()).filter(({ kind }) => kind === 'shown')).toHaveLength(1);
  });

  it('has that limit in all processes together', async () => {
    await using it = await deed();
    const { id } = await it.trouble();
    const copies = [handle(it), handle(it), handle(it)];
    for (let n = 0; n < 8; n += 1) for (const work of copies) await work(open(id, 'U-ASKER'));
    expect(it.views.filter((view) => 'plan' in view)).toHaveLength(20);
  });

  it('has a limit for each person, because each plan reads the cluster; after a minute it begins anew', async () => {
    await using it = await deed();
    const { id } = await it.trouble();
    const work = handle(it);
    for (let n = 0; n < 21; n += 1) await work(open(id, 'U-ASKER'));
    expect(it.views.filter((view) => 'plan' in view)).toHaveLength(20);
    expect(it.views.at(-1)).toMatchObject({ problem: expect.stringContaining('20 plans within a minute') });
    await work(open(id, 'U-LEAD'));
    expect(it.views.at(-1)).toHaveProperty('plan');
    await it.pass(60);
    await work(open(id, 'U-ASKER'));
    expect(it.views.at(-1)).toHaveProperty('plan');
  });
});

describe('"Undo" and "Plan Again"', () => {
  it('count among the plans that one person may have made within a minute', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    await it.press(plan, 'refuse', 'U-LEAD');
    const work = handle(it);
    const again = { type: 'decide', plan, button: 'plan-again', by: 'U-ASKER', channel: 'C1' };
    for (let n = 0; n < 21; n += 1) await work(again);
    expect(it.whispers.at(-1)).toMatchObject({
      user: 'U-ASKER',
      text: expect.stringContaining('20 plans within a minute'),
    });
  });
});

describe('"Done by Hand"', () => {
  const steps: ManualReport['steps'] = [
    { kind: 'change', title: 'Start it', verify: { command: 'kubectl get node worker-1', shows: 'Ready' } },
  ];
  const advice: ManualReport['steps'] = [{ kind: 'advice', title: 'Do not', warning: 'It harms' }];
  const said = (incident: string, by: string, manual = 'start') => ({
    ...{ type: 'done-by-hand', incident, manual, by, channel: 'C1' },
  });

  /** An incident whose diagnosis has two fixes for hands, and a practice cluster that says what it is told. */
  async function byHand() {
    const it = await deed();
    const { id } = await it.trouble();
    const slot = id.slice(0, 12);
    const manualSteps = [
      { ...{ id: 'start', title: 'Start the kubelet', cause: 'stopped', risk: 'low' as const }, steps },
      { ...{ id: 'keep', title: 'What not to do', cause: 'stopped', risk: 'high' as const }, steps: advice },
    ];
    const diagnosed = async () => {
      const stored = await it.acting.store.get<Incident>('incidents', slot);
      const value = { ...stored?.value, report: { ...stored?.value.report, manualSteps } };
      await it.acting.store.put({ collection: 'incidents', id: slot, value, expect: stored?.version ?? 'absent' });
    };
    await diagnosed();
    const healed: string[] = [];
    return { it, id, healed, diagnosed, work: handle(it, { doneByHand: (fix) => healed.push(fix) }) };
  }

  it('of a guest is refused, written down, and nothing happens before or after', async () => {
    const { it, id, healed, work } = await byHand();
    await using _ = it;
    await work(said(id, 'U-GUEST'));
    expect(healed).toEqual([]);
    expect(it.whispers.at(-1)).toMatchObject({ user: 'U-GUEST', text: expect.stringContaining('guests') });
    expect((await it.ledger()).at(-1)).toMatchObject({ kind: 'denied', by: 'U-GUEST', details: { manual: 'start' } });
    expect((await it.incident()).byHand).toBeUndefined();
  });

  it('of a member is written down, and the card names them as a person', async () => {
    const { it, id, healed, work } = await byHand();
    await using _ = it;
    await work(said(id, 'U-ASKER'));
    await it.settle();
    expect(healed).toEqual(['start']);
    expect((await it.ledger()).at(-1)).toMatchObject({ kind: 'done-by-hand', by: 'U-ASKER' });
    const card = it.channel.cards().at(-1);
    const [at, outcome] = ['2026-11-21T03:00:00.000Z', 'looking whether it helped'];
    expect(card?.byHand).toEqual([{ title: 'Start the kubelet', by: 'U-ASKER', at, outcome }]);
    expect(card?.notes.join()).not.toContain('U-ASKER');
  });

  it('pressed fifty times is one deed, noted once', async () => {
    const { it, id, healed, work } = await byHand();
    await using _ = it;
    await Promise.all(Array.from({ length: 50 }, () => work(said(id, 'U-ASKER'))));
    expect((await it.incident()).byHand).toHaveLength(1);
    expect((await it.ledger()).filter(({ kind }) => kind === 'done-by-hand')).toHaveLength(1);
    expect(new Set(healed)).toEqual(new Set(['start']));
    expect(it.whispers.at(-1)?.text).toBe('It was noted a moment ago already.');
  });

  it('that comes again after minutes is the same deed; another press then is another', async () => {
    const { it, id, diagnosed, work } = await byHand();
    await using _ = it;
    const press = (wish: string) => ({
      ...said(id, 'U-ASKER'),
      made: { wish, at: it.acting.clock.now().toISOString() },
    });
    const first = press('trigger-1');
    await work(first);
    await it.pass(306);
    const whispers = it.whispers.length;
    await work(first);
    expect((await it.incident()).byHand).toHaveLength(1);
    expect(it.whispers).toHaveLength(whispers);
    await diagnosed();
    await work(press('trigger-2'));
    expect((await it.incident()).byHand).toHaveLength(2);
    expect((await it.ledger()).filter(({ kind }) => kind === 'done-by-hand')).toHaveLength(2);
  });

  it('of an earlier version, which does not say which press it was, is the same deed for as long as it may come again', async () => {
    const { it, id, diagnosed, work } = await byHand();
    await using _ = it;
    await work(said(id, 'U-ASKER'));
    await it.pass(306);
    await diagnosed();
    await work(said(id, 'U-ASKER'));
    expect((await it.incident()).byHand).toHaveLength(1);
  });

  it('of steps in which there is nothing to do is no deed', async () => {
    const { it, id, healed, work } = await byHand();
    await using _ = it;
    await work(said(id, 'U-ASKER', 'keep'));
    expect(healed).toEqual([]);
    expect(it.whispers.at(-1)?.text).toContain('there is nothing to do in these steps');
  });
});

describe('/nightshift help', () => {
  const names = async (policy: readonly PolicyRule[]) => {
    await using it = await deed();
    const acting = { ...it.acting, rules: async () => ({ ...it.rules, policy }) };
    const { items = [] } = await answerCommand(acting, 'help', 'U-ASKER');
    return items.map(({ name }) => name);
  };

  it('lists the command that breaks the glass where the policy names somebody who may, and nowhere else', async () => {
    const breakGlass = { users: ['U-BOSS'], userGroups: [] };
    expect(await names([{ ...rule, breakGlass }])).toContain('/nightshift break-glass <plan> <reason>');
    expect((await names([rule])).join()).not.toContain('break-glass');
  });
});

describe('a command that names only a target', () => {
  it('is told that it comes after its runbook; one that names a runbook nearly, which one was meant', async () => {
    await using it = await deed();
    const [id = ''] = it.acting.runbooks.map((runbook) => runbook.id);
    const answer = async (words: string) => (await answerCommand(it.acting, words, 'U-ASKER')).text;

    expect(await answer('investigate worker-3')).toMatch(
      /^There is no runbook worker-3 .*it comes after its runbook: \/nightshift investigate <runbook> worker-3$/,
    );
    expect(await answer(`investigate ${id}s`)).toContain(`did you mean ${id}?`);
    expect(await answer(`investigate ${id}`)).toContain('On what?');
  });
});
