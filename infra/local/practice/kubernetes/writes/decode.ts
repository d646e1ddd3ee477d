import type { Json, JsonObject } from '../../../../../engine/action.ts';
import { isList, isObject } from './json.ts';
import { canonicalQuantity, QUANTITY_WORDS } from './quantity.ts';
import type { Shape } from './shapes.ts';

/** A value of the wrong type: the API server could not make its object of it. */
export class WrongType extends Error {
  override readonly name = 'WrongType';
}

/**
 * The value as the API server would have read it: fields it does not know are dropped without a word, empty ones left
 * out, amounts written its own way. Throws `WrongType`.
 */
export function decoded(value: Json, shape: Shape, path = ''): Json {
  if (shape === 'any') return value;
  if (typeof shape === 'string') return scalar(value, shape, path);
  if ('list' in shape) {
    if (!isList(value)) throw new WrongType(`${path}: expected a list, got ${JSON.stringify(value)}`);
    return value.map((item, index) => decoded(item, shape.list, `${path}[${index}]`));
  }
  if (!isObject(value)) throw new WrongType(`${path}: expected an object, got ${JSON.stringify(value)}`);
  const entries = Object.entries(value).flatMap(([key, inner]): [string, Json][] => {
    const known = 'map' in shape ? shape.map : shape.fields[key];
    if (known === undefined || inner === null) return [];
    const read = decoded(inner, known, path === '' ? key : `${path}.${key}`);
    return isLeftOut(read, known) ? [] : [[key, read]];
  });
  return Object.fromEntries(entries);
}

/** `omitempty` of Go's types: false, empty maps and lists. A number of zero may be meant. */
function isLeftOut(value: Json, shape: Shape): boolean {
  if (shape === 'bool') return value === false;
  if (typeof shape === 'string') return false;
  if (isList(value)) return value.length === 0;
  return 'map' in shape && isObject(value) && Object.keys(value).length === 0;
}

function scalar(value: Json, shape: 'bool' | 'int' | 'string' | 'quantity', path: string): Json {
  if (shape === 'quantity') {
    const amount = typeof value === 'number' ? String(value) : value;
    const canonical = typeof amount === 'string' ? canonicalQuantity(amount) : undefined;
    if (canonical === undefined) throw new WrongType(QUANTITY_WORDS);
    return canonical;
  }
  const right =
    shape === 'bool'
      ? typeof value === 'boolean'
      : shape === 'int'
        ? typeof value === 'number' && Number.isInteger(value)
        : typeof value === 'string';
  if (!right) throw new WrongType(`${path}: expected ${shape}, got ${JSON.stringify(value)}`);
  return value;
}

/** What the API server fills in where a container says nothing. */
export function withDefaults(template: JsonObject): JsonObject {
  const spec = isObject(template.spec) ? template.spec : {};
  const metadata = isObject(template.metadata) ? template.metadata : {};
  const containers = isList(spec.containers) ? spec.containers : [];
  return {
    ...template,
    metadata: { creationTimestamp: null, ...metadata },
    spec: {
      ...spec,
      containers: containers.map((container) => (isObject(container) ? complete(container) : container)),
    },
  };
}

function complete(container: JsonObject): JsonObject {
  const ports = isList(container.ports) ? container.ports : [];
  const named = ports.map((port) => (isObject(port) ? { ...port, protocol: port.protocol ?? 'TCP' } : port));
  return {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
    resources: {},
    ...container,
    ...(named.length > 0 ? { ports: named } : {}),
  };
}
