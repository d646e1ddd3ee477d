import { createRequire, isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

const require = createRequire(import.meta.url);

/**
 * Takes Node's own modules from `process.getBuiltinModule` instead of importing them. An `import` of a built-in reads all
 * its exports, and those of `node:http` load the whole of `fetch` (undici) when they are read: half of the time that an
 * AWS client takes to start. https://github.com/nodejs/node/blob/v24.x/lib/http.js
 *
 * Of what is imported by name only those names are read, once. What is required, or imported later, gets the module
 * itself; so does who imports `node:process`, whose names depend on who started it: bundles are to be the same everywhere.
 */
export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: /^[a-z]/ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return undefined;
      const name = path.replace(/^node:/, '');
      const byItsNames = kind === 'import-statement' && name !== 'process';
      return { path: name, namespace: byItsNames ? 'builtin' : 'builtin-whole', sideEffects: false };
    });
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({ contents: byName(path), loader: 'js' }));
    build.onLoad({ filter: /.*/, namespace: 'builtin-whole' }, ({ path }) => ({
      contents: `module.exports = ${taken(path)};`,
      loader: 'js',
    }));
  },
};

function taken(path: string): string {
  return `process.getBuiltinModule(${JSON.stringify(`node:${path}`)})`;
}

/** What is not used is left out by esbuild: reading a name is said to do nothing else. */
function byName(path: string): string {
  const names = Object.keys(require(`node:${path}`)).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name));
  return [
    `const whole = /* @__PURE__ */ ${taken(path)};`,
    'const read = (name) => whole[name];',
    'export default whole;',
    ...names.map((name) => `const $${name} = /* @__PURE__ */ read('${name}'); export { $${name} as ${name} };`),
  ].join('\n');
}
