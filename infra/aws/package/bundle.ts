import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { lazyBuiltins } from './builtins.ts';
import { leavingOut } from './left-out.ts';

export interface BundleOptions {
  /** Of the repository. */
  readonly root: string;
  /** The file that exports `handler`, from the root. */
  readonly entry: string;
  /** Packages, and files from the root, that the function never uses. */
  readonly leaveOut: readonly string[];
}

export interface Bundle {
  /** One ES module, and its source map. */
  readonly code: Uint8Array;
  readonly map: Uint8Array;
  readonly contents: Contents;
}

/** What a bundle is made of. */
export interface Contents {
  readonly bytes: number;
  /** By name, the heaviest first: how many bytes of the bundle they are. */
  readonly packages: Readonly<Record<string, number>>;
  /** Our own files, from the root. */
  readonly files: readonly string[];
}

/** One ES module with everything that is reached from an entry, the same for the same sources wherever they lie. */
export async function bundle({ root, entry, leaveOut }: BundleOptions): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(root, '.package', 'index.mjs'),
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
    plugins: [leavingOut(leaveOut, root), lazyBuiltins],
  });
  const code = outputFiles.find(({ path }) => path.endsWith('.mjs'));
  const map = outputFiles.find(({ path }) => path.endsWith('.map'));
  if (!code || !map) throw new Error(`esbuild made no bundle of ${entry}`);
  return { code: code.contents, map: map.contents, contents: contentsOf(metafile) };
}

function contentsOf({ outputs }: Metafile): Contents {
  const output = Object.values(outputs).find(({ entryPoint }) => entryPoint !== undefined);
  if (!output) throw new Error('esbuild told nothing of its output');
  const used = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const packages = new Map<string, number>();
  const files: string[] = [];
  for (const [path, { bytesInOutput }] of used) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
    if (name !== undefined) packages.set(name, (packages.get(name) ?? 0) + bytesInOutput);
    else if (!/^(builtin|left-out):/.test(path)) files.push(path);
  }
  const heaviestFirst = [...packages].sort(([a, x], [b, y]) => y - x || a.localeCompare(b));
  return { bytes: output.bytes, packages: Object.fromEntries(heaviestFirst), files: files.sort() };
}
