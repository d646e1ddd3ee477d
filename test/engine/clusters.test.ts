import { expect, it } from 'vitest';
import { clusterOf } from '../../engine/clusters.ts';
import { night } from './night.ts';

it('looks into the cluster whose match says most, and into none of two that say as much', async () => {
  await using tonight = await night();
  const [any] = tonight.desk.clusters;
  if (!any) throw new Error('a night has a cluster');
  const clusters = [
    { ...any, name: 'eu', match: { region: 'eu' } },
    { ...any, name: 'eu-shop', match: { region: 'eu', team: 'shop' } },
    { ...any, name: 'lab', match: { stage: 'lab' } },
  ];
  const found = (labels: Record<string, string>) => clusterOf(clusters, labels);

  expect(found({ region: 'eu' })).toMatchObject({ name: 'eu' });
  expect(found({ region: 'eu', team: 'shop' })).toMatchObject({ name: 'eu-shop' });
  expect(found({ region: 'eu', stage: 'lab' })).toEqual({
    why: 'its labels fit several of the configured clusters: eu (region=eu); lab (stage=lab)',
  });
  expect(found({ region: 'us' })).toMatchObject({ why: expect.stringContaining('fit none') });
});
