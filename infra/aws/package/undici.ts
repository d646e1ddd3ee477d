import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/** Where undici keeps what is used of it. */
const parts = {
  Agent: 'dispatcher/agent.js',
  ProxyAgent: 'dispatcher/proxy-agent.js',
  DecoratorHandler: 'handler/decorator-handler.js',
};

/**
 * Takes out of undici what is imported by name. Its index loads the whole of it: `fetch`, web sockets, caches, mocks, of
 * which a pooled connection to a cluster needs nothing. A name that is not known here ends the build.
 */
export function onlyOfUndici(root: string): Plugin {
  return {
    name: 'only-of-undici',
    setup(build) {
      build.onResolve({ filter: /^undici$/ }, ({ path, kind }) =>
        kind === 'import-statement' ? { path, namespace: 'undici-parts' } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'undici-parts' }, () => ({
        contents: [
          // As its index does: what makes `request` a method of every dispatcher.
          "import Dispatcher from './lib/dispatcher/dispatcher.js';",
          "import api from './lib/api/index.js';",
          'Object.assign(Dispatcher.prototype, api);',
          ...Object.entries(parts).map(([name, file]) => `export { default as ${name} } from './lib/${file}';`),
        ].join('\n'),
        resolveDir: join(root, 'node_modules/undici'),
      }));
    },
  };
}
