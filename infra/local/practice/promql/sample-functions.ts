import { unnamed } from './labels.ts';
import type { Sample } from './values.ts';

type Reckon = (value: number, ...scalars: number[]) => number;

const degrees = 180 / Math.PI;

/** Functions of each value on its own, with the scalars that follow the vector. */
const elementwise: Readonly<Record<string, Reckon>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  exp: Math.exp,
  floor: Math.floor,
  ln: Math.log,
  log10: Math.log10,
  log2: Math.log2,
  sgn: Math.sign,
  sqrt: Math.sqrt,
  acos: Math.acos,
  acosh: Math.acosh,
  asin: Math.asin,
  asinh: Math.asinh,
  atan: Math.atan,
  atanh: Math.atanh,
  cos: Math.cos,
  cosh: Math.cosh,
  sin: Math.sin,
  sinh: Math.sinh,
  tan: Math.tan,
  tanh: Math.tanh,
  deg: (value) => value * degrees,
  rad: (value) => value / degrees,
  clamp: (value, least = 0, most = 0) => Math.max(least, Math.min(most, value)),
  clamp_max: (value, most = 0) => Math.min(most, value),
  clamp_min: (value, least = 0) => Math.max(least, value),
  // Halves go up; dividing by the inverse is how Prometheus keeps 0.1 exact.
  round: (value, nearest = 1) => Math.floor(value * (1 / nearest) + 0.5) / (1 / nearest),
  minute: (value) => dateOf(value).getUTCMinutes(),
  hour: (value) => dateOf(value).getUTCHours(),
  day_of_week: (value) => dateOf(value).getUTCDay(),
  day_of_month: (value) => dateOf(value).getUTCDate(),
  day_of_year: (value) => {
    const date = dateOf(value);
    return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 0)) / 86_400_000);
  },
  days_in_month: (value) => {
    const date = dateOf(value);
    return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  },
  month: (value) => dateOf(value).getUTCMonth() + 1,
  year: (value) => dateOf(value).getUTCFullYear(),
};

function dateOf(seconds: number): Date {
  return new Date(Math.trunc(seconds) * 1000);
}

/** `undefined`: not a function of this sort. */
export function sampleFunction(
  name: string,
  samples: readonly Sample[],
  scalars: readonly number[],
): readonly Sample[] | undefined {
  const reckon = elementwise[name];
  if (!reckon) return undefined;
  const [least = 0, most = 0] = scalars;
  if (name === 'clamp' && most < least) return [];
  return unnamed(samples.map((sample) => ({ ...sample, v: reckon(sample.v, ...scalars) })));
}
