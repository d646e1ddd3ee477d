import type { RealAnswer } from './real-engine.ts';

interface Row {
  readonly series: string;
  readonly points: readonly (readonly [number, string])[];
}

/**
 * In what two answers differ, in words. Numbers may differ by 1e-9 of their size; the order of series counts only where
 * it is asked for.
 */
export function differences(ours: RealAnswer, real: RealAnswer, ordered = false): string[] {
  if (ours.status === 'error' || real.status === 'error') {
    const [left, right] = [ours, real].map((each) => (each.status === 'error' ? each.errorType : 'an answer'));
    return left === right ? [] : [`${left} instead of ${right}: ${JSON.stringify(ours)} | ${JSON.stringify(real)}`];
  }
  if (ours.data.resultType !== real.data.resultType)
    return [`a ${ours.data.resultType} instead of a ${real.data.resultType}`];
  const [left, right] = [rowsOf(ours.data, ordered), rowsOf(real.data, ordered)];
  const [names, realNames] = [left.map(({ series }) => series), right.map(({ series }) => series)];
  if (names.join() !== realNames.join()) return [`these series: ${names.join(' ')} instead of ${realNames.join(' ')}`];
  return right.flatMap(({ series, points }, index) => pointsApart(series, left[index]?.points ?? [], points));
}

function pointsApart(series: string, ours: Row['points'], real: Row['points']): string[] {
  if (ours.length !== real.length) return [`${series}: ${ours.length} points instead of ${real.length}`];
  return real.flatMap(([at, text], index) => {
    const [ourAt, ourText] = ours[index] ?? [0, ''];
    return ourAt === at && same(ourText, text) ? [] : [`${series}: ${ourText} at ${ourAt} instead of ${text} at ${at}`];
  });
}

type Data = Extract<RealAnswer, { status: 'success' }>['data'];

/** The series in one order, unless their order is part of the answer, as it is of `sort`. */
function rowsOf(data: Data, ordered: boolean): Row[] {
  const rows = unsortedRowsOf(data);
  return ordered ? rows : rows.sort(bySeries);
}

function unsortedRowsOf(data: Data): Row[] {
  switch (data.resultType) {
    case 'vector':
      return data.result.map(({ metric, value }) => ({ series: nameOf(metric), points: [value] }));
    case 'matrix':
      return data.result.map(({ metric, values }) => ({ series: nameOf(metric), points: values }));
    default:
      return [{ series: data.resultType, points: [data.result] }];
  }
}

function bySeries(a: Row, b: Row): number {
  return a.series < b.series ? -1 : 1;
}

function nameOf(metric: Readonly<Record<string, string>>): string {
  const labels = Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${labels.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
}

function same(ours: string, real: string): boolean {
  const [a, b] = [numberOf(ours), numberOf(real)];
  if (Number.isNaN(b) || !Number.isFinite(b)) return ours === real;
  // Where nearly equal numbers are subtracted, the last digits are noise: zero is anything below 1e-12.
  return Math.abs(a - b) <= Math.max(1e-9 * Math.abs(b), 1e-12);
}

function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}
