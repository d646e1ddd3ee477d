import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../../engine/ports.ts';
import { clusterFrom, type KubernetesCluster } from '../../../../infra/kubernetes/client.ts';
import type { PracticeCluster } from '../../../../infra/local/practice/practice.ts';
import { tempDir } from '../../../harness/temp.ts';

export interface Clients extends AsyncDisposable {
  readonly reader: KubernetesCluster;
  readonly fixer: KubernetesCluster;
}

/** The real client, once for each of the two service accounts. */
export async function clientsOf(practice: PracticeCluster, clock?: Clock): Promise<Clients> {
  await using folder = await tempDir('practice');
  const open = async (name: string, kubeconfig: string) => {
    const file = join(folder.path, name);
    await writeFile(file, kubeconfig);
    return clusterFrom({ kubeconfig: file, version: 'test', ...(clock ? { clock } : {}) });
  };
  const reader = await open('reader', practice.kubeconfig);
  const fixer = await open('fixer', practice.fixerKubeconfig);
  return {
    reader,
    fixer,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([reader.close(), fixer.close()]);
    },
  };
}
