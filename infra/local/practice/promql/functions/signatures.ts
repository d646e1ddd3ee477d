import type { ExprType } from '../language/syntax.ts';
import { overTime } from './over-time.ts';
import { perSample } from './per-sample.ts';
import { rates } from './rates.ts';

export interface Signature {
  readonly takes: readonly ExprType[];
  /** How many of the last arguments may be left out. */
  readonly optional?: number;
  /** The last argument may come any number of times. */
  readonly repeats?: boolean;
  readonly returns: ExprType;
}

const vector = 'instant vector';
const range = 'range vector';

const own: Readonly<Record<string, Signature>> = {
  absent: { takes: [vector], returns: vector },
  absent_over_time: { takes: [range], returns: vector },
  clamp: { takes: [vector, 'scalar', 'scalar'], returns: vector },
  clamp_max: { takes: [vector, 'scalar'], returns: vector },
  clamp_min: { takes: [vector, 'scalar'], returns: vector },
  histogram_quantile: { takes: ['scalar', vector], returns: vector },
  label_join: { takes: [vector, 'string', 'string', 'string'], optional: 1, repeats: true, returns: vector },
  label_replace: { takes: [vector, 'string', 'string', 'string', 'string'], returns: vector },
  predict_linear: { takes: [range, 'scalar'], returns: vector },
  quantile_over_time: { takes: ['scalar', range], returns: vector },
  round: { takes: [vector, 'scalar'], optional: 1, returns: vector },
  scalar: { takes: [vector], returns: 'scalar' },
  sort: { takes: [vector], returns: vector },
  sort_desc: { takes: [vector], returns: vector },
  time: { takes: [], returns: 'scalar' },
  timestamp: { takes: [vector], returns: vector },
  vector: { takes: ['scalar'], returns: vector },
};

/** The signature of every function this evaluator knows. */
export function signatureOf(name: string): Signature | undefined {
  if (Object.hasOwn(own, name)) return own[name];
  if (Object.hasOwn(rates, name) || Object.hasOwn(overTime, name)) return { takes: [range], returns: vector };
  return Object.hasOwn(perSample, name) ? { takes: [vector], returns: vector } : undefined;
}
