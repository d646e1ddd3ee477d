import { describe, expect, test } from 'vitest';
import { lab } from './lab.ts';

const cordon = { verb: 'cordon', node: 'worker-3' } as const;
const object = { kind: 'Node', name: 'worker-3' } as const;

describe('an object that somebody writes to between the rehearsal and the request', () => {
  test('is read again, and the plan begins once more where it still fits', async () => {
    await using it = await lab([cordon]);
    it.faults.before = async (_action, nth) => {
      if (nth === 1) await it.behindOurBack({ verb: 'annotate', object, key: 'nightshift.dev/other', value: 'x' });
      return undefined;
    };
    const { id } = await it.requested();
    expect(await it.approved(id)).toMatchObject({ state: 'applied', steps: [{ state: 'done' }] });
    expect(it.sent).toHaveLength(2);
    expect((await it.ledger(id)).map(({ kind }) => kind).slice(3)).toEqual([
      ...['rehearsed', 'executing', 'failed'],
      ...['rehearsed', 'executing', 'applied'],
    ]);
  });

  test('but no more than once', async () => {
    await using it = await lab([cordon]);
    it.faults.before = async (_action, nth) => {
      await it.behindOurBack({ verb: 'annotate', object, key: 'nightshift.dev/other', value: `${nth}` });
      return undefined;
    };
    const { id } = await it.requested();
    expect(await it.approved(id)).toMatchObject({
      state: 'failed',
      because: expect.stringMatching(/^patch Node worker-3: /),
    });
    expect(it.sent).toHaveLength(2);
    const { interlocks } = await it.opened();
    expect(interlocks.find((one) => one.id === 'cool-down')).toMatchObject({ holds: true });
  });

  test('is left alone where the plan no longer fits: another one is asked for', async () => {
    await using it = await lab([
      { verb: 'scale', workload: { kind: 'Deployment', namespace: 'shop', name: 'web' }, replicas: 6 },
    ]);
    it.faults.before = async () => {
      const workload = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
      await it.behindOurBack({ verb: 'scale', workload, replicas: 5 });
      return undefined;
    };
    const { id } = await it.requested();
    expect(await it.approved(id)).toMatchObject({ state: 'outdated', because: expect.stringContaining('5 → 6') });
    expect(it.sent).toHaveLength(1);
    delete it.faults.before;
    expect(await it.approved((await it.latest()).id)).toMatchObject({ state: 'applied' });
  });

  test('in the middle of a plan ends it there: what was shown was done in part', async () => {
    const workload = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
    await using it = await lab([cordon, { verb: 'scale', workload, replicas: 6 }]);
    it.faults.before = async (_action, nth) => {
      if (nth === 2)
        await it.behindOurBack({ verb: 'annotate', object: workload, key: 'nightshift.dev/other', value: 'x' });
      return undefined;
    };
    const { id } = await it.requested();
    expect(await it.approved(id)).toMatchObject({ state: 'partly-applied' });
    expect(it.sent).toHaveLength(2);
  });
});
