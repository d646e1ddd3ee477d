import { describe, expect, test } from 'vitest';
import type { Change } from '../../../engine/change.ts';
import { must } from '../changes/recorded.ts';
import { lab } from './lab.ts';

const cordon = { verb: 'cordon', node: 'worker-3' } as const;
const object = { kind: 'Node', name: 'worker-3' } as const;

const workload = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
const more = (memory: string) =>
  ({ verb: 'set-resources', workload, container: 'web', limits: { memory } }) as const satisfies Change;
const note = (value: string) => ({ verb: 'annotate', object: workload, key: 'nightshift.dev/other', value }) as const;

describe('a busy object, to which controllers write all the time', () => {
  test('is changed all the same: its version is read last, right before the request', async () => {
    await using it = await lab([more('300Mi')]);
    const { id } = await it.requested();
    const writer = must(it.acting.writers.get('practice'));
    const writers = new Map([
      [
        'practice',
        {
          ...writer,
          rehearse: async (...asked: Parameters<typeof writer.rehearse>) => {
            await it.behindOurBack(note('before'));
            const answer = await writer.rehearse(...asked);
            await it.behindOurBack(note('after'));
            return answer;
          },
        },
      ],
    ]);
    Object.assign(it.acting, { writers });

    expect(await it.approved(id)).toMatchObject({ state: 'applied' });
    expect(it.sent).toHaveLength(1);
  });

  test('is worked out again until it stands still for a moment', async () => {
    await using it = await lab([more('300Mi')]);
    const { id } = await it.requested();
    const { source } = it.cluster;
    let [isRehearsed, isWriting, writes, before] = [false, false, 0, 0];
    it.faults.rehearsed = () => {
      isRehearsed = true;
    };
    it.faults.before = () => {
      before = writes;
      return undefined;
    };
    const read: typeof source.read = async (request, limits) => {
      // Whoever writes reads, too.
      const isRead = isRehearsed && !isWriting && request.verb === 'get' && request.kind === 'Deployment';
      if (isRead && writes < 5) {
        writes += 1;
        isWriting = true;
        await it.behindOurBack(note(`${writes}`));
        isWriting = false;
      }
      return source.read(request, limits);
    };
    Object.assign(it.cluster, { source: { ...source, read } });

    expect(await it.approved(id)).toMatchObject({ state: 'applied' });
    expect(before).toBe(5);
    expect(it.sent).toHaveLength(1);
  });

  test('is left alone where what was written is what the plan rests on', async () => {
    await using it = await lab([more('300Mi')]);
    const { id } = await it.requested();
    it.faults.rehearsed = () => it.behindOurBack(more('400Mi'));

    expect(await it.approved(id)).toMatchObject({
      state: 'outdated',
      because: expect.stringContaining('400Mi → 300Mi'),
    });
    const limits = { verb: 'get', ...workload, fresh: true } as const;
    const { body } = await it.cluster.source.read(limits, { deadlineMs: 5_000, maxBytes: 1e7 });
    expect(JSON.stringify(body)).toContain('"memory":"400Mi"');
  });

  test('is left alone by an undo where somebody has done the same since for reasons of their own', async () => {
    await using it = await lab([cordon]);
    const { id } = await it.requested();
    await it.approved(id);
    await it.press(id, 'undo', 'U0ASKER');
    const undo = await it.latest();
    it.faults.rehearsed = async () => {
      await it.behindOurBack({ verb: 'uncordon', node: 'worker-3' });
      await it.behindOurBack(cordon);
    };

    expect((await it.approved(undo.id)).state).not.toBe('applied');
    const { body } = await it.cluster.source.read(
      { verb: 'get', ...object, fresh: true },
      { deadlineMs: 5_000, maxBytes: 1e7 },
    );
    expect(body).toMatchObject({ spec: { unschedulable: true } });
  });
});

describe('an object that somebody writes to between the last look and the request', () => {
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
    await using it = await lab([{ verb: 'scale', workload, replicas: 6 }]);
    it.faults.before = async () => {
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
