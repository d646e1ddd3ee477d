import { describe, expect, test } from 'vitest';
import { approve } from '../../../engine/acting/decide.ts';
import { execute } from '../../../engine/acting/execute.ts';
import { WriteFailure } from '../../../engine/action.ts';
import type { Change, Workload } from '../../../engine/change.ts';
import type { Plan } from '../../../engine/plan.ts';
import { render } from '../../../infra/slack/render.ts';
import { wordsOfBlocks } from '../../infra/slack/words.ts';
import { CLUSTER } from '../../real/support/crash/stage.ts';
import { lab } from './lab.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const satisfies Workload;
const evict = { verb: 'evict', namespace: 'shop', pod: 'orders-db-0' } as const;
const restart = { verb: 'restart', workload: web } as const;
const lead = { user: 'U0LEAD', channel: 'C0CRASH' };

/** Approved, and the process dies after it has stored that it begins and before the request leaves it. */
async function neverSent(it: Awaited<ReturnType<typeof lab>>): Promise<string> {
  const { id } = await it.requested();
  await approve(it.acting, id, lead);
  const { rehearse } = it.acting.writers.get(CLUSTER) ?? { rehearse: undefined };
  if (!rehearse) throw new Error('no writer');
  const writers = new Map([[CLUSTER, { rehearse, apply: () => new Promise<never>(() => {}) }]]);
  void execute({ ...it.acting, writers }, id);
  while ((await it.plan(id)).steps[0]?.state !== 'started') await new Promise((turn) => setImmediate(turn));
  return id;
}

describe('a request of which nobody knows whether it was sent', () => {
  test('an eviction that another one has left no budget for since: the pod is still there', async () => {
    await using it = await lab([evict]);
    const id = await neverSent(it);
    await it.behindOurBack({ ...evict, pod: 'orders-db-1' });
    await it.pass(60);
    expect(await it.plan(id)).toMatchObject({
      state: 'unknown',
      because: expect.stringMatching(/was under way\. Looked in the cluster: the change is not there$/),
    });
  });

  test('a restart of what somebody has paused since: it was not restarted', async () => {
    await using it = await lab([restart]);
    const id = await neverSent(it);
    await it.behindOurBack({ verb: 'pause', workload: web });
    await it.pass(60);
    expect((await it.plan(id)).because).toMatch(/Looked in the cluster: the change is not there$/);
  });

  test('a restart of what somebody else has restarted since: it cannot be told', async () => {
    await using it = await lab([restart]);
    const id = await neverSent(it);
    await it.behindOurBack(restart);
    await it.pass(60);
    expect((await it.plan(id)).because).toMatch(/whether the change was made cannot be told from the object$/);
  });

  test.each<[string, Change]>([
    ['eviction', evict],
    ['restart', restart],
    ['cordon', { verb: 'cordon', node: 'worker-3' }],
  ])('%s: done, and the answer lost: the change is there', async (_what, change) => {
    await using it = await lab([change]);
    const { writer } = { writer: it.acting.writers.get(CLUSTER) };
    if (!writer) throw new Error('no writer');
    const lost = new Map([
      [
        CLUSTER,
        {
          rehearse: writer.rehearse,
          apply: async (...asked: Parameters<typeof writer.apply>) => {
            await writer.apply(...asked);
            throw new WriteFailure('timed-out', 'no answer within 15 s', true);
          },
        },
      ],
    ]);
    const { id } = await it.requested();
    await approve(it.acting, id, lead);
    await execute({ ...it.acting, writers: lost }, id);
    expect(await it.plan(id)).toMatchObject({
      state: 'unknown',
      because: expect.stringMatching(/Looked in the cluster: the change is there$/),
    });
  });

  test('is still in doubt when the process dies before it could say so, and is not sent again', async () => {
    await using it = await lab([restart]);
    const { id } = await it.requested();
    await approve(it.acting, id, lead);
    it.faults.before = () => new WriteFailure('timed-out', 'no answer within 15 s', true);
    const dying: typeof it.acting.store = {
      ...it.acting.store,
      put: async (write) => {
        if ((write.value as { readonly state?: string }).state === 'unknown') throw new Error('killed');
        return it.acting.store.put(write);
      },
    };
    await expect(execute({ ...it.acting, store: dying }, id)).rejects.toThrow('killed');
    delete it.faults.before;
    await it.pass(60);
    expect(await it.plan(id)).toMatchObject({ state: 'unknown' });
    expect(it.sent).toHaveLength(1);
  });
});

describe('while nobody has said whether it was done', () => {
  /** Its answer was lost, and it was not done. */
  async function lost(change: Change, nth = 1) {
    const it = await lab([change]);
    it.faults.before = (_action, at) =>
      at === nth ? new WriteFailure('timed-out', 'no answer within 15 s', true) : undefined;
    const { id } = await it.requested();
    const plan = await it.approved(id);
    expect(plan.state).toBe('unknown');
    delete it.faults.before;
    return { it, id, plan };
  }
  const oneAtATime = ({ interlocks }: Pick<Plan, 'interlocks'>) => interlocks.find(({ id }) => id === 'one-at-a-time');

  test('nothing else is done to what it touches, and nobody can break that glass', async () => {
    const { it, id } = await lost(restart);
    await using _lab = it;
    await it.passEverywhere(660);
    const again = await it.opened();
    expect(oneAtATime(again)).toMatchObject({
      holds: false,
      breakable: false,
      value: `nobody knows whether "Fix it" was applied to node/worker-3: somebody has to look, and say so on the message of plan ${id}`,
    });
    await it.send({ type: 'request', plan: again.id, by: 'U0ASKER', channel: 'C0CRASH' });
    expect(await it.plan(again.id)).toMatchObject({ state: 'shown' });

    await it.press(id, 'it-was-not-applied', 'U0LEAD');
    const fresh = await it.requested();
    expect(fresh.state).toBe('requested');
    expect(await it.approved(fresh.id)).toMatchObject({ state: 'applied' });
    expect(it.sent).toHaveLength(2);
  });

  test('a drain cannot be begun anew; once it is said, the rest goes on without a cool-down', async () => {
    const { it, id } = await lost({ verb: 'drain', node: 'worker-3', allow: ['local-storage', 'bare-pods'] }, 3);
    await using _lab = it;
    await it.passEverywhere(660);
    expect(oneAtATime(await it.opened())).toMatchObject({ holds: false });
    await it.press(id, 'it-was-not-applied', 'U0LEAD');
    const rest = await it.requested();
    expect(rest).toMatchObject({ state: 'requested', continues: id, inverse: [{ verb: 'uncordon' }] });
    expect(rest.interlocks.filter(({ holds }) => !holds)).toEqual([]);
    expect(await it.approved(rest.id)).toMatchObject({ state: 'applied' });
  });

  test('it is looked for again every half minute: a request may arrive after its answer was given up', async () => {
    const { it, id, plan } = await lost(restart);
    await using _lab = it;
    const [action] = it.sent;
    if (!action) throw new Error('nothing was sent');
    expect(plan.because).toMatch(/no answer within 15 s\. Looked in the cluster: the change is not there$/);
    const message = async () => wordsOfBlocks(render({ kind: 'plan', card: await it.card(id) }).blocks);
    expect(await message()).toContain(`So it looks since ${plan.doubt?.since.slice(0, 19).replace('T', ' ')} UTC`);
    await it.send({ type: 'refresh', plan: id });
    expect(await it.plan(id)).toEqual(plan);

    await it.acting.writers.get(CLUSTER)?.apply(action, { deadlineMs: 5_000 });
    await it.pass(30);
    await it.send({ type: 'refresh', plan: id });
    const later = await it.plan(id);
    expect(later).toMatchObject({
      state: 'unknown',
      because: expect.stringMatching(/no answer within 15 s\. Looked in the cluster: the change is there$/),
    });
    expect((later.doubt?.since ?? '') > (plan.doubt?.since ?? '')).toBe(true);
    expect(await it.press(id, 'it-was-applied', 'U0LEAD')).toMatchObject({ state: 'applied' });
    expect((await it.ledger(id)).find(({ kind }) => kind === 'decided')?.details).toEqual({
      wasApplied: true,
      seen: 'Looked in the cluster: the change is there',
    });
    expect(await message()).not.toContain('So it looks since');
  });
});

describe('while nobody knows whether a change was made', () => {
  test.each<[string, (node: string) => Change]>([
    ['a drain', (node) => ({ verb: 'drain', node, allow: ['local-storage', 'bare-pods'] })],
    ['a NoExecute taint', (node) => ({ verb: 'taint', node, taint: { key: 'x', effect: 'NoExecute' } })],
  ])('of a pod: %s of its node does nothing to that pod either', async (_what, change) => {
    await using it = await lab([change('worker-1')]);
    const opened = await it.opened();
    const named = [...opened.diff.map(({ object }) => object), ...(opened.touches ?? [])];
    const [, namespace = '', pod = ''] = /^Pod (.+)\/(.+)$/m.exec(named.join('\n')) ?? [];
    const changes: Change[] = [{ verb: 'delete-pod', namespace, pod }];
    const title = 'Delete the pod that writes most';
    const other = { ...opened, id: 'plan-x', incident: 'other', target: 'component/etcd', title, changes, diff: [] };
    const value: Plan = { ...other, state: 'unknown', executedAt: '2026-01-01T00:00:00Z' };
    await it.store.put({ collection: 'plans', id: 'plan-x', value, expect: 'absent' });
    const { id } = await it.requested();
    expect((await it.plan(id)).interlocks.find((one) => one.id === 'one-at-a-time')).toMatchObject({
      holds: false,
      breakable: false,
      value: expect.stringContaining(`"${title}" was applied to pod/${namespace}/${pod}`),
    });
    expect(await it.approved(id)).toMatchObject({ state: 'shown' });
    expect(it.sent).toEqual([]);
  });
});
