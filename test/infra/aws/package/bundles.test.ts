import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FunctionName, functionNames } from '../../../../functions/lambda/needs.ts';
import { leftOutOf, rare as rarelyImported } from '../../../../functions/lambda/package/plan.ts';
import { bundle, type Contents } from '../../../../infra/aws/package/bundle.ts';
import { configuration, text } from './configuration.ts';

const root = join(import.meta.dirname, '../../../..');
let directory: string;
let printed: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'package-'));
  const file = join(directory, 'nightshift.yaml');
  writeFileSync(file, text);
  const script = join(root, 'functions/lambda/package/main.ts');
  printed = execFileSync(process.execPath, [script, '--config', file, '--out', directory], { encoding: 'utf8' });
}, 240_000);
afterAll(() => rmSync(directory, { recursive: true }));

const contentsOf = (name: FunctionName) =>
  JSON.parse(readFileSync(join(directory, `${name}.contents.json`), 'utf8')) as Contents;
const filesOf = (name: FunctionName) => unzipSync(readFileSync(join(directory, `${name}.zip`)));

/** Packages that weigh something, or that a function must not have. What they need themselves comes with them. */
const watched = [
  '@aws-lambda-powertools/batch',
  '@aws-lambda-powertools/logger',
  '@aws-lambda-powertools/metrics',
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/client-eks',
  '@aws-sdk/client-s3',
  '@aws-sdk/client-secrets-manager',
  '@aws-sdk/client-sqs',
  '@aws-sdk/credential-provider-node',
  '@aws-sdk/credential-providers',
  '@kubernetes/client-node',
  '@slack/bolt',
  '@slack/oauth',
  '@slack/socket-mode',
  '@slack/web-api',
  'commander',
  'express',
  'fastest-levenshtein',
  'pino',
  'prom-client',
  'raw-body',
  'undici',
  'yaml',
  'zod',
];
const every = [
  '@aws-lambda-powertools/logger',
  '@aws-lambda-powertools/metrics',
  '@aws-sdk/client-secrets-manager',
  '@aws-sdk/client-sqs',
  'zod',
];
const store = ['@aws-sdk/client-dynamodb'];
const reader = [
  '@aws-sdk/client-eks',
  '@aws-sdk/credential-provider-node',
  '@aws-sdk/credential-providers',
  '@kubernetes/client-node',
  'undici',
  'yaml',
];
const batch = '@aws-lambda-powertools/batch';
const expected: Readonly<Record<FunctionName, readonly string[]>> = {
  alerts: [...every, ...store],
  slack: [...every, '@slack/bolt', '@slack/web-api'],
  investigate: [...every, ...store, ...reader, batch, 'fastest-levenshtein'],
  announce: [...every, ...store, batch, '@slack/web-api'],
  remediate: [...every, ...store, ...reader, batch, '@slack/web-api'],
  tick: [...every, ...store],
};

/** What functions import when they need it, each a module of its own. */
const bucket = { 'bucket.mjs': ['infra/aws/blobs/bucket.ts', 'infra/aws/settings.ts'] };
const olderAuth = { 'azure_auth.mjs': [], 'gcp_auth.mjs': [], 'oidc_auth.mjs': [] };
const rare: Readonly<Record<FunctionName, Readonly<Record<string, readonly string[]>>>> = {
  alerts: bucket,
  slack: {},
  investigate: { ...bucket, ...olderAuth },
  announce: bucket,
  remediate: { ...bucket, ...olderAuth },
  tick: bucket,
};

/** Who holds code of ours that not everybody may have. */
const guarded: readonly (readonly [what: string, files: RegExp, holders: readonly FunctionName[]])[] = [
  ['what changes a cluster', /^infra\/kubernetes\/writer\.ts$/, ['remediate']],
  ['what carries out plans', /^engine\/acting\/(execute|steps|verify|planner)\.ts$/, ['remediate']],
  ['what makes and judges decisions', /^engine\/acting\/decide\.ts$/, ['remediate']],
  ['the ledger', /^engine\/acting\/ledger\.ts$/, ['remediate']],
  ['what reads a cluster', /^infra\/(kubernetes|prometheus)\//, ['investigate', 'remediate']],
  ['runbooks', /^runbooks\/(?!evidence)/, ['investigate', 'announce', 'remediate', 'tick']],
  ['what takes alerts', /^infra\/alertmanager\//, ['alerts']],
  ['what takes clicks', /^infra\/slack\/(bolt|listeners|clicks|signature)\.ts$/, ['slack']],
  ['what posts in the channel', /^infra\/slack\/chat\.ts$/, ['announce', 'remediate']],
  ['the embedded place', /^(functions\/(compose|serve|server|cli)\.ts|infra\/local\/(console|practice)\/)/, []],
];

describe('a packaged function', () => {
  it.each(functionNames)('%s is one ES module, what it imports when it needs it, and the configuration', (name) => {
    const files = filesOf(name);
    const modules = ['index.mjs', ...Object.keys(rare[name])];

    expect(Object.keys(files).sort()).toEqual(
      [...modules, ...modules.map((module) => `${module}.map`), 'nightshift.json'].sort(),
    );
    expect(JSON.parse(Buffer.from(files['nightshift.json'] ?? []).toString())).toEqual(configuration());
    expect(Buffer.from(files['index.mjs'] ?? []).toString()).toMatch(/\/\/# sourceMappingURL=index\.mjs\.map\s*$/);
    const { sources } = JSON.parse(Buffer.from(files['index.mjs.map'] ?? []).toString()) as { sources: string[] };
    expect(sources).toContain(`../functions/lambda/${name}.ts`);
  });

  it.each(functionNames)('%s holds the packages it uses, and no others', (name) => {
    const { packages } = contentsOf(name);

    expect(watched.filter((known) => known in packages)).toEqual([...expected[name]].sort());
  });

  it.each(functionNames)('%s is ASCII, so that V8 need not hold it with two bytes for each letter', (name) => {
    const modules = Object.entries(filesOf(name)).filter(([file]) => file.endsWith('.mjs'));

    expect(modules.filter(([, bytes]) => bytes.some((byte) => byte > 127)).map(([file]) => file)).toEqual([]);
  });

  it.each(functionNames)('%s holds of a manifest its version, and nothing else', (name) => {
    expect(Buffer.from(filesOf(name)['index.mjs'] ?? []).toString()).not.toContain('devDependencies');
  });

  it.each(functionNames)(
    '%s holds of zod what it uses: one word too many (z.core, z.locales) brings all of it',
    (name) => {
      expect(contentsOf(name).packages.zod).toBeLessThan(150_000);
    },
  );

  it.each(functionNames)(
    '%s shares no class with what it imports later: there is no code of ours on both sides',
    (name) => {
      const files = Object.entries(contentsOf(name).rare).map(([module, { files: ours }]) => [module, ours]);

      expect(Object.fromEntries(files)).toEqual(rare[name]);
    },
  );

  it("alerts imports S3's client when a document does not fit into the table, and not before", () => {
    const { packages, rare: later } = contentsOf('alerts');

    expect(packages).not.toHaveProperty('@aws-sdk/client-s3');
    expect(later['bucket.mjs']?.packages).toHaveProperty('@aws-sdk/client-s3');
  });

  it.each(guarded)('%s: only where it belongs', (_what, files, holders) => {
    const holding = functionNames.filter((name) => contentsOf(name).files.some((file) => files.test(file)));

    expect(holding).toEqual(functionNames.filter((name) => holders.includes(name)));
  });

  it('is told with its size', () => {
    for (const name of functionNames) expect(printed).toMatch(new RegExp(`^${name} +\\d+ kB +\\d+ kB  `, 'm'));
  });

  it('is the same when it is made again', async () => {
    const again = await bundle({
      root,
      entry: 'functions/lambda/alerts.ts',
      leaveOut: leftOutOf('alerts', configuration()),
      rare: rarelyImported,
    });
    const { 'nightshift.json': _settings, ...files } = filesOf('alerts');

    expect(Object.keys(again.files).sort()).toEqual(Object.keys(files).sort());
    for (const [name, content] of Object.entries(files)) {
      expect(Buffer.compare(again.files[name] ?? Buffer.of(), content), name).toBe(0);
    }
  });
});

describe('what a configuration does not use', () => {
  it('stays out: without an EKS cluster nothing of it is in the bundle', async () => {
    const { clusters, ...rest } = configuration();
    const withoutEks = { ...rest, clusters: clusters.filter(({ name }) => name === 'lab') };
    const { contents } = await bundle({
      root,
      entry: 'functions/lambda/investigate.ts',
      leaveOut: leftOutOf('investigate', withoutEks),
      rare: rarelyImported,
    });

    expect(
      Object.keys(contents.packages).filter((name) => /eks|credential-provider|nested-clients/.test(name)),
    ).toEqual([]);
    expect(contents.bytes).toBeLessThan(contentsOf('investigate').bytes - 200_000);
  });
});
