import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type FunctionName, functionNames } from '../../../../functions/lambda/needs.ts';
import { writeStackFiles } from '../../../../functions/lambda/package/pack.ts';
import { zipOf } from '../../../../infra/aws/package/zip.ts';
import { tempDir } from '../../../harness/temp.ts';
import { configuration } from './configuration.ts';

const root = join(import.meta.dirname, '../../../..');
const run = promisify(execFile);

/** As far as the tests look into them; the rest they compare as a whole. */
export interface Properties {
  readonly [name: string]: unknown;
  readonly Policies?: readonly { readonly PolicyDocument: Document }[];
  readonly PolicyDocument?: Document;
  readonly AssumeRolePolicyDocument?: Document;
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

interface Document {
  readonly Statement: readonly Statement[];
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: {
    readonly 'ForAllValues:StringEquals'?: { readonly 'dynamodb:LeadingKeys'?: readonly string[] };
  };
}

/** Every statement about a function's role: of the role itself, and of what is attached to it. */
export function statementsOf({ Resources }: Template, name: FunctionName): readonly Statement[] {
  const role = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}Role`;
  const attached = Object.values(Resources).filter(
    ({ Type, Properties }) => Type === 'AWS::IAM::Policy' && Properties.Roles?.some(({ Ref }) => Ref === role),
  );
  const documents = [
    ...(Resources[role]?.Properties.Policies ?? []).map(({ PolicyDocument }) => PolicyDocument),
    ...attached.flatMap(({ Properties }) => Properties.PolicyDocument ?? []),
  ];
  return documents.flatMap(({ Statement }) => Statement);
}

/** A statement in words: `action on resource`, for each of both. */
export function inWords({ Effect, Action, Resource, Condition }: Statement): readonly string[] {
  const keys = Condition?.['ForAllValues:StringEquals']?.['dynamodb:LeadingKeys'];
  const other = Condition && !keys ? ` if ${JSON.stringify(Condition)}` : '';
  const suffix = `${keys ? ` of ${keys.join(', ')}` : ''}${other}`;
  const not = Effect === 'Allow' ? '' : `${Effect} `;
  return [Action]
    .flat()
    .flatMap((action) => [Resource].flat().map((resource) => `${not}${action} on ${nameOf(resource)}${suffix}`));
}

/** A resource as people call it. What it does not know it shows as it is. */
function nameOf(resource: unknown): string {
  const text = typeof resource === 'string' ? resource : textOf(resource as Record<string, unknown>);
  return text
    .replace(/^arn:aws:secretsmanager:[^:]+:\d+:secret:nightshift\/(.+)-\w{6}$/, '$1')
    .replace(/^arn:aws:iam::\d+:role\//, '')
    .replace(/^arn:\$\{AWS::Partition\}:eks:([^:]+):\$\{AWS::AccountId\}:cluster\//, '$1 ');
}

function textOf(resource: Record<string, unknown>): string {
  const attribute = resource['Fn::GetAtt'];
  if (Array.isArray(attribute) && attribute[1] === 'Arn') return String(attribute[0]);
  const substitution = resource['Fn::Sub'];
  if (typeof substitution === 'string') return substitution.replace(/\$\{(\w+)\.Arn\}/g, '$1');
  return JSON.stringify(resource);
}
