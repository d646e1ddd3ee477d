import type { Action, Json } from '../action.ts';
import { MASK } from '../redact.ts';

/**
 * The action as it may be written down. What a pod template may hold secrets in is masked, whatever it looks like:
 * environment, commands and their arguments, headers of probes, attributes of volumes, annotations.
 */
export function maskedAction(action: Action): Action {
  if (action.verb !== 'patch' && action.verb !== 'create') return action;
  const { spec, ...rest } = action.body;
  return spec === undefined ? action : { ...action, body: { ...rest, spec: maskedIn(spec) } };
}

function maskedIn(spec: Json): Json {
  return JSON.parse(JSON.stringify(spec), (key, value: Json) => {
    if (key === 'env' || key === 'httpHeaders') return withoutValues(value);
    if (key === 'command' || key === 'args') return Array.isArray(value) ? value.map(() => MASK) : value;
    if (key === 'flexVolume') return withoutOptions(value);
    return key === 'annotations' || key === 'volumeAttributes' ? maskedValues(value) : value;
  });
}

function withoutValues(named: Json): Json {
  if (!Array.isArray(named)) return named;
  return named.map((one) => (one?.value === undefined ? one : { ...one, value: MASK }));
}

function withoutOptions(volume: Json): Json {
  if (volume === null || typeof volume !== 'object' || !('options' in volume)) return volume;
  return { ...volume, options: maskedValues(volume.options ?? null) };
}

function maskedValues(strings: Json): Json {
  if (strings === null || typeof strings !== 'object' || Array.isArray(strings)) return strings;
  return Object.fromEntries(Object.keys(strings).map((name) => [name, MASK]));
}
