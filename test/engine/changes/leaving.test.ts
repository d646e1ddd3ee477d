import { expect, it } from 'vitest';
import type { Change } from '../../../engine/change.ts';
import { compiled, like, shop, web } from './recorded.ts';

const deletionTimestamp = '2026-11-21T07:29:00Z';

it.each<[string, Change]>([
  ['restarted', { verb: 'restart', workload: web }],
  ['rolled back', { verb: 'undo', workload: web }],
  ['paused', { verb: 'pause', workload: web }],
  ['resumed', { verb: 'resume', workload: web }],
  ['scaled', { verb: 'scale', workload: web, replicas: 5 }],
  ['given other limits', { verb: 'set-resources', workload: web, container: 'httpd', limits: { memory: '1Gi' } }],
])('a workload that is being deleted is not %s: its controller would do nothing', async (_how, change) => {
  const things = shop({ Deployment: [like('Deployment', 'web', { metadata: { deletionTimestamp } })] });
  const { actions, blocked } = await compiled(things, change);
  expect(actions).toEqual([]);
  expect(blocked).toEqual(['Deployment shop/web is being deleted']);
});
