import { basename, extname, join } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Leaves files out that are imported only when they are needed: each is a module of its own, which lies beside the one
 * that imports it. V8 reads everything in a module before it runs any of it.
 *
 * A rare module shares nothing with the one that imports it, not even a class: they speak in plain values.
 */
export function rarely(files: readonly string[], root: string): Plugin {
  const names = new Map(files.map((file) => [join(root, file), rareName(file)]));
  return {
    name: 'rarely',
    setup(build) {
      build.onResolve({ filter: /./ }, ({ path, resolveDir, kind }) => {
        if (kind !== 'dynamic-import') return undefined;
        const name = names.get(path.startsWith('.') ? join(resolveDir, path) : join(root, 'node_modules', path));
        return name === undefined ? undefined : { path: `./${name}.mjs`, external: true };
      });
    },
  };
}

/** `infra/aws/blobs/bucket.ts` → `bucket` */
export function rareName(file: string): string {
  return basename(file, extname(file));
}
