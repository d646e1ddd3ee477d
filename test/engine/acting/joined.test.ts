import { describe, expect, test } from 'vitest';
import type { Change, Workload } from '../../../engine/change.ts';
import { lab } from './lab.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const satisfies Workload;
const node = 'worker-3';
const taint: Change = { verb: 'taint', node, taint: { key: 'example.com/broken', effect: 'NoSchedule' } };
const note = (object: Extract<Change, { verb: 'annotate' }>['object'], key: string): Change => ({
  ...{ verb: 'annotate', object, value: 'yes' },
  key: `nightshift.dev/${key}`,
});
const limits: Change = { verb: 'set-resources', workload: web, container: 'web', limits: { memory: '512Mi' } };

describe('several changes of one object in one plan', () => {
  test.each<[string, readonly Change[]]>([
    ['a cordon and a taint of one node', [{ verb: 'cordon', node }, taint]],
    ['two annotations', [note({ kind: 'Node', name: node }, 'a'), note({ kind: 'Node', name: node }, 'b')]],
    ['new limits and an annotation of one workload', [limits, note(web, 'a')]],
    [
      'a cordon that a drain also needs',
      [
        { verb: 'cordon', node },
        { verb: 'drain', node, allow: ['local-storage'] },
      ],
    ],
  ])('%s are one request, and all of it is done', async (_what, changes) => {
    await using it = await lab(changes);
    const { id } = await it.requested();
    const plan = await it.approved(id);
    expect(plan).toMatchObject({ state: 'applied' });
    expect(plan.steps[0]?.changes).toEqual([0, 1]);
    expect(it.sent.filter(({ verb }) => verb === 'patch')).toHaveLength(1);
    await it.press(id, 'undo', 'U0ASKER');
    expect(await it.approved((await it.latest()).id)).toMatchObject({ state: 'applied' });
  });

  test.each<[string, readonly Change[], string]>([
    [
      'two taints of one node',
      [taint, { ...taint, taint: { key: 'b', effect: 'NoSchedule' } } as Change],
      'Node worker-3',
    ],
    [
      'a restart and a scale',
      [
        { verb: 'restart', workload: web },
        { verb: 'scale', workload: web, replicas: 6 },
      ],
      'Deployment shop/web',
    ],
    [
      'a patch, something else, and a patch',
      [{ verb: 'cordon', node }, { verb: 'evict', namespace: 'shop', pod: 'orders-db-0' }, taint],
      'Node worker-3',
    ],
  ])('%s cannot be one request, which is said before anybody asks for it', async (_what, changes, object) => {
    await using it = await lab(changes);
    const plan = await it.requested();
    expect(plan).toMatchObject({
      state: 'shown',
      blocked: [`${object} would be changed twice in ways that cannot be one request: this takes two plans`],
    });
  });
});
