import { type ParseArgsConfig, parseArgs } from 'node:util';
import { messageOf } from '../../engine/errors.ts';
import { UsageError } from './outcome.ts';

/** Of an npm script. Throws `UsageError`, which names the script's help, for words that it does not know. */
export function argumentsOf<Config extends ParseArgsConfig>(script: string, config: Config) {
  try {
    return parseArgs(config);
  } catch (failure) {
    throw new UsageError(`${messageOf(failure)}; ${script} -- --help says what there is`);
  }
}
