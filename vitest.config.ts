import { defineConfig } from 'vitest/config';

if (Number.parseInt(process.versions.node, 10) < 24)
  throw new Error(`This is Node ${process.versions.node}: npm test takes Node 24, which npm ci has installed.`);

const ended = ['test/real/**', 'test/browser/**'];

/** Real programs that mostly wait for one another: a lease that runs out, an alert that is due, a fix that is to show. */
const names = 'acting* alertmanager* etcd-blind* kubernetes node-* process prometheus rbac writer';
const shown = 'approve-to-apply first-start lambda-local';
const waiting = [
  ...names.split(' ').map((name) => `test/real/${name}.test.ts`),
  ...shown.split(' ').map((name) => `test/browser/${name}.test.ts`),
];

/** The longest of them. Of one group the project whose name comes first begins, and each file takes minutes. */
const crashes = ['test/real/crash-*.test.ts'];

/** What changes nothing that outlives a file: their files share a process and what it has loaded, which halves their time. */
const kept = ['engine', 'runbooks', 'contract', 'harness', 'infra/aws', 'infra/local', 'infra/slack'];
const shared = kept.map((folder) => `test/${folder}/**/*.test.ts`);

const patience = { testTimeout: 180_000, hookTimeout: 180_000 };

/** What runs side by side is as much as two cores bear, which CI has: of these three, because many wait for a clock. */
const brief = { testTimeout: 40_000, maxWorkers: 3 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'code',
          include: ['test/**/*.test.ts'],
          exclude: [...ended, ...shared],
          ...brief,
          typecheck: { enabled: true, include: ['test/**/*.types.ts'], checker: 'tsc', ignoreSourceErrors: true },
        },
      },
      { test: { name: 'shared', include: shared, ...brief, isolate: false } },
      { test: { name: 'crash', include: crashes, ...patience, maxWorkers: 2, sequence: { groupOrder: 1 } } },
      { test: { name: 'real', include: waiting, ...patience, maxWorkers: 2, sequence: { groupOrder: 1 } } },
      {
        // An etcd whose disk or processor is to be slow, a browser that somebody types in: one file at a time.
        test: {
          name: 'alone',
          include: ended.map((folder) => `${folder}/*.test.ts`),
          exclude: [...waiting, ...crashes],
          ...patience,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
