import { join } from 'node:path';
import { catalog } from '../../../runbooks/catalog.ts';
import { argumentsOf } from '../../cli/arguments.ts';
import { ExitCode, endAs, print } from '../../cli/outcome.ts';
import { settingsOf } from '../../compose.ts';
import { ConfigError } from '../../config/error.ts';
import { checkPolicy } from '../../rules.ts';
import { checkForLambda } from './check.ts';
import { type Packed, pack } from './pack.ts';
import { checkParams } from './params.ts';
import { checkTimes } from './times.ts';

const root = join(import.meta.dirname, '../../..');

const usage = `npm run package -- [--config nightshift.yaml] [--out .package]

Makes the zips that serverless.yml deploys, one for each of the six functions, from the code and the configuration, which is
checked first: what does not fit is named, and nothing is made. The same sources give the same zips.

  --config   the configuration (default: NIGHTSHIFT_CONFIG, or nightshift.yaml)
  --out      the folder of the zips; npm run deploy takes them from .package`;

/** `npm run package`: the zips that serverless.yml deploys, made from the code and `nightshift.yaml`. */
async function main(): Promise<ExitCode> {
  const { values } = argumentsOf('npm run package', {
    options: {
      config: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    print(usage);
    return ExitCode.ok;
  }
  const { file, config } = await settingsOf(values.config === undefined ? {} : { config: values.config });
  if (file === undefined) {
    throw new ConfigError(
      'there is no nightshift.yaml here: write one, or name it with NIGHTSHIFT_CONFIG=FILE (for npm run deploy too), or npm run package -- --config FILE',
    );
  }
  checkParams(root);
  checkTimes(root);
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
