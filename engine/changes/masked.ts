import type { Action, Json } from '../action.ts';

const MASK = '[redacted]';

/** The action as it may be written down: a pod template's environment values are masked, whatever they look like. */
export function maskedAction(action: Action): Action {
  if (action.verb !== 'patch' && action.verb !== 'create') return action;
  const body = JSON.parse(JSON.stringify(action.body), (key, value: Json) => (key === 'env' ? masked(value) : value));
  return { ...action, body };
}

function masked(variables: Json): Json {
  if (!Array.isArray(variables)) return variables;
  return variables.map((variable) => (variable?.value === undefined ? variable : { ...variable, value: MASK }));
}
