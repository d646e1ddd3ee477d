import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PracticeOptions, startPracticeCluster } from '../../infra/local/practice/practice.ts';
import { workFor } from './own-process.ts';
import type { PracticeQuestion, PracticeReady } from './practice.ts';

workFor(async (options: PracticeOptions) => {
  const practice = await startPracticeCluster(options);
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-bench-practice-'));
  const kubeconfig = join(folder, 'practice.kubeconfig');
  await writeFile(kubeconfig, practice.kubeconfig, { mode: 0o600 });
  const fixerKubeconfig = join(folder, 'fixer.kubeconfig');
  await writeFile(fixerKubeconfig, practice.fixerKubeconfig, { mode: 0o600 });
  const ready: PracticeReady = { kubeconfig, fixerKubeconfig, prometheusUrl: practice.prometheusUrl };
  return {
    ready,
    answer: (question) => {
      const asked = question as PracticeQuestion;
      if ('world' in asked) return practice.setWorld(asked.world);
      if ('alertFor' in asked) return practice.alertFor(asked.alertFor);
      const { kubernetesCalls, prometheusQueries, bytes } = practice.stats();
      return { kubernetesCalls, prometheusQueries, bytes };
    },
    close: async () => {
      await practice.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
