/** Functions that look at one value at a time; the further arguments are scalars. */
export const perSample: Readonly<Record<string, (value: number, ...params: number[]) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  exp: Math.exp,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sqrt: Math.sqrt,
  sgn: Math.sign,
  clamp: (value, min = Number.NaN, max = Number.NaN) => Math.max(min, Math.min(max, value)),
  clamp_min: (value, min = Number.NaN) => Math.max(min, value),
  clamp_max: (value, max = Number.NaN) => Math.min(max, value),
  // By the inverse, as Prometheus does: 1 / 0.1 is exact where 0.1 is not.
  round: (value, nearest = 1) => Math.floor(value * (1 / nearest) + 0.5) / (1 / nearest),
};
