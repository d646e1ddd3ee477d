import type { Binary, Matching } from './ast.ts';
import { executionError } from './errors.ts';
import { distinct, identity, keyBy, only, shown, unnamed, withLabel, without } from './labels.ts';
import { comparisons, setOperators } from './types.ts';
import type { Labels, Sample, Value } from './values.ts';

type Operate = (left: number, right: number) => number;

const arithmetic: Readonly<Record<string, Operate>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
  atan2: Math.atan2,
};

const compare: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
};

/** Any binary expression over two values already known. */
export function binary(expr: Binary, left: Value, right: Value): Value {
  if (left.type === 'scalar' && right.type === 'scalar') {
    return { type: 'scalar', value: operate(expr, left.value, right.value) ?? 0 };
  }
  if (left.type === 'vector' && right.type === 'vector') {
    const samples = setOperators.has(expr.op)
      ? setOperation(expr, left.samples, right.samples)
      : matched(expr, left.samples, right.samples);
    return { type: 'vector', samples };
  }
  if (left.type === 'vector' && right.type === 'scalar') {
    return { type: 'vector', samples: withScalar(expr, left.samples, (v) => operate(expr, v, right.value)) };
  }
  if (left.type === 'scalar' && right.type === 'vector') {
    return { type: 'vector', samples: withScalar(expr, right.samples, (v) => operate(expr, left.value, v, v)) };
  }
  throw executionError('binary expression must contain only scalar and instant vector types');
}

/** `undefined`: the comparison does not hold and the element is filtered out. A filter keeps the vector's own value. */
function operate({ op, bool }: Binary, left: number, right: number, kept = left): number | undefined {
  const holds = compare[op]?.(left, right);
  if (holds === undefined) return arithmetic[op]?.(left, right);
  if (bool) return holds ? 1 : 0;
  return holds ? kept : undefined;
}

function keepsName({ op, bool }: Binary): boolean {
  return comparisons.has(op) && !bool;
}

function withScalar(
  expr: Binary,
  samples: readonly Sample[],
  reckon: (value: number) => number | undefined,
): readonly Sample[] {
  const results = samples.flatMap((sample) => {
    const v = reckon(sample.v);
    return v === undefined ? [] : [{ ...sample, v }];
  });
  return keepsName(expr) ? results : unnamed(results);
}

function setOperation({ op, matching }: Binary, left: readonly Sample[], right: readonly Sample[]): readonly Sample[] {
  const key = keyOf(matching);
  if (op === 'or') {
    const present = new Set(left.map(({ labels }) => key(labels)));
    return distinct([...left, ...right.filter(({ labels }) => !present.has(key(labels)))]);
  }
  const present = new Set(right.map(({ labels }) => key(labels)));
  return left.filter(({ labels }) => present.has(key(labels)) === (op === 'and'));
}

function keyOf({ on, labels }: Matching): (labels: Labels) => string {
  if (on) return (all) => keyBy(all, labels);
  const dropped = [...labels, '__name__'];
  return (all) => identity(without(all, dropped));
}

/** One-to-one, or many-to-one with `group_left` (`group_right`: the sides change places). */
function matched(expr: Binary, left: readonly Sample[], right: readonly Sample[]): readonly Sample[] {
  const { matching } = expr;
  const swapped = matching.group === 'right';
  const [many, one] = swapped ? [right, left] : [left, right];
  const key = keyOf(matching);
  const partners = new Map<string, Sample>();
  for (const sample of one) {
    const at = key(sample.labels);
    const other = partners.get(at);
    if (other) throw manyToMany(matching, swapped ? 'left' : 'right', sample, other);
    partners.set(at, sample);
  }
  const results: Sample[] = [];
  const seen = new Set<string>();
  for (const sample of many) {
    const at = key(sample.labels);
    const partner = partners.get(at);
    if (!partner) continue;
    const v = swapped ? operate(expr, partner.v, sample.v) : operate(expr, sample.v, partner.v);
    if (v === undefined) continue;
    const labels = resultLabels(expr, sample.labels, partner.labels);
    const mark = matching.group ? identity(labels) : at;
    if (seen.has(mark)) throw ambiguous(matching);
    seen.add(mark);
    results.push({ labels, t: sample.t, v });
  }
  return results;
}

function resultLabels(expr: Binary, many: Labels, one: Labels): Labels {
  const { matching } = expr;
  const named = keepsName(expr) ? many : without(many, ['__name__']);
  if (!matching.group) return matching.on ? only(named, matching.labels) : without(named, matching.labels);
  return matching.include.reduce((labels, name) => withLabel(labels, name, one[name] ?? ''), named);
}

function manyToMany(matching: Matching, side: string, sample: Sample, other: Sample): Error {
  const group = matching.on
    ? only(sample.labels, matching.labels)
    : without(sample.labels, ['__name__', ...matching.labels]);
  return executionError(
    `found duplicate series for the match group ${shown(group)} on the ${side} hand-side of the operation: [${shown(sample.labels)}, ${shown(other.labels)}];many-to-many matching not allowed: matching labels must be unique on one side`,
  );
}

function ambiguous({ group }: Matching): Error {
  return executionError(
    group
      ? 'multiple matches for labels: grouping labels must ensure unique matches'
      : 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
  );
}
