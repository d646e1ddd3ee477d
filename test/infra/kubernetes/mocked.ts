import nock from 'nock';
import { afterAll, beforeAll } from 'vitest';
import type { Writer } from '../../../engine/action.ts';
import type { Answer, ReadRequest } from '../../../engine/readers.ts';
import { clusterFrom, type KubernetesCluster } from '../../../infra/kubernetes/client.ts';
import { type TempDir, tempDir } from '../../harness/temp.ts';
import { withoutNetwork } from '../without-network.ts';
import { writeKubeconfig } from './loopback.ts';
import { recording } from './recorded.ts';

export const getNode: ReadRequest = { verb: 'get', kind: 'Node', name: 'nosuch', fresh: true };

type Method = 'PATCH' | 'POST' | 'DELETE';

export interface Given {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Mocked {
  /** The next answer to a path; a test fails when one is left over, and when a path is asked for that has none. */
  answers(path: string, status: number, body: unknown, headers?: Readonly<Record<string, string>>): void;
  /** The same from a recording of a real API server. */
  recorded(path: string, name: string, headers?: Readonly<Record<string, string>>): void;
  read(request: ReadRequest, deadlineMs?: number): Promise<Answer>;
  /** The next answer to a write, from a recording or as given, and the request that got it. */
  takes(method: Method, path: string, answer: string | Given): { readonly sent: () => Sent };
  readonly writer: () => Writer;
  /** Another client of the same server, that remembers nothing. */
  another(): Promise<KubernetesCluster>;
  readonly folder: () => string;
}

/** For one test file: `prod.example:6443` without a network, and a client with a static token. */
export function mockedServer(): Mocked {
  const server = 'https://prod.example:6443';
  let folder: TempDir;
  let kubeconfig: string;
  let cluster: KubernetesCluster;

  withoutNetwork();
  beforeAll(async () => {
    folder = await tempDir('mocked');
    kubeconfig = await writeKubeconfig(folder.path, { server }, { token: 'secret' });
    cluster = await clusterFrom({ kubeconfig, version: '1.2.3' });
  });
  afterAll(async () => {
    await cluster.close();
    await folder[Symbol.asyncDispose]();
  });

  const mocked: Mocked = {
    answers: (path, status, body, headers = {}) => {
      nock(server)
        .get(path)
        .reply(status, body as nock.Body, { ...headers });
    },
    recorded: (path, name, headers = {}) => {
      const { status, body, headers: its } = recording(name);
      mocked.answers(path, status, body, { ...its, ...headers });
    },
    read: (request, deadlineMs = 5_000) => cluster.source.read(request, { deadlineMs, maxBytes: 1_000_000 }),
    takes: (method, path, answer) => {
      let sent: Sent | undefined;
      const { status, body, headers = {} } = typeof answer === 'string' ? recording(answer) : answer;
      nock(server)
        .intercept(path, method)
        .reply(async (request: Request) => {
          sent = { headers: Object.fromEntries(request.headers), body: await request.json() };
          return [status, body as nock.Body, { ...headers }];
        });
      return {
        sent: () => {
          if (!sent) throw new Error(`no ${method} ${path} was sent`);
          return sent;
        },
      };
    },
    writer: () => cluster.writer,
    another: () => clusterFrom({ kubeconfig, version: '1.2.3' }),
    folder: () => folder.path,
  };
  return mocked;
}
