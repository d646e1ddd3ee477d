import { expect, it } from 'vitest';
import { ReadFailure } from '../../engine/errors.ts';
import type { Source } from '../../engine/readers.ts';
import { watchReach } from '../../functions/reach.ts';

it('a kubelet that does not answer says nothing of the way to the API server', async () => {
  const kubernetes: Source = { read: () => Promise.reject(new ReadFailure('timed-out', 'gave up waiting')) };
  const reach = watchReach('prod-eu', { kubernetes }, { now: () => new Date('2026-11-21T03:00:00Z') });
  const read = (request: Parameters<Source['read']>[0]) =>
    expect(reach.sources.kubernetes.read(request, { deadlineMs: 1, maxBytes: 1 })).rejects.toThrow('gave up waiting');

  await read({ verb: 'kubelet', node: 'worker-3', path: '/stats/summary' });
  expect(reach.lines()).toEqual(['cluster prod-eu, Kubernetes: not asked since the start']);
  await read({ verb: 'get', kind: 'Node', name: 'worker-3' });
  expect(reach.lines()[0]).toContain('failed at 2026-11-21T03:00:00.000Z: gave up waiting');
});
