import type { Program } from '../test/harness/programs.ts';
import type { Lab } from './parts/lab.ts';

/** One line of the table. `ratio` is ours divided by the bar; whether more or less is better, `bar` says. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  readonly bar: string;
  readonly ratio?: number;
  readonly met: 'yes' | 'no' | 'told' | 'not measured';
  /** How it was measured, what it was compared with, how far the repetitions spread. */
  readonly note: string;
}

export interface Context {
  /** Progress, for the person who waits. */
  readonly say: (words: string) => void;
  /** The real control plane; started by the first who asks, shared by the rest. */
  readonly lab: () => Promise<Lab>;
  /** Arguments for the Node of the server under test, such as `--cpu-prof`. */
  readonly nodeArgs: readonly string[];
}

export interface Outcome {
  readonly rows: readonly Row[];
  /** Every single number, for `latest.json`. */
  readonly figures: Readonly<Record<string, unknown>>;
}

export interface Measurement {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly Program[];
  run(context: Context): Promise<Outcome>;
}

type Told = Pick<Row, 'what' | 'note'>;

export function atMost(value: number, limit: number, unit: string, told: Told): Row {
  const met = value <= limit ? 'yes' : 'no';
  return { ...told, ours: quantity(value, unit), bar: `≤ ${quantity(limit, unit)}`, ratio: value / limit, met };
}

export function atLeast(value: number, limit: number, unit: string, told: Told): Row {
  const met = value >= limit ? 'yes' : 'no';
  return { ...told, ours: quantity(value, unit), bar: `≥ ${quantity(limit, unit)}`, ratio: value / limit, met };
}

/** So many of so many: all of them is the only bar. */
export function all(count: number, of: number, told: Told): Row {
  return { ...told, ours: String(count), bar: `all ${of}`, ratio: count / of, met: count === of ? 'yes' : 'no' };
}

/** A figure without a bar. */
export function told(value: number, unit: string, words: Told): Row {
  return { ...words, ours: quantity(value, unit), bar: '', met: 'told' };
}

export function notMeasured(what: string, why: string): Row {
  return { what, ours: '', bar: '', met: 'not measured', note: why };
}

/** `0.034 s`, `34 ms`, `1,234/s`: three digits are all these measurements are good for. */
export function quantity(value: number, unit: string): string {
  const digits = value !== 0 && Math.abs(value) < 100 ? Number(value.toPrecision(3)) : Math.round(value);
  const spaced = unit === '' || unit.startsWith('/') || unit === '×' ? unit : ` ${unit}`;
  return `${digits.toLocaleString('en-US', { maximumFractionDigits: 4 })}${spaced}`;
}
