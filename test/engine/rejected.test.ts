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
  const list: typeof tonight.desk.store.list = (collection, options) => {
    // There may be a hundred thousand of them.
    if (collection === 'alerts') throw new Error('every alert was read');
    return tonight.desk.store.list(collection, options);
  };
  const desk = { ...tonight.desk, store: { ...tonight.desk.store, list } };
  expect(await decideRejectedAnew(desk)).toBe(1);
  await tonight.settle();

  expect(tonight.channel.cards()).toMatchObject([{ target: 'Node worker-3', state: 'diagnosed' }]);
  expect(await decideRejectedAnew(tonight.desk)).toBe(0);
});
