import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { catalog } from '../../../runbooks/catalog.ts';
import { ExitCode, endAs, print } from '../../cli/outcome.ts';
import { settingsOf } from '../../compose.ts';
import { ConfigError } from '../../config/error.ts';
import { checkPolicy } from '../../rules.ts';
import { checkForLambda } from './check.ts';
import { type Packed, pack } from './pack.ts';

const root = join(import.meta.dirname, '../../..');

/** `npm run package`: the zips that serverless.yml deploys, made from the code and `nightshift.yaml`. */
async function main(): Promise<ExitCode> {
  const { values } = parseArgs({ options: { config: { type: 'string' }, out: { type: 'string' } } });
  const { file, config } = await settingsOf(values.config === undefined ? {} : { config: values.config });
  if (file === undefined) {
    throw new ConfigError('there is no nightshift.yaml here: write one, or name it (npm run package -- --config FILE)');
  }
  checkForLambda(config, file);
  checkPolicy(config, catalog);
  print(tableOf(await pack({ root, config, directory: values.out ?? join(root, '.package') })));
  return ExitCode.ok;
}

function tableOf(packed: readonly Packed[]): string {
  const kB = (bytes: number) => `${Math.round(bytes / 1_000)} kB`.padStart(9);
  const lines = packed.map(({ name, zipBytes, contents: { bytes, packages } }) => {
    const heaviest = Object.keys(packages).slice(0, 4).join(', ');
    return `${name.padEnd(12)}${kB(zipBytes)}${kB(bytes)}  ${heaviest}`;
  });
  return [`${'function'.padEnd(12)}${'zip'.padStart(9)}${'code'.padStart(9)}  its heaviest packages`, ...lines].join(
    '\n',
  );
}

await endAs(main);
