import type { AnyRunbook } from '../engine/runbook.ts';
import { didYouMean } from '../infra/local/nearest.ts';
import { ConfigError } from './config/load.ts';
import type { Config } from './config/schema.ts';

/** The catalogue without what the configuration switches off. Throws `ConfigError` for a name that no runbook has. */
export function enabledIn({ runbooks: { disabled } }: Pick<Config, 'runbooks'>, catalog: readonly AnyRunbook[]) {
  const names = catalog.map(({ id }) => id);
  const stranger = disabled.findIndex((name) => !names.includes(name));
  const name = disabled[stranger];
  if (name !== undefined) {
    throw new ConfigError(
      `runbooks.disabled.${stranger}: there is no runbook ${name}${didYouMean(name, names)}; \`nightshift runbooks\` lists them`,
    );
  }
  return catalog.filter(({ id }) => !disabled.includes(id));
}
