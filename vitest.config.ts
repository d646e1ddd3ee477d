import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 15_000,
    typecheck: { enabled: true, include: ['test/**/*.types.ts'], checker: 'tsc', ignoreSourceErrors: true },
  },
});
