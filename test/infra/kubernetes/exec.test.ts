import { chmod, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { redact } from '../../../engine/redact.ts';
import { failureOf } from '../../contract/source.ts';
import { until } from '../../harness/until.ts';
import { bearer, guardedServer, limits, node } from './guarded.ts';
import { clientName, tlsFile } from './loopback.ts';

const api = guardedServer();

async function script(name: string, ...lines: readonly string[]): Promise<string> {
  await writeFile(api.path(name), ['#!/bin/sh', ...lines, ''].join('\n'));
  await chmod(api.path(name), 0o755);
  return api.path(name);
}
const credential = (status: Record<string, string>) =>
  JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status });

describe('a credential plug-in', () => {
  const counted = (...rest: readonly string[]) => script('login.sh', `echo run >> ${api.path('runs')}`, ...rest);
  const runs = async () => (await readFile(api.path('runs'), 'utf8')).split('\n').length - 1;

  it('is run once for reads that start together, and its token kept until it expires', async () => {
    const command = await counted(
      `echo '${credential({ token: 'abc', expirationTimestamp: '2999-01-01T00:00:00Z' })}'`,
    );
    const { source } = await api.clusterAs({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command } });
    await Promise.all(Array.from({ length: 10 }, () => source.read(node, limits)));
    await source.read(node, limits);
    expect(new Set(api.seen.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer abc']));
    expect(await runs()).toBe(1);
  });

  it('is run again for an expired token', async () => {
    const command = await counted(
      `echo '${credential({ token: 'abc', expirationTimestamp: '2001-01-01T00:00:00Z' })}'`,
    );
    const { source } = await api.clusterAs({ exec: { command } });
    await source.read(node, limits);
    await source.read(node, limits);
    expect(await runs()).toBe(2);
  });

  it('is run again at once when its token is refused, once for all reads that were', async () => {
    const command = await counted(`printf '${credential({ token: '%s' })}' "$(cat ${api.path('token')})"`);
    await writeFile(api.path('token'), 'first');
    const { source } = await api.clusterAs({ exec: { command } });
    await source.read(node, limits);
    await writeFile(api.path('token'), 'second');
    api.accepts = bearer('second');
    await Promise.all(Array.from({ length: 5 }, () => source.read(node, limits)));
    expect(await runs()).toBe(2);
  });

  it('gets its arguments, its environment, and what Kubernetes tells plug-ins', async () => {
    const command = await counted(
      `printf '%s|%s|%s' "$1" "$REGION" "$KUBERNETES_EXEC_INFO" > ${api.path('told')}`,
      `echo '${credential({ token: 'abc' })}'`,
    );
    const { source } = await api.clusterAs({
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1beta1',
        command,
        args: ['get-token'],
        env: [{ name: 'REGION', value: 'eu-west-1' }],
        provideClusterInfo: true,
      },
    });
    await source.read(node, limits);
    const [argument, region, info = ''] = (await readFile(api.path('told'), 'utf8')).split('|');
    expect([argument, region]).toEqual(['get-token', 'eu-west-1']);
    expect(JSON.parse(info)).toMatchObject({
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      kind: 'ExecCredential',
      spec: { interactive: false, cluster: { server: api.url() } },
    });
  });

  it('may give a client certificate, and a new one later', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const names: (string | undefined)[] = [];
    api.accepts = ({ socket }) => {
      names.push(clientName(socket));
      return names.at(-1) !== undefined;
    };
    const pem = async (name: string) => ({
      clientCertificateData: await readFile(tlsFile(`${name}.crt`), 'utf8'),
      clientKeyData: await readFile(tlsFile(`${name}.key`), 'utf8'),
    });
    await writeFile(api.path('credential'), credential(await pem('expired')));
    const { source } = await api.clusterAs({ exec: { command: await counted(`cat ${api.path('credential')}`) } });
    await failureOf(source.read(node, limits), 'unauthorized');
    vi.advanceTimersByTime(11_000);
    await writeFile(api.path('credential'), credential(await pem('client')));
    await source.read(node, limits);
    expect(names.at(-1)).toBe('nightshift');
  });

  it('that fails is quoted, with the line to run by hand', async () => {
    const command = await script('aws', 'echo "The SSO session has expired" >&2', 'exit 255');
    const { source } = await api.clusterAs({ exec: { command, args: ['eks', 'get-token'] } });
    const failure = await failureOf(source.read(node, limits), 'unauthorized');
    expect(failure.message).toBe(
      'the credential plug-in "aws" gave no credential and said: The SSO session has expired',
    );
    expect(failure.remedy).toContain(`${command} eks get-token`);
  });

  it.each<[string, readonly string[]]>([
    ['fails with a word', ['echo "AccessDenied: not you" >&2', 'exit 255']],
    ['fails in silence', ['exit 1']],
    ['prints something else', ['echo hello']],
  ])('that %s is told in words of which none is taken for a secret', async (_how, lines) => {
    const { source } = await api.clusterAs({ exec: { command: await script('login.sh', ...lines) } });
    const { message } = await failureOf(source.read(node, limits), 'unauthorized');
    expect(redact(message)).toBe(message);
  });

  it('that may not be run is told from one that is not there', async () => {
    await writeFile(api.path('aws'), '');
    const { source } = await api.clusterAs({ exec: { command: './aws' } });
    const failure = await failureOf(source.read(node, limits), 'unauthorized');
    expect(failure.message).toBe(`the credential plug-in "aws" cannot be started: ${api.path('aws')} [EACCES]`);
  });

  it('that is not there comes with its hint how to install it', async () => {
    const { source } = await api.clusterAs({ exec: { command: 'no-such-plug-in', installHint: 'apt install it' } });
    const failure = await failureOf(source.read(node, limits), 'unauthorized');
    expect(failure.message).toBe(
      'the credential plug-in "no-such-plug-in" is not installed: no-such-plug-in was not found',
    );
    expect(failure.remedy).toContain('apt install it');
  });

  it.each(['not json', '{}', ''])('that prints something else is said to have given nothing: %j', async (text) => {
    const { source } = await api.clusterAs({ exec: { command: await script('login.sh', `printf '${text}'`) } });
    const failure = await failureOf(source.read(node, limits), 'unauthorized');
    expect(failure.message).toBe('the credential plug-in "login.sh" gave no credential, but printed something else');
  });

  it('that hangs does not hold up a read beyond its deadline', async () => {
    const command = await script('login.sh', `echo $$ > ${api.path('pid')}`, 'exec sleep 60');
    const { source } = await api.clusterAs({ exec: { command } });
    const failure = await failureOf(source.read(node, { ...limits, deadlineMs: 300 }), 'timed-out');
    expect(failure.message).toBe('gave up waiting for the token from the credential plug-in "login.sh" after 300 ms');
    const pid = await until(
      'the pid of the plug-in',
      async () => Number(await readFile(api.path('pid'), 'utf8')) || undefined,
    );
    process.kill(pid, 'SIGKILL');
  });

  it('that hangs is stopped when the connections are closed, and what it started is not waited for', async () => {
    const command = await script('login.sh', `echo $$ > ${api.path('pid')}`, 'sleep 20');
    const { source, close } = await api.clusterAs({ exec: { command } });
    const failing = failureOf(source.read(node, limits), 'unauthorized');
    const pid = await until(
      'the pid of the plug-in',
      async () => Number(await readFile(api.path('pid'), 'utf8').catch(() => '')) || undefined,
    );
    await close();
    expect((await failing).message).toBe('the credential plug-in "login.sh" gave no credential and said nothing');
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
