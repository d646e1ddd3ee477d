/** Amounts of Kubernetes as people write them for DNS: `170Mi`, `1Gi`, `100m`, `1`, `0.5`. */
const AMOUNT = /^(\d+(?:\.\d+)?)(m|k|Ki|M|Mi|G|Gi)?$/;
const UNITS: Readonly<Record<string, number>> = {
  ...{ m: 0.001, k: 1e3, M: 1e6, G: 1e9 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 },
};

/** In bytes or cores; `undefined`: it is written otherwise. */
export function amountOf(text: string): number | undefined {
  const [, number, unit] = AMOUNT.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (unit === undefined ? 1 : (UNITS[unit] ?? Number.NaN));
}

/** Twice as much in the same unit. */
export function doubled(text: string): string | undefined {
  const [, number, unit = ''] = AMOUNT.exec(text) ?? [];
  return number === undefined ? undefined : `${Number(number) * 2}${unit}`;
}
