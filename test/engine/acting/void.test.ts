import { describe, expect, test } from 'vitest';
import { audit } from '../../../engine/acting/audit.ts';
import { approve } from '../../../engine/acting/decide.ts';
import { execute } from '../../../engine/acting/execute.ts';
import { refuse } from '../../../engine/acting/halt.ts';
import { review } from '../../../engine/acting/review.ts';
import { settleUnknown } from '../../../engine/acting/settle.ts';
import { amend } from '../../../engine/documents.ts';
import { type Incident, slotOf } from '../../../engine/incident.ts';
import type { Plan } from '../../../engine/plan.ts';
import type { Store, Write } from '../../../engine/ports.ts';
import { deed } from './deed.ts';
import { lab } from './lab.ts';

/** A worker of another process: right before it writes a plan in this state, `first` happens elsewhere. */
function slower(store: Store, state: Plan['state'], first: () => Promise<unknown>): Store {
  let isFirst = true;
  return {
    get: (...asked) => store.get(...asked),
    putAll: (writes) => store.putAll(writes),
    list: (...asked) => store.list(...asked),
    delete: (...asked) => store.delete(...asked),
    prune: (...asked) => store.prune(...asked),
    async put(write: Write) {
      if (isFirst && write.collection === 'plans' && (write.value as Plan).state === state) {
        isFirst = false;
        await first();
      }
      return store.put(write);
    },
  };
}

describe('an entry whose change came to nothing, because another worker was faster, is declared void', () => {
  test('a request that was to be withdrawn, and was approved', async () => {
    await using it = await deed();
    const { id: incident } = await it.trouble();
    const id = await it.requested();
    const { store } = it.acting;
    await amend<Incident, void>(store, 'incidents', slotOf(incident), (current) => {
      if (!current?.report) throw new Error('it was not looked at');
      const recovered = { verdict: 'confirmed', reason: 'well', missing: [] } as const;
      return { result: undefined, value: { ...current, report: { ...current.report, recovered } } };
    });
    const yes = () => approve(it.acting, id, { user: 'U-LEAD', channel: 'C1' });
    await review({ ...it.acting, store: slower(store, 'moot', yes) }, incident);
    expect(await it.state(id)).toBe('approved');
    const told = await it.ledger();
    expect(told.slice(-3)).toMatchObject([
      { kind: 'withdrawn' },
      { kind: 'approved' },
      { kind: 'void', details: { what: 'withdrawn', entry: told.length - 2, why: 'somebody else was faster' } },
    ]);
    expect(await audit(store)).toMatchObject({ findings: [] });
  });

  test('an execution that was to begin, and was stopped', async () => {
    await using it = await lab([{ verb: 'cordon', node: 'worker-3' }]);
    const { id } = await it.requested();
    const lead = { user: 'U0LEAD', channel: 'C0CRASH' };
    await approve(it.acting, id, lead);
    const no = () => refuse(it.acting, id, lead, 'stop');
    await execute({ ...it.acting, store: slower(it.store, 'executing', no) }, id);
    expect(await it.plan(id)).toMatchObject({ state: 'failed' });
    expect(it.sent).toEqual([]);
    expect((await it.ledger(id)).slice(-3)).toMatchObject([
      { kind: 'executing' },
      { kind: 'stopped' },
      { kind: 'void', details: { what: 'executing' } },
    ]);
  });

  test('what one person said of a plan in doubt, when another one had said it', async () => {
    await using it = await deed();
    await it.trouble();
    const id = await it.requested();
    await amend<Plan, void>(it.acting.store, 'plans', id, (plan) => {
      if (!plan) throw new Error('there is no plan');
      return { result: undefined, value: { ...plan, state: 'unknown' } };
    });
    const [one, other] = ['U-LEAD', 'U-SECOND'].map((user) => ({ user, channel: 'C1' })) as [Caller, Caller];
    const saysNo = () => settleUnknown(it.acting, id, other, false);
    await settleUnknown({ ...it.acting, store: slower(it.acting.store, 'failed', saysNo) }, id, one, false);
    expect((await it.ledger()).slice(-3)).toMatchObject([
      { kind: 'decided', by: 'U-LEAD' },
      { kind: 'decided', by: 'U-SECOND' },
      { kind: 'void', by: 'U-LEAD', details: { what: 'decided' } },
    ]);
  });
});

interface Caller {
  readonly user: string;
  readonly channel: string;
}
