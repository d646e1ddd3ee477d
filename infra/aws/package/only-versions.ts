import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Clients of AWS and Slack bring their whole package.json for two words in a header. */
export const onlyVersions: Plugin = {
  name: 'only-versions',
  setup(build) {
    build.onLoad({ filter: /@(aws-sdk|slack)[\\/][^\\/]+[\\/]package\.json$/ }, async ({ path }) => {
      const { name, version } = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
      return { contents: JSON.stringify({ name, version }), loader: 'json' };
    });
  },
};
