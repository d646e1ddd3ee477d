import { defineConfig } from 'vitest/config';

const ended = ['test/real/**', 'test/browser/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'code',
          include: ['test/**/*.test.ts'],
          exclude: ended,
          testTimeout: 20_000,
          typecheck: { enabled: true, include: ['test/**/*.types.ts'], checker: 'tsc', ignoreSourceErrors: true },
        },
      },
      {
        // Real programs and a browser: one file at a time, after everything else, on a machine of two cores.
        test: {
          name: 'real',
          include: ended.map((folder) => `${folder}/*.test.ts`),
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
