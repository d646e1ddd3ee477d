import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { leftOutOf } from '../../../../functions/lambda/package/plan.ts';
import { bundle } from '../../../../infra/aws/package/bundle.ts';
import { tempDir } from '../../../harness/temp.ts';
import { refusalOf } from '../eks/authenticator.ts';
import { eksStage, fixerRole, place } from '../eks/stage.ts';
import { configuration } from './configuration.ts';
import type { wayInto } from './eks-entry.ts';

const root = join(import.meta.dirname, '../../../..');
const stage = eksStage();

/** As it is in the bundle of `remediate`. */
async function packaged(directory: string): Promise<typeof wayInto> {
  const entry = 'test/infra/aws/package/eks-entry.ts';
  const { files, contents } = await bundle({
    root,
    entry,
    leaveOut: leftOutOf('remediate', configuration()),
    rare: [],
  });
  expect(Object.keys(contents.packages).filter((name) => name.includes('credential-provider'))).toEqual([
    '@aws-sdk/credential-providers',
    '@aws-sdk/credential-provider-node',
    '@aws-sdk/credential-provider-env',
  ]);
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(directory, name), content)));
  const made = (await import(pathToFileURL(join(directory, 'index.mjs')).href)) as { wayInto: typeof wayInto };
  return made.wayInto;
}

describe('a packaged function finds its way into EKS', { timeout: 60_000 }, () => {
  it.each([
    ['with the keys in its environment', undefined, ['eu-west-1/eks GET /clusters/prod-eu by AKIAIOSFODNN7EXAMPLE']],
    [
      'with a role that it assumes',
      fixerRole,
      [
        `eu-west-1/sts POST ${fixerRole} by AKIAIOSFODNN7EXAMPLE`,
        'eu-west-1/eks GET /clusters/prod-eu by ASIAIOSFODNN7FIXER',
      ],
    ],
  ])('%s, and holds nothing that looks for keys elsewhere', async (_how, roleArn, asked) => {
    await using directory = await tempDir('eks');
    const way = await packaged(directory.path);

    const { server, token } = await way({ ...place, ...(roleArn === undefined ? {} : { roleArn }) });

    expect(server).toBe(stage.server());
    expect(stage.asked).toEqual(asked);
    const stsHost = 'sts.eu-west-1.amazonaws.com';
    const authenticator = { clusterName: place.clusterName, stsHost, keys: stage.keys };
    expect(refusalOf(token, authenticator, new Date())).toBeUndefined();
  });
});
