import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import type { ReadLimits, ReadRequest } from '../../../engine/readers.ts';
import { type ClusterOptions, clusterFrom, type KubernetesCluster } from '../../../infra/kubernetes/client.ts';
import { type TempDir, tempDir } from '../../harness/temp.ts';
import { type Loopback, loopbackTls, tlsFile, writeKubeconfig } from './loopback.ts';

export const node: ReadRequest = { verb: 'get', kind: 'Node', name: 'worker-3' };
export const limits: ReadLimits = { deadlineMs: 10_000, maxBytes: 1_000_000 };
export const trusted = { 'certificate-authority': tlsFile('ca.crt') };

export interface Guarded {
  /** Headers of the requests so far. */
  readonly seen: IncomingMessage['headers'][];
  /** Tells whether a request is let in; the rest get 401. Default: all are. */
  accepts: (request: IncomingMessage) => boolean;
  /** https://127.0.0.1:PORT */
  url(): string;
  /** A path in the folder of this test; the kubeconfig lies there. */
  path(name: string): string;
  /** A cluster whose kubeconfig has this user, closed after the test. */
  clusterAs(user: Record<string, unknown>, extra?: Record<string, unknown>): Promise<KubernetesCluster>;
  cluster(options: Omit<ClusterOptions, 'version'>): Promise<KubernetesCluster>;
}

/** For each test of the file: an API server that lets in whom the test says, and a folder for credentials. */
export function guardedServer(): Guarded {
  let folder: TempDir;
  let server: Loopback;
  let opened: KubernetesCluster | undefined;
  const guarded: Guarded = {
    seen: [],
    accepts: () => true,
    url: () => server.url,
    path: (name) => join(folder.path, name),
    cluster: async (options) => {
      opened = await clusterFrom({ ...options, version: '1.2.3' });
      return opened;
    },
    clusterAs: async (user, extra = {}) =>
      guarded.cluster({
        kubeconfig: await writeKubeconfig(folder.path, { server: server.url, ...trusted, ...extra }, user),
      }),
  };
  beforeEach(async () => {
    guarded.seen.length = 0;
    guarded.accepts = () => true;
    folder = await tempDir('credentials');
    server = await loopbackTls((request, response) => {
      guarded.seen.push(request.headers);
      if (guarded.accepts(request)) response.end('{"kind":"Node"}');
      else response.writeHead(401).end('{"kind":"Status","message":"Unauthorized","reason":"Unauthorized","code":401}');
    });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await opened?.close();
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });
  return guarded;
}

export function bearer(token: string): Guarded['accepts'] {
  return (request) => request.headers.authorization === `Bearer ${token}`;
}
