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
  clamp: (value, min = Number.NaN, max = Number.NaN) => larger(min, smaller(max, value)),
  clamp_min: (value, min = Number.NaN) => larger(min, value),
  clamp_max: (value, max = Number.NaN) => smaller(max, value),
  // By the inverse, as Prometheus does: 1 / 0.1 is exact where 0.1 is not.
  round: (value, nearest = 1) => Math.floor(value * (1 / nearest) + 0.5) / (1 / nearest),
};

/** Go's `math.Min` and `math.Max`: NaN wins over all but the infinity that is looked for. */
function smaller(a: number, b: number): number {
  return a === Number.NEGATIVE_INFINITY || b === Number.NEGATIVE_INFINITY ? Number.NEGATIVE_INFINITY : Math.min(a, b);
}

function larger(a: number, b: number): number {
  return a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : Math.max(a, b);
}
