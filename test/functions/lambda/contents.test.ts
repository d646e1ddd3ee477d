import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** What a bundle of these files would hold: packages by name, and our own files. */
async function contentsOf(...files: readonly string[]) {
  const contents = files.map((file) => `export * from ${JSON.stringify(`./${file}`)};`).join('\n');
  const { metafile } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  });
  const inputs = Object.keys(metafile.inputs);
  const packages = inputs.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  return { packages: [...new Set(packages)].sort(), ours: inputs.filter((path) => !path.includes('node_modules')) };
}

describe('what an entry brings along', () => {
  it('alerts: zod, and nothing that reaches a cluster or Slack', async () => {
    const { packages, ours } = await contentsOf('functions/lambda/alerts-entry.ts');

    expect(packages).toEqual(['zod']);
    expect(ours.filter((path) => /^(runbooks|infra\/(kubernetes|slack|local))/.test(path))).toEqual([]);
  });

  it('slack: Bolt, and nothing that reaches a cluster, no runbook, no store', async () => {
    const { packages, ours } = await contentsOf('functions/lambda/slack-entry.ts', 'infra/slack/app-lambda.ts');

    expect(packages).toContain('@slack/bolt');
    expect(packages.filter((name) => /client-node|aws-sdk|prom-client|pino/.test(name))).toEqual([]);
    expect(
      ours.filter((path) => /^(runbooks|infra\/(kubernetes|local|aws)|functions\/(compose|commands))/.test(path)),
    ).toEqual([]);
  });

  it('the embedded place without EKS: not a line of the AWS SDK until a cluster is opened with it', async () => {
    const { outputs } = (
      await build({
        entryPoints: [join(root, 'functions/compose.ts')],
        bundle: true,
        splitting: true,
        outdir: 'unused',
        write: false,
        metafile: true,
        platform: 'node',
        format: 'esm',
        logLevel: 'silent',
      })
    ).metafile;
    const entry = Object.values(outputs).find(({ entryPoint }) => entryPoint?.endsWith('functions/compose.ts'));
    const eager = new Set<string>();
    const follow = (path: string) => {
      if (eager.has(path)) return;
      eager.add(path);
      for (const { path: next, kind } of outputs[path]?.imports ?? []) if (kind === 'import-statement') follow(next);
    };
    for (const { path, kind } of entry?.imports ?? []) if (kind === 'import-statement') follow(path);
    const inputs = [...eager].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));

    expect(inputs.length).toBeGreaterThan(100);
    expect(inputs.filter((path) => /@aws-sdk|@smithy|infra\/aws/.test(path))).toEqual([]);
    expect(Object.values(outputs).some(({ inputs: all }) => 'infra/aws/eks/cluster.ts' in all)).toBe(true);
  });
});
