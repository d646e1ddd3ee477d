import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Puts something in the place of modules that a function never uses: it can be imported, and throws when it is called.
 * `names` are packages, or our own files from the root of the repository.
 */
export function leavingOut(names: readonly string[], root: string): Plugin {
  const packages = new Set(names.filter((name) => !name.endsWith('.ts')));
  const files = new Map(names.filter((name) => name.endsWith('.ts')).map((name) => [join(root, name), name]));
  const inPlaceOf = (name: string) => ({ path: name, namespace: 'left-out', sideEffects: false });
  return {
    name: 'leaving-out',
    setup(build) {
      build.onResolve({ filter: /^[@a-z]/ }, ({ path }) => (packages.has(path) ? inPlaceOf(path) : undefined));
      build.onResolve({ filter: /^\..*\.ts$/ }, ({ path, resolveDir }) => {
        const name = files.get(join(resolveDir, path));
        return name === undefined ? undefined : inPlaceOf(name);
      });
      build.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({ contents: standIn(path), loader: 'js' }));
    },
  };
}

/** Whatever is read of it can be read on, extended, compared; only calling it is an error. */
function standIn(name: string): string {
  const words = JSON.stringify(`${name} is not part of this function: see what infra/aws/package leaves out`);
  return `
    const fail = () => { throw new Error(${words}); };
    const part = new Proxy(function () {}, {
      get: (target, key) => typeof key === 'symbol' || key === 'then' || key === '__esModule' ? undefined
        : key === 'prototype' ? target.prototype : part,
      apply: fail,
      construct: fail,
    });
    module.exports = part;`;
}
