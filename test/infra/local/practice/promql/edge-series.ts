import { counter, type PracticeSeries } from '../../../../../infra/local/practice/promql/series.ts';

type Labels = Readonly<Record<string, string>>;

/** Series at the limits of what PromQL's functions are defined for. All of them end at `end` (Unix seconds). */
export function edgeSeries(end: number): PracticeSeries[] {
  /** Samples as promtool writes them, the last at `end`: `_` is a scrape that found nothing. */
  const listed = (
    name: string,
    labels: Labels,
    text: string,
    options: Partial<PracticeSeries> = {},
  ): PracticeSeries => {
    const values = text.trim().split(/\s+/);
    const step = options.stepSeconds ?? 15;
    const at = (moment: number) => {
      const value = values[values.length - 1 - (end - moment) / step];
      return value === undefined || value === '_' ? undefined : numberOf(value);
    };
    return { labels: { __name__: name, ...labels }, at, ...options };
  };
  const bucket = (histogram: string, le: string, text: string) => listed('edge_bucket', { histogram, le }, text);
  const missing = { gaps: 'missing' } as const;
  const steady = (perSecond: number) => counter({ perSecond, from: end - 6000 });
  return [
    { labels: { __name__: 'steady_total', job: 'a', pod: 'p1' }, at: steady(0.7) },
    { labels: { __name__: 'steady_total', job: 'a', pod: 'p2' }, at: steady(1 / 3) },
    { labels: { __name__: 'steady_total', job: 'b', pod: 'p3' }, at: steady(123_456.789) },
    listed('reset_total', { kind: 'once' }, '100 110 120 130 3 9 12 15 18 21 24'),
    listed('reset_total', { kind: 'twice' }, '5 6 7 1 2 3 0 0 1 4 4'),
    listed('reset_total', { kind: 'at last' }, '5 6 7 8 9 10 11 12 13 14 2'),
    listed('reset_total', { kind: 'always' }, '9 8 7 6 5 4 3 2 1 0 0'),
    listed('born_total', { with: 'zero' }, '0 1 2 3 4'),
    listed('born_total', { with: 'little' }, '1 11 21 31 41'),
    listed('born_total', { with: 'much' }, '1000 1001 1002 1003 1004'),
    listed('born_total', { with: 'nothing' }, '0 0 0 0 0'),
    listed('born_total', { with: 'late end' }, '2 14 26 _ _ _'),
    listed('gap_total', { gap: 'missing' }, '1 2 3 _ _ 6 7 _ 9 10 _ _ 13 14 15', missing),
    listed('gap_total', { gap: 'stale' }, '1 2 3 _ _ 6 7 _ 9 10 _ _ 13 14 15'),
    listed('ended', { gap: 'missing' }, '1 2 3 4 _ _ _', missing),
    listed('ended', { gap: 'stale' }, '1 2 3 4 _ _ _'),
    listed('ended', { gap: 'just now' }, '1 2 3 4 5 6 _'),
    listed('ended', { gap: 'long ago' }, `1 2 3 ${'_ '.repeat(20)}`, missing),
    listed('ended', { gap: 'too long ago' }, `1 2 3 ${'_ '.repeat(21)}`, missing),
    listed('single', {}, '42'),
    listed('slow', { step: '60' }, '1 2 4 8 16 32', { stepSeconds: 60 }),
    listed('slow', { step: '300' }, '1 3 9', { stepSeconds: 300 }),
    listed('odd', { value: 'NaN' }, '1 NaN 3 NaN'),
    listed('odd', { value: 'NaN then number' }, 'NaN NaN 5 6'),
    listed('odd', { value: 'infinite' }, '1 +Inf 3 +Inf'),
    listed('odd', { value: 'minus infinite' }, '1 2 3 -Inf'),
    listed('odd', { value: 'both' }, '-Inf +Inf -Inf +Inf'),
    listed('odd', { value: 'zero' }, '0 0 0 0'),
    listed('odd', { value: 'negative' }, '-1 -2.5 -3 -4.5'),
    listed('odd', { value: 'large' }, '1e300 1e300 1e308 1.7e308'),
    listed('level', { job: 'a', pod: 'p1' }, '2.5 3 2.5 4 4 4 1'),
    listed('level', { job: 'a', pod: 'p2' }, '-7 -7.5 -7.5 0 1 0 2'),
    listed('level', { job: 'b', pod: 'p3' }, '10 20 30 40 30 20 30'),
    listed('level', { job: 'b', pod: 'p4' }, '3 3 3 3 3 3 3'),
    listed('level_limit', { job: 'a', pod: 'p1' }, '4 4 4 4 4 4 4'),
    listed('level_limit', { job: 'a', pod: 'p2' }, '2 2 2 2 2 2 0'),
    listed('level_limit', { job: 'b', pod: 'p3' }, '100 100 100 100 100 100 100'),
    listed('pod_info', { pod: 'p1', node: 'n1', phase: 'Running' }, '1 1 1 1 1 1 1'),
    listed('pod_info', { pod: 'p2', node: 'n2' }, '1 1 1 1 1 1 1'),
    listed('pod_info', { pod: 'p3', node: 'n2', phase: 'Failed' }, '1 1 1 1 1 1 1'),
    listed('job_limit', { job: 'a' }, '5 5 5 5 5 5 5'),
    listed('job_limit', { job: 'b' }, '50 50 50 50 50 50 50'),
    listed('text', { path: '/a/b', unit: 'é"\\' }, '1'),
    listed('text', { path: 'x\ny' }, '2'),
    bucket('usual', '0.1', '1 2 3 4 5 6'),
    bucket('usual', '1', '2 4 6 8 10 12'),
    bucket('usual', '10', '2 4 7 10 13 16'),
    bucket('usual', '+Inf', '2 5 8 11 15 19'),
    bucket('no observation', '1', '4 4 4 4 4 4'),
    bucket('no observation', '+Inf', '4 4 4 4 4 4'),
    bucket('falling', '1', '5 6 7 8 9 10'),
    bucket('falling', '2', '1 2 3 4 5 6'),
    bucket('falling', '4', '7 8 9 12 14 16'),
    bucket('falling', '+Inf', '7 8 9 12 14 17'),
    bucket('twice', '1', '1 1 2 2 3 3'),
    bucket('twice', '1.0', '0 1 1 2 2 3'),
    bucket('twice', '+Inf', '4 5 6 7 8 9'),
    bucket('negative', '-2', '3 4 5 6 7 8'),
    bucket('negative', '-1', '4 6 8 10 12 14'),
    bucket('negative', '+Inf', '5 7 9 11 13 15'),
    bucket('without infinity', '1', '1 2 3 4 5 6'),
    bucket('without infinity', '2', '2 3 4 5 6 8'),
    bucket('infinity alone', '+Inf', '1 2 3 4 5 6'),
    bucket('beyond', '1', '0 0 0 0 0 0'),
    bucket('beyond', '+Inf', '1 2 3 4 5 6'),
    bucket('unreadable', 'wide', '1 2 3 4 5 6'),
    bucket('unreadable', '1', '1 2 3 4 5 6'),
    bucket('unreadable', '+Inf', '1 2 3 4 5 6'),
  ];
}

function numberOf(text: string): number {
  return text.endsWith('Inf') ? (text.startsWith('-') ? -1 : 1) * Number.POSITIVE_INFINITY : Number(text);
}
