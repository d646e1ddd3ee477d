import { describe, expect, it } from 'vitest';
import type { ReadRequest } from '../../../engine/readers.ts';
import { requestKey } from '../../../engine/request.ts';
import { failureOf } from '../../contract/source.ts';
import { mockedServer } from './mocked.ts';

const { answers, read } = mockedServer();
const logs: ReadRequest = {
  verb: 'logs',
  namespace: 'shop',
  name: 'web-1',
  container: 'web',
  previous: true,
  lines: 20,
};
const path = '/api/v1/namespaces/shop/pods/web-1/log?container=web&previous=true&tailLines=20&limitBytes=65536';
const status = (code: number, reason: string, message: string, details = {}) => ({
  ...{ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details },
});

describe('the log of a container', () => {
  it('is asked for by its last lines, of the run before if that is wanted, and never whole', async () => {
    answers(path, 200, 'boom\n', { 'content-type': 'text/plain' });
    expect(await read(logs)).toMatchObject({ body: 'boom\n', bytes: 5, asked: path });

    answers('/api/v1/namespaces/shop/pods/web-1/log?tailLines=5&limitBytes=65536', 200, '');
    expect(await read({ verb: 'logs', namespace: 'shop', name: 'web-1', lines: 5 })).toMatchObject({ body: '' });

    answers('/api/v1/namespaces/shop/pods/web-1/log?sinceSeconds=600&tailLines=5&limitBytes=65536', 200, 'late\n');
    const lately: ReadRequest = { verb: 'logs', namespace: 'shop', name: 'web-1', sinceSeconds: 600, lines: 5 };
    expect(await read(lately)).toMatchObject({ body: 'late\n' });
    expect(requestKey(lately)).toBe('logs shop/web-1 --since 600s --tail 5');
  });

  it('has room for its last lines, for it is the end that the limit of bytes cuts off', async () => {
    answers('/api/v1/namespaces/shop/pods/web-1/log?tailLines=500&limitBytes=512000', 200, 'many\n');
    expect(await read({ verb: 'logs', namespace: 'shop', name: 'web-1', lines: 500 })).toMatchObject({
      body: 'many\n',
    });
  });

  it('has one name however it was asked for', () => {
    expect(requestKey(logs)).toBe('logs shop/web-1 --container web --previous --tail 20');
  });

  it('is not found where there was no earlier run, or no such pod', async () => {
    const words = 'previous terminated container "web" in pod "web-1" not found';
    answers(path, 400, status(400, 'BadRequest', words));
    expect((await failureOf(read(logs), 'not-found')).message).toBe(words);

    answers(path, 404, status(404, 'NotFound', 'pods "web-1" not found', { name: 'web-1', kind: 'pods' }));
    expect((await failureOf(read(logs), 'not-found')).message).toBe('pods "web-1" not found');
  });

  it('that we may not read names the exact rule', async () => {
    const words =
      'pods "web-1" is forbidden: User "u" cannot get resource "pods/log" in API group "" in the namespace "shop"';
    answers(path, 403, status(403, 'Forbidden', words));
    const failure = await failureOf(read(logs), 'forbidden');
    expect(failure.message).toContain('may not get pods/log in namespace shop');
    expect(failure.remedy).toContain('resources: ["pods/log"]');
  });

  it('says what stands between when the kubelet does not answer', async () => {
    const words = 'Get "https://10.0.0.3:10250/containerLogs/shop/web-1/web": dial tcp: i/o timeout';
    answers(path, 500, status(500, '', words));
    expect((await failureOf(read(logs), 'server-error')).message).toContain('i/o timeout');
  });
});
