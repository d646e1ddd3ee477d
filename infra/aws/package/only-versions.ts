import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Clients of AWS and Slack, and our own, bring a whole package.json for two words in a header. */
export const onlyVersions: Plugin = {
  name: 'only-versions',
  setup(build) {
    build.onLoad({ filter: /[\\/]package\.json$/ }, async ({ path }) => {
      const { name, version } = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
      return { contents: JSON.stringify({ name, version }), loader: 'json' };
    });
  },
};
