import { describe, expect, test } from 'vitest';
import { lab } from './lab.ts';

const drain = { verb: 'drain', node: 'worker-3', allow: ['local-storage', 'bare-pods'] } as const;
const freeze = [{ name: 'the night', timeZone: 'UTC', from: '00:00', to: '00:00' }];
type Lab = Awaited<ReturnType<typeof lab>>;

/** Approved; while its second request is on its way this happens. */
async function meanwhile(it: Lab, happening: () => unknown, id: string) {
  it.faults.before = async (_action, nth) => {
    if (nth === 2) await happening();
    return undefined;
  };
  return it.approved(id);
}

describe('between two requests of a drain', () => {
  test('the other nodes of its pool fall: it stops there, and says what has become of them', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    const plan = await meanwhile(
      it,
      () => it.behindOurBack({ verb: 'cordon', node: 'worker-1' }, { verb: 'cordon', node: 'worker-2' }),
      id,
    );
    expect(plan).toMatchObject({
      state: 'partly-applied',
      because: expect.stringMatching(
        /^stopped after 2 of 4 steps: Enough healthy nodes among the worker nodes: 0 of 3 would be left/,
      ),
    });
    expect(it.sent).toHaveLength(2);
  });

  test('a freeze begins: it stops there', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    const plan = await meanwhile(
      it,
      () => {
        it.rules.limits = { ...it.rules.limits, freeze };
      },
      id,
    );
    expect(plan).toMatchObject({
      state: 'partly-applied',
      because: expect.stringMatching(/^stopped after 2 of 4 steps: No freeze: frozen: the night/),
    });
    expect(it.sent).toHaveLength(2);
  });

  test('a freeze begins while something is taken back: that goes on, since it makes well what was done', async () => {
    const cordons = ['worker-2', 'worker-3'].map((node) => ({ verb: 'cordon', node }) as const);
    await using it = await lab(cordons);
    it.rules.limits = { ...it.rules.limits, readyNodesPercent: 1 };
    const { id } = await it.requested();
    await it.approved(id);
    it.faults.before = (_action, nth) => {
      if (nth === 3) it.rules.limits = { ...it.rules.limits, freeze };
      return undefined;
    };
    await it.press(id, 'undo', 'U0ASKER');
    expect(await it.approved((await it.latest()).id)).toMatchObject({ undoes: id, state: 'applied' });
    expect(it.sent).toHaveLength(4);
  });

  test('a freeze for which somebody broke the glass goes on: so does the drain', async () => {
    await using it = await lab([drain]);
    it.rules.limits = { ...it.rules.limits, freeze };
    const { id } = await it.requested();
    await it.breakGlass(id);
    expect(await it.approved(id)).toMatchObject({ state: 'applied' });
    expect(it.sent).toHaveLength(4);
  });

  test('the controller manager goes away: it stops there, since nothing replaces what ends', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    const plan = await meanwhile(it, () => it.ahead(100), id);
    expect(plan).toMatchObject({
      state: 'partly-applied',
      because: expect.stringMatching(
        /^stopped after 2 of 4 steps: The controller manager is there: the controller manager renewed its lease \d+ s ago/,
      ),
    });
    expect(it.sent).toHaveLength(2);
  });

  test('nothing happens: the pool is read once for each further request', async () => {
    await using it = await lab([drain]);
    const { id } = await it.requested();
    let tables = 0;
    const { read } = it.cluster.source;
    const source = {
      ...it.cluster.source,
      read: (...asked: Parameters<typeof read>) => {
        const [request] = asked;
        if (it.sent.length > 0 && request.verb === 'list' && request.as === 'table') tables += 1;
        return read(...asked);
      },
    };
    Object.assign(it.cluster, { source });
    expect(await it.approved(id)).toMatchObject({ state: 'applied' });
    expect(tables).toBe(3);
  });
});
