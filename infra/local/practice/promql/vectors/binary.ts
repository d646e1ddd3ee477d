import { executionError } from '../errors.ts';
import { type Binary, isArithmetic } from '../language/syntax.ts';
import type { Sample } from '../value.ts';
import { keyOf, type Labels, labelOf, withLabel, withoutName, written } from './labels.ts';
import { operate } from './operators.ts';

export function scalarsJoined({ operator }: Binary, left: number, right: number): number {
  const { value, keep } = operate(operator, left, right);
  return isArithmetic(operator) ? value : Number(keep);
}

/** A vector and a scalar. A comparison keeps the vector's value, on whichever side the scalar stands. */
export function withScalar(expr: Binary, samples: readonly Sample[], scalar: number, scalarLeft: boolean): Sample[] {
  return samples.flatMap(({ labels, value }) => {
    const result = scalarLeft ? operate(expr.operator, scalar, value) : operate(expr.operator, value, scalar);
    if (!result.keep && !expr.bool) return [];
    const kept = isArithmetic(expr.operator) ? result.value : value;
    return [{ labels: renamed(expr, labels), value: expr.bool ? Number(result.keep) : kept }];
  });
}

/** `and`, `or`, `unless`. */
export function setsJoined(
  { operator, matching }: Binary,
  left: readonly Sample[],
  right: readonly Sample[],
): Sample[] {
  const signature = (sample: Sample) => keyOf(matching.signature(sample.labels));
  const other = new Set((operator === 'or' ? left : right).map(signature));
  if (operator === 'or') return [...left, ...right.filter((sample) => !other.has(signature(sample)))];
  return left.filter((sample) => other.has(signature(sample)) === (operator === 'and'));
}

/** Two vectors, matched one to one, or many to one where `group_left` or `group_right` says so. */
export function vectorsJoined(expr: Binary, left: readonly Sample[], right: readonly Sample[]): Sample[] {
  const { matching } = expr;
  // Prometheus looks for ambiguities only where there is something to match.
  if (left.length === 0 || right.length === 0) return [];
  const [many, one] = matching.many === 'right' ? [right, left] : [left, right];
  const partners = bySignature(expr, one);
  const taken = new Set<string>();
  return many.flatMap((sample) => {
    const signature = keyOf(matching.signature(sample.labels));
    const partner = partners.get(signature);
    if (partner === undefined) return [];
    const [a, b] = matching.many === 'right' ? [partner, sample] : [sample, partner];
    const { value, keep } = operate(expr.operator, a.value, b.value);
    if (!keep && !expr.bool) return [];
    const labels = resultLabels(expr, sample.labels, partner.labels);
    const place = matching.many === undefined ? signature : signature + keyOf(labels);
    if (taken.has(place)) throw executionError(`multiple matches for labels: ${ambiguity(expr)}`);
    taken.add(place);
    return [{ labels, value: expr.bool ? Number(keep) : value }];
  });
}

function ambiguity({ matching }: Binary): string {
  return matching.many === undefined
    ? 'many-to-one matching must be explicit (group_left/group_right)'
    : 'grouping labels must ensure unique matches';
}

function bySignature({ matching }: Binary, samples: readonly Sample[]): Map<string, Sample> {
  const found = new Map<string, Sample>();
  for (const sample of samples) {
    const group = matching.signature(sample.labels);
    const other = found.get(keyOf(group));
    if (other) {
      const side = matching.many === 'right' ? 'left' : 'right';
      throw executionError(
        `found duplicate series for the match group ${written(group)} on the ${side} hand-side of the operation: ` +
          `[${written(sample.labels)}, ${written(other.labels)}];` +
          'many-to-many matching not allowed: matching labels must be unique on one side',
      );
    }
    found.set(keyOf(group), sample);
  }
  return found;
}

function resultLabels(expr: Binary, many: Labels, one: Labels): Labels {
  const { matching } = expr;
  const own = renamed(expr, many);
  if (matching.many === undefined) return matching.joined(own);
  return matching.include.reduce((labels, name) => withLabel(labels, name, labelOf(one, name)), own);
}

/** Arithmetic, and comparisons with `bool`, make a new thing that no longer has the metric's name. */
function renamed({ operator, bool }: Binary, labels: Labels): Labels {
  return bool || isArithmetic(operator) ? withoutName(labels) : labels;
}
