import { expect, it } from 'vitest';
import { decideRejectedAnew } from '../../engine/rejected.ts';
import { night, nodeAlert } from './night.ts';

it('an alert that no cluster fitted is decided anew at the start, for Alertmanager is silent for hours; not what is over meanwhile', async () => {
  const match: Record<string, string> = { cluster: 'prod-us' };
  await using tonight = await night({ match });
  const ours = (name: string) => nodeAlert(name, { labels: { cluster: 'prod-eu' } });
  for (const name of ['worker-3', 'worker-4']) tonight.node(name, false);
  await tonight.send(ours('worker-3'), ours('worker-4'));
  await tonight.send({ ...ours('worker-4'), status: 'resolved' });
  await tonight.settle();
  expect(await decideRejectedAnew(tonight.desk)).toBe(0);

  match.cluster = 'prod-eu';
  expect(await decideRejectedAnew(tonight.desk)).toBe(1);
  await tonight.settle();

  expect(tonight.channel.cards()).toMatchObject([{ target: 'Node worker-3', state: 'diagnosed' }]);
  expect(await decideRejectedAnew(tonight.desk)).toBe(0);
});
