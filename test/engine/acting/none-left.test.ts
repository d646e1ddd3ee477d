import { expect, test } from 'vitest';
import type { Plan } from '../../../engine/plan.ts';
import { lab } from './lab.ts';

const ofPlan = ({ interlocks }: Plan) => interlocks.filter(({ id }) => id === 'last-replica');

test('to scale to nothing is a matter of a broken glass where the fix is to have none, and says so', async () => {
  const workload = { kind: 'Deployment', namespace: 'kube-system', name: 'coredns' } as const;
  await using it = await lab([{ verb: 'scale', workload, replicas: 0, allow: ['none-left'] }]);
  const plan = await it.requested();
  expect(plan).toMatchObject({
    state: 'requested',
    described: [expect.stringContaining('to 0 replicas, on purpose')],
  });
  expect(ofPlan(plan)).toMatchObject([
    { holds: false, breakable: true, value: 'Deployment kube-system/coredns would have 0 replicas' },
  ]);
  expect(await it.approved(plan.id)).toMatchObject({ state: 'requested' });
  await it.breakGlass(plan.id);
  expect(await it.approved(plan.id)).toMatchObject({ state: 'applied', inverse: [{ verb: 'scale', replicas: 2 }] });
});

test('nothing is gone back to by an undo that can be asked for, waits for a broken glass, and was announced', async () => {
  const workload = { kind: 'Deployment', namespace: 'kube-system', name: 'coredns' } as const;
  await using it = await lab([{ verb: 'scale', workload, replicas: 2 }]);
  await it.behindOurBack({ verb: 'scale', workload, replicas: 0 });
  const { id, effects } = await it.requested();
  expect(effects).toContain('its undo would leave none again, for which somebody has to break the glass');
  expect(await it.approved(id)).toMatchObject({ state: 'applied' });
  await it.press(id, 'undo', 'U0ASKER');
  const undo = await it.latest();
  expect(undo).toMatchObject({ state: 'requested', undoes: id, changes: [{ replicas: 0, allow: ['none-left'] }] });
  expect(await it.approved(undo.id)).toMatchObject({ state: 'requested' });
  await it.breakGlass(undo.id);
  expect(await it.approved(undo.id)).toMatchObject({ state: 'applied' });
});
