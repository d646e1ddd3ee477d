import { basename, join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { lazyBuiltins } from './builtins.ts';
import { leavingOut } from './left-out.ts';
import { noSettingsFiles } from './no-settings-files.ts';
import { onlyVersions } from './only-versions.ts';
import { rarely, rareName } from './rarely.ts';
import { onlyOfUndici } from './undici.ts';

export interface BundleOptions {
  /** Of the repository. */
  readonly root: string;
  /** The file that exports `handler`, from the root. */
  readonly entry: string;
  /** Packages, and files from the root, that the function never uses. */
  readonly leaveOut: readonly string[];
  /** Files from the root that are imported when they are needed, which is hardly ever. */
  readonly rare: readonly string[];
}

export interface Bundle {
  /** By name: `index.mjs`, the modules it may import, and the source map of each. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly contents: Contents;
}

/** What a module is made of. */
export interface ModuleContents {
  readonly bytes: number;
  /** By name, the heaviest first: how many bytes of the module they are. */
  readonly packages: Readonly<Record<string, number>>;
  /** Our own files, from the root. */
  readonly files: readonly string[];
}

/** Of `index.mjs`, and by name of what it may import. */
export interface Contents extends ModuleContents {
  readonly rare: Readonly<Record<string, ModuleContents>>;
}

/**
 * One ES module with everything that a function needs to answer, and beside it what it may import one day. The same for
 * the same sources, wherever they lie.
 */
export async function bundle({ root, entry, leaveOut, rare }: BundleOptions): Promise<Bundle> {
  const plugins = [leavingOut(leaveOut, root), lazyBuiltins, noSettingsFiles, onlyVersions];
  const ofIndex = [...plugins, rarely(rare, root), onlyOfUndici(root)];
  const { files, contents, imports } = await moduleOf('index', entry, root, ofIndex);
  const later: Record<string, ModuleContents> = {};
  for (const file of rare) {
    const name = rareName(file);
    if (!imports.includes(`./${name}.mjs`)) continue;
    const made = await moduleOf(name, file, root, plugins);
    Object.assign(files, made.files);
    later[`${name}.mjs`] = made.contents;
  }
  return { files, contents: { ...contents, rare: later } };
}

async function moduleOf(name: string, entry: string, root: string, plugins: Plugin[]) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(root, '.package', `${name}.mjs`),
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // Packages in their modern form, of which unused parts can be left out.
    mainFields: ['module', 'main'],
    conditions: ['module', 'import', 'node'],
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'error',
    plugins,
  });
  const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined);
  if (!output) throw new Error(`esbuild made no bundle of ${entry}`);
  return {
    files: Object.fromEntries(outputFiles.map(({ path, contents }) => [basename(path), contents])),
    contents: contentsOf(output),
    imports: output.imports.map(({ path }) => path),
  };
}

function contentsOf({ inputs, bytes }: Metafile['outputs'][string]): ModuleContents {
  const used = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const packages = new Map<string, number>();
  const files: string[] = [];
  for (const [path, { bytesInOutput }] of used) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
    if (name !== undefined) packages.set(name, (packages.get(name) ?? 0) + bytesInOutput);
    else if (!/^(builtin|builtin-whole|left-out|undici-parts):/.test(path)) files.push(path);
  }
  const heaviestFirst = [...packages].sort(([a, x], [b, y]) => y - x || a.localeCompare(b));
  return { bytes, packages: Object.fromEntries(heaviestFirst), files: files.sort() };
}
