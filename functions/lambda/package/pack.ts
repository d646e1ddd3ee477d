import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle, type Contents } from '../../../infra/aws/package/bundle.ts';
import { grantResources } from '../../../infra/aws/package/grants.ts';
import { zipOf } from '../../../infra/aws/package/zip.ts';
import type { Config } from '../../config/schema.ts';
import { type FunctionName, functionNames } from '../needs.ts';
import { grantsOf, leftOutOf, rare, stackFacts } from './plan.ts';

export interface PackOptions {
  /** Of the repository. */
  readonly root: string;
  /** As `checkForLambda` has let through. */
  readonly config: Config;
  /** Where the zips go, and what serverless.yml reads. */
  readonly directory: string;
  /** Default: all of them. */
  readonly names?: readonly FunctionName[];
}

/** One packed function. */
export interface Packed {
  readonly name: FunctionName;
  readonly file: string;
  readonly zipBytes: number;
  readonly contents: Contents;
}

/**
 * Bundles and zips every function: `index.mjs`, what it may import, their maps, and the configuration. The same sources
 * give the same zips.
 */
export async function pack({
  root,
  config,
  directory,
  names = functionNames,
}: PackOptions): Promise<readonly Packed[]> {
  await mkdir(directory, { recursive: true });
  const settings = jsonBytes(config);
  const packed: Packed[] = [];
  // One after the other: esbuild takes all processors by itself.
  for (const name of names) {
    const entry = `functions/lambda/${name}.ts`;
    const made = await bundle({ root, entry, leaveOut: leftOutOf(name, config), rare });
    const zip = zipOf({ ...made.files, 'nightshift.json': settings });
    const file = join(directory, `${name}.zip`);
    await writeFile(file, zip);
    await writeFile(join(directory, `${name}.contents.json`), jsonBytes(made.contents));
    packed.push({ name, file, zipBytes: zip.byteLength, contents: made.contents });
  }
  await writeStackFiles({ config, directory });
  return packed;
}

/** What serverless.yml takes from the configuration: permissions, and numbers. */
export async function writeStackFiles({ config, directory }: Pick<PackOptions, 'config' | 'directory'>): Promise<void> {
  const grants = Object.fromEntries(functionNames.map((name) => [name, grantsOf(name, config)]));
  await writeFile(join(directory, 'grants.json'), jsonBytes(grantResources(grants)));
  await writeFile(join(directory, 'facts.json'), jsonBytes(stackFacts(config)));
}

function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}
