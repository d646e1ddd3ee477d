import type { Json, JsonObject } from '../../../../../engine/action.ts';
import { quantity } from '../../../../../engine/changes/quantity.ts';
import { at, isList, isObject } from './json.ts';

/** One thing the API server has against an object, as `details.causes` of a 422 says it. */
export interface Wrong {
  readonly reason: 'Invalid' | 'Required' | 'NotSupported' | 'Duplicate' | 'Forbidden';
  readonly field: string;
  readonly message: string;
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const NAME_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const NAME_WORDS =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

function invalid(field: string, value: Json | undefined, words: string): Wrong {
  return { reason: 'Invalid', field, message: `Invalid value: ${JSON.stringify(value)}: ${words}` };
}

function unsupported(field: string, value: Json | undefined, supported: readonly string[]): Wrong {
  const list = supported.map((each) => JSON.stringify(each)).join(', ');
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`;
  return { reason: 'NotSupported', field, message };
}

const required = (field: string, words = ''): Wrong => ({
  reason: 'Required',
  field,
  message: `Required value${words === '' ? '' : `: ${words}`}`,
});

function isQualifiedName(name: string): boolean {
  const [prefix, part = prefix, ...more] = name.includes('/') ? name.split('/') : [undefined, name];
  const domain =
    prefix === undefined || /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(prefix);
  return more.length === 0 && domain && part !== undefined && part.length <= 63 && NAME_PART.test(part);
}

/** What is wrong with an object, as far as the fields that are changed here go. */
export function problemsOf(kind: string, object: JsonObject): readonly Wrong[] {
  const annotations = at(object, 'metadata.annotations');
  const keys = isObject(annotations) ? Object.keys(annotations) : [];
  const named = keys.filter((key) => !isQualifiedName(key.toLowerCase()));
  return [
    ...named.map((key) => invalid('metadata.annotations', key, NAME_WORDS)),
    ...(kind === 'Node' ? taintProblems(at(object, 'spec.taints')) : []),
    ...replicaProblems(at(object, 'spec.replicas')),
    ...(at(object, 'spec.template') === undefined ? [] : templateProblems(object)),
    ...(kind === 'FlowSchema' ? flowProblems(object) : []),
    ...(kind === 'PriorityLevelConfiguration' ? levelProblems(object) : []),
  ];
}

function taintProblems(taints: Json | undefined): Wrong[] {
  const seen = new Set<string>();
  return (isList(taints) ? taints : []).flatMap((taint, index) => {
    const [key, effect] = [at(taint, 'key'), at(taint, 'effect')];
    const name = `${key}:${effect}`;
    const again = seen.has(name);
    seen.add(name);
    // The API server says metadata, though taints stand in spec.
    const field = `metadata.taints[${index}]`;
    if (typeof key !== 'string' || !isQualifiedName(key)) return [invalid(`${field}.key`, key, NAME_WORDS)];
    if (effect === undefined) return [required(`${field}.effect`)];
    if (!EFFECTS.includes(String(effect))) return [unsupported(`${field}.effect`, effect, EFFECTS)];
    if (!again) return [];
    const message = `Duplicate value: ${JSON.stringify(taint)}: taints must be unique by key and effect pair`;
    return [{ reason: 'Duplicate', field, message }];
  });
}

function replicaProblems(replicas: Json | undefined): Wrong[] {
  if (typeof replicas !== 'number' || replicas >= 0) return [];
  return [invalid('spec.replicas', replicas, 'must be greater than or equal to 0')];
}

function templateProblems(object: JsonObject): Wrong[] {
  const containers = at(object, 'spec.template.spec.containers');
  const labels = at(object, 'spec.template.metadata.labels');
  const selector = at(object, 'spec.selector.matchLabels');
  const wanted = Object.entries(isObject(selector) ? selector : {});
  const matches = wanted.every(([key, value]) => isObject(labels) && labels[key] === value);
  const words = '`selector` does not match template `labels`';
  const field = 'spec.template.metadata.labels';
  const path = 'spec.template.spec.containers';
  return [
    ...(matches ? [] : [{ ...invalid(field, labels, words), message: `Invalid value: ${goMap(labels)}: ${words}` }]),
    ...(isList(containers) && containers.length > 0
      ? containers.flatMap((container, index) => containerProblems(container, `${path}[${index}]`))
      : [required(path)]),
  ];
}

/** As Go prints a map of texts. */
function goMap(map: Json | undefined): string {
  const entries = Object.entries(isObject(map) ? map : {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `map[string]string{${entries.map((entry) => entry.map((text) => JSON.stringify(text)).join(':')).join(', ')}}`;
}

function containerProblems(container: Json, field: string): Wrong[] {
  const missing = ['name', 'image'].filter((name) => at(container, name) === undefined);
  const [requests, limits] = [at(container, 'resources.requests'), at(container, 'resources.limits')];
  const over = Object.entries(isObject(requests) ? requests : {}).filter(([resource, amount]) => {
    const limit = isObject(limits) ? limits[resource] : undefined;
    return limit !== undefined && (quantity(String(amount)) ?? 0n) > (quantity(String(limit)) ?? 0n);
  });
  return [
    ...missing.map((name) => required(`${field}.${name}`)),
    ...over.map(([resource, amount]) =>
      invalid(`${field}.resources.requests`, amount, `must be less than or equal to ${resource} limit`),
    ),
  ];
}

function flowProblems(object: JsonObject): Wrong[] {
  const precedence = at(object, 'spec.matchingPrecedence');
  const level = at(object, 'spec.priorityLevelConfiguration.name');
  return [
    ...(typeof precedence === 'number' && precedence > 10_000
      ? [invalid('spec.matchingPrecedence', precedence, 'must not be greater than 10000')]
      : []),
    ...(level === undefined || level === ''
      ? [required('spec.priorityLevelConfiguration.name', 'must reference a priority level')]
      : []),
  ];
}

function levelProblems(object: JsonObject): Wrong[] {
  const limited = at(object, 'spec.limited');
  if (at(object, 'spec.type') !== 'Limited') return [];
  if (limited === undefined) return [required('spec.limited', 'must not be empty when type is Limited')];
  const shares = at(limited, 'nominalConcurrencyShares');
  const response = at(limited, 'limitResponse.type');
  const [queues, hand] = [at(limited, 'limitResponse.queuing.queues'), at(limited, 'limitResponse.queuing.handSize')];
  const queuing = 'spec.limited.limitResponse.queuing';
  return [
    ...(typeof shares === 'number' && shares < 0
      ? [invalid('spec.limited.nominalConcurrencyShares', shares, 'must be a non-negative integer')]
      : []),
    ...(response === 'Queue' || response === 'Reject'
      ? []
      : [unsupported('spec.limited.limitResponse.type', response ?? '', ['Queue', 'Reject'])]),
    ...(typeof queues === 'number' && typeof hand === 'number' && hand > queues
      ? [invalid(`${queuing}.handSize`, hand, `should not be greater than queues (${queues})`)]
      : []),
  ];
}
