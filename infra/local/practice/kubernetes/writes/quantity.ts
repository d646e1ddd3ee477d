import { quantity } from '../../../../../engine/changes/quantity.ts';

export const QUANTITY_WORDS =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const NANO = 1_000_000_000n;
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((suffix, power) => ({
  suffix,
  unit: NANO * 1024n ** BigInt(power),
}));
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'].map((suffix, power) => ({
  suffix,
  unit: 1000n ** BigInt(power),
}));

/**
 * As the API server writes an amount back: `1024Mi` is `1Gi`, `1000m` is `1` (k8s.io/apimachinery, api/resource,
 * quantity.go, CanonicalizeBytes). `undefined`: no amount.
 */
export function canonicalQuantity(written: string): string | undefined {
  const size = quantity(written);
  if (size === undefined || size === 0n) return size === undefined ? undefined : '0';
  if (/\d[eE][+-]?\d/.test(written)) return written;
  const units = written.endsWith('i') ? BINARY : DECIMAL;
  const fits = units.findLast(({ unit }) => size % unit === 0n) ?? { suffix: 'n', unit: 1n };
  return `${size / fits.unit}${fits.suffix}`;
}
