import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { functionNames } from '../../../../functions/lambda/needs.ts';
import { writeStackFiles } from '../../../../functions/lambda/package/pack.ts';
import { zipOf } from '../../../../infra/aws/package/zip.ts';
import { tempDir } from '../../../harness/temp.ts';
import { configuration } from './configuration.ts';

const root = join(import.meta.dirname, '../../../..');
const run = promisify(execFile);

export interface PolicyDocument {
  readonly Statement: readonly Statement[];
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** As far as the tests look into them; the rest they compare as a whole. */
export interface Properties {
  readonly [name: string]: unknown;
  readonly Policies?: readonly { readonly PolicyDocument: PolicyDocument }[];
  readonly PolicyDocument?: PolicyDocument;
  readonly AssumeRolePolicyDocument?: PolicyDocument;
  readonly Roles?: readonly { readonly Ref: string }[];
  readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> };
  readonly ScheduleExpression?: string;
  readonly Timeout?: number;
  readonly VisibilityTimeout?: number;
  readonly Targets?: readonly {
    readonly Arn: { readonly 'Fn::GetAtt': readonly string[] };
    readonly Input: string;
  }[];
  readonly Dimensions?: readonly { readonly Value: unknown }[];
}

export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties: Properties;
}

/** What would be deployed. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

/**
 * What `osls package` makes of serverless.yml, without network and without a variable of AWS. The zips are empty: what is
 * in them is no matter here.
 */
export async function packagedTemplate(): Promise<Template> {
  const directory = await mkdtemp(join(tmpdir(), 'stack-'));
  try {
    return await templateIn(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** What `osls` makes of serverless.yml in a clone that has packaged nothing: who follows a log there, or removes the stack. */
export async function unpackagedConfiguration(): Promise<string> {
  await using copy = await tempDir('unpackaged');
  await copyInto(copy.path);
  return await runOsls(copy.path, 'print');
}

async function copyInto(directory: string): Promise<void> {
  for (const path of ['serverless.yml', 'infra/aws/stack'])
    await cp(join(root, path), join(directory, path), { recursive: true });
}

async function templateIn(directory: string): Promise<Template> {
  await copyInto(directory);
  const made = join(directory, '.package');
  await mkdir(made);
  await writeStackFiles({ config: configuration(), directory: made });
  const empty = zipOf({ 'index.mjs': Buffer.of() });
  await Promise.all(functionNames.map((name) => writeFile(join(made, `${name}.zip`), empty)));
  await runOsls(directory, 'package', '--package', join(directory, 'out'));
  const file = join(directory, 'out', 'cloudformation-template-update-stack.json');
  return JSON.parse(await readFile(file, 'utf8')) as Template;
}

/** Without network, and without a variable of AWS. What it prints. */
async function runOsls(directory: string, ...words: readonly string[]): Promise<string> {
  const osls = join(root, 'node_modules/osls/bin/serverless.js');
  const { stdout } = await run('unshare', ['--net', '--map-root-user', process.execPath, osls, ...words], {
    cwd: directory,
    env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: directory },
  });
  return stdout;
}
