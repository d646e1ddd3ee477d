import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../harness/ports.ts';

/** A kubeconfig of an API server that is down: its port refuses connections. */
export async function writeKubeconfigOfNobody(folder: string): Promise<string> {
  const path = join(folder, 'nobody.kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'down', cluster: { server: `http://127.0.0.1:${await freePort()}` } }],
    users: [{ name: 'user', user: { token: 'not-a-token' } }],
    contexts: [{ name: 'down', context: { cluster: 'down', user: 'user' } }],
    'current-context': 'down',
  };
  await writeFile(path, JSON.stringify(config));
  return path;
}
