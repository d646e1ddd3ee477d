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

it('nor does a log that a kubelet does not serve, but one that the API server itself refuses does', async () => {
  const failures = [
    new ReadFailure('server-error', 'answered 500: dial tcp 10.20.0.15:10250: connection refused'),
    new ReadFailure('timed-out', 'gave up waiting'),
    new ReadFailure('unauthorized', 'does not accept the token'),
  ];
  const kubernetes: Source = { read: () => Promise.reject(failures.shift()) };
  const reach = watchReach('prod-eu', { kubernetes }, { now: () => new Date('2026-11-21T03:00:00Z') });
  const log = { verb: 'logs', namespace: 'kube-system', name: 'kube-proxy-x', lines: 0 } as const;
  const read = () => expect(reach.sources.kubernetes.read(log, { deadlineMs: 1, maxBytes: 1 })).rejects.toThrow();

  await read();
  await read();
  expect(reach.lines()).toEqual(['cluster prod-eu, Kubernetes: not asked since the start']);
  await read();
  expect(reach.lines()[0]).toContain('failed at 2026-11-21T03:00:00.000Z: does not accept the token');
});
