import { expect, it } from 'vitest';
import { accounts } from '../../engine/accounts.ts';
import { night, nodeAlert } from './night.ts';

it('an incident says for ever what it was, also when a later look sees that it is over', async () => {
  await using tonight = await night();
  tonight.node('worker-3', false);
  await tonight.send(nodeAlert('worker-3'));
  await tonight.settle();
  expect(tonight.channel.cards()[0]).not.toHaveProperty('earlier');
  const causes = [{ title: 'The kubelet stopped', reason: 'ready is false' }];
  const [{ report } = {}] = await tonight.incidents();

  tonight.pass(90);
  tonight.node('worker-3', true);
  await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
  await tonight.settle();

  const earlier = { at: new Date(report?.startedAt ?? ''), causes };
  expect(tonight.channel.cards()).toMatchObject([{ state: 'closed', likely: [], earlier }]);
  const { incidents } = await accounts(tonight.desk.store);
  expect(incidents).toMatchObject([{ lastFound: { target: 'node/worker-3', causes } }]);
});
