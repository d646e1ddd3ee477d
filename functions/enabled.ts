import type { AnyRunbook } from '../engine/runbook.ts';
import type { Config } from './config/schema.ts';

/** The catalogue without what the configuration switches off. */
export function enabledIn({ runbooks: { disabled } }: Pick<Config, 'runbooks'>, catalog: readonly AnyRunbook[]) {
  return catalog.filter(({ id }) => !disabled.includes(id));
}
