import { describe, expect, it } from 'vitest';
import type { ReadRequest } from '../../../engine/readers.ts';
import { requestKey } from '../../../engine/request.ts';
import { failureOf } from '../../contract/source.ts';
import { mockedServer } from './mocked.ts';

const { answers, read, another } = mockedServer();
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

  it('of none of its lines is not even a byte, and tells whether it is served', async () => {
    answers('/api/v1/namespaces/kube-system/pods/agent-1/log?container=agent&tailLines=0&limitBytes=1', 200, '');
    const none: ReadRequest = { verb: 'logs', namespace: 'kube-system', name: 'agent-1', container: 'agent', lines: 0 };
    expect(await read(none)).toMatchObject({ body: '', bytes: 0 });
    answers('/api/v1/namespaces/kube-system/pods/agent-1/log?container=agent&tailLines=0&limitBytes=1', 200, 'h');
    expect(await read(none), 'an old kubelet').toMatchObject({ body: '' });
    expect(requestKey(none)).toBe('logs kube-system/agent-1 --container agent --tail 0');
  });

  it.each([
    // Recorded with Kubernetes 1.20: the reason is empty where the kubelet could not be reached.
    [
      500,
      '',
      'Get "https://10.123.0.1:10250/containerLogs/kube-system/node-agent-zbl8p/agent?tailLines=2": dial tcp 10.123.0.1:10250: connect: connection refused',
    ],
    [
      500,
      'InternalError',
      'Internal error occurred: Authorization error (user=kube-apiserver-kubelet-client, verb=get, resource=nodes, subresource=proxy)',
    ],
    [
      403,
      'Forbidden',
      'Forbidden (user=kube-apiserver-kubelet-client, verb=get, resource=nodes, subresource=proxy) ( pods/log web-1)',
    ],
    [401, 'Unauthorized', 'the server has asked for the client to provide credentials ( pods/log web-1)'],
  ])('says to the last word what stands between when the kubelet gives none (%i %s)', async (code, reason, words) => {
    const { source, close } = await another(); // after a 401 a client looks for newer credentials, once
    answers(path, code, status(code, reason, words));
    const failure = await failureOf(source.read(logs, { deadlineMs: 5_000, maxBytes: 1e6 }), 'server-error');
    await close();
    expect(failure.message).toBe(`prod.example:6443 answered ${code}: ${words}`);
    expect(failure.remedy).toBeUndefined();
  });
});
