const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };

/**
 * Seconds of a duration as Go prints it: `40.032883982s`, `2m5.699574064s`, `962.828µs` (also where a terminal has
 * mangled its µ). `undefined`: it is none.
 */
export function secondsOf(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|us|ns|s|<C2><B5>s|[^\da-z.]+s)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) return undefined;
  return parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (UNITS[unit] ?? UNITS.us ?? 0), 0);
}
