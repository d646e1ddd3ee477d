const NANO = 1_000_000_000n;
const K = 1024n;
const multipliers: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 1_000n,
  m: 1_000_000n,
  '': NANO,
  k: NANO * 10n ** 3n,
  M: NANO * 10n ** 6n,
  G: NANO * 10n ** 9n,
  T: NANO * 10n ** 12n,
  P: NANO * 10n ** 15n,
  E: NANO * 10n ** 18n,
  Ki: NANO * K,
  Mi: NANO * K ** 2n,
  Gi: NANO * K ** 3n,
  Ti: NANO * K ** 4n,
  Pi: NANO * K ** 5n,
  Ei: NANO * K ** 6n,
};
const SHAPE = /^([+-]?)(\d{1,30})?(?:\.(\d{0,30}))?(?:[eE]([+-]?\d{1,2})|([KMGTPE]i|[numkMGTPE])?)$/;

/**
 * A Kubernetes quantity ("100m", "1.5Gi", "2e3") in billionths, finer parts rounded up as the API server does;
 * `undefined` for what is none. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function quantity(text: string): bigint | undefined {
  const [matched, sign, whole = '', fraction = '', exponent, suffix = ''] = SHAPE.exec(text) ?? [];
  const multiplier = multipliers[suffix];
  if (matched === undefined || whole + fraction === '' || multiplier === undefined) return undefined;
  const tens = Number(exponent ?? 0);
  const numerator = BigInt(whole + fraction) * multiplier * 10n ** BigInt(Math.max(0, tens));
  const denominator = 10n ** BigInt(fraction.length + Math.max(0, -tens));
  const size = (numerator + denominator - 1n) / denominator;
  return sign === '-' ? -size : size;
}

/** Whether both say the same amount: "1000m" and "1", "1Gi" and "1024Mi". */
export function sameQuantity(a: string, b: string): boolean {
  const size = quantity(a);
  return a === b || (size !== undefined && size === quantity(b));
}
