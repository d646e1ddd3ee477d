import { parse } from '../../../../../infra/local/practice/promql/language/parse.ts';
import type { Expr, Selector } from '../../../../../infra/local/practice/promql/language/syntax.ts';
import {
  counter,
  histogram,
  type PracticeSeries,
  type Reading,
} from '../../../../../infra/local/practice/promql/series.ts';

/** Values that may satisfy a regular expression of a matcher; without one that does, the query finds nothing. */
const candidates: Readonly<Record<string, readonly string[]>> = {
  __name__: ['up', 'scrape_duration_seconds'],
  code: ['<error>', '429', '500', '201'],
  container: ['etcd'],
  instance: ['10.0.0.1:9100', '10.0.0.2'],
  job: ['etcd', 'kubelet', 'kube-apiserver', 'apiserver', 'node-exporter', 'kube-proxy'],
  kubernetes_namespace: ['kube-system'],
  le: ['0', '10'],
  mode: ['idle', 'iowait'],
  mountpoint: ['/'],
  namespace: ['kube-system'],
  pod: ['etcd-a', 'etcd-b', 'kube-proxy-1'],
};
const bounds = [0, 0.001, 0.004, 0.016, 0.064, 0.5, 2, 10];
const flags = /^up$|leader$|_condition$|alarms$|inflight$|_unhealthy_/;
const counters = /_(total|sum|count)$|ListenOverflows$|ListenDrops$/;

/** Two or more series for each selector of the queries, with labels that let them be grouped and matched. */
export function inventedSeries(queries: readonly string[], start: number): PracticeSeries[] {
  const found = new Map<string, PracticeSeries>();
  for (const query of queries) {
    const named = namedLabels(query);
    for (const selector of selectorsOf(parse(query)))
      for (const variant of [1, 2])
        for (const labels of labelSets(selector, named, variant))
          for (const series of oneFamily(labels, start, variant))
            found.set(JSON.stringify(Object.entries(series.labels).sort()), series);
  }
  return [...found.values()];
}

/** The labels a query groups or matches by. */
function namedLabels(query: string): string[] {
  const lists = query.matchAll(/\b(?:by|on|ignoring|without|group_left|group_right)\s*\(([^)]*)\)/g);
  // Who matches `on` some labels has them tell the series apart.
  const always = /\bon\s*\(/.test(query) ? [] : ['instance'];
  return [...always, ...[...lists].flatMap(([, list = '']) => list.split(',').map((label) => label.trim()))].filter(
    (label) => label !== 'le' && label !== '',
  );
}

function labelSets(selector: Selector, named: readonly string[], variant: number): Record<string, string>[] {
  const asked = [...new Set(selector.matchers.map(({ label }) => label))];
  return [...new Set([...named, ...asked])].reduce<Record<string, string>[]>(
    (sets, label) => {
      const matchers = selector.matchers.filter((matcher) => matcher.label === label);
      const equal = matchers.find(({ operator }) => operator === '=')?.value;
      const matching = [...(candidates[label] ?? []), `${label}-${variant}`].filter((value) =>
        matchers.every(({ matches }) => matches(value)),
      );
      // Without a matcher the variant decides alone; with a regular expression all that match are there.
      const values = equal !== undefined ? [equal] : matchers.length > 0 ? matching : [`${label}-${variant}`];
      return sets.flatMap((labels) => values.map((value) => (value === '' ? labels : { ...labels, [label]: value })));
    },
    [{}],
  );
}

function oneFamily(all: Record<string, string>, start: number, variant: number): PracticeSeries[] {
  const { __name__: name = '', le: _, ...labels } = all;
  const random = randomFrom(JSON.stringify({ name: name.replace(/_(bucket|sum|count)$/, ''), labels }));
  const restart = start + 3600 * random();
  if (/_(bucket|sum|count)$/.test(name)) {
    const values = [0.0005, 0.003, 0.01, 0.05, 0.3, 20].map((value, index) => ({
      value,
      share: [0.3, 0.3, 0.2, 0.1, 0.07, 0.03][index] ?? 0,
    }));
    const changes = [{ at: restart, observationsPerSecond: 20 * random(), values, reset: variant === 2 }];
    return histogram(name.replace(/_(bucket|sum|count)$/, ''), labels, {
      buckets: bounds,
      observationsPerSecond: 10 * random(),
      values,
      from: start - 90_000,
      changes,
    });
  }
  const series = { labels: { __name__: name, ...labels }, ...(variant === 2 ? { gaps: 'missing' as const } : {}) };
  const gapAt = start + 3000 * random();
  const at = counters.test(name)
    ? counter({
        perSecond: random(),
        from: start - 90_000,
        changes: [{ at: restart, perSecond: 3 * random(), reset: variant === 2 }],
      })
    : name.includes('resident_memory')
      ? plateau(start)
      : gauge(flags.test(name), random);
  return [{ ...series, at: withGap(at, gapAt, 40 + 100 * random()) }];
}

function gauge(flag: boolean, random: () => number): Reading {
  const [base, period] = [5 + 5 * random(), 300 + 900 * random()];
  const wave = (at: number) => Math.sin((at / period) * Math.PI);
  return flag ? (at) => (wave(at) > -0.6 ? 1 : 0) : (at) => base * (1 + 0.3 * wave(at));
}

/** Rises for three quarters of an hour and stays there. */
function plateau(start: number): Reading {
  return (at) => 1e6 * (1 + Math.min(Math.max(0, at - start), 2700));
}

function withGap(at: Reading, from: number, seconds: number): Reading {
  return (moment) => (moment >= from && moment < from + seconds ? undefined : at(moment));
}

/** Always the same numbers for the same text (FNV-1a, then a linear congruential generator). */
function randomFrom(text: string): () => number {
  let state = 2166136261;
  for (const character of text) state = Math.imul(state ^ character.charCodeAt(0), 16777619) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / 2 ** 32;
  };
}

function selectorsOf(expr: Expr): Selector[] {
  switch (expr.kind) {
    case 'selector':
      return [expr];
    case 'range':
      return [expr.selector];
    case 'negation':
    case 'parentheses':
    case 'subquery':
      return selectorsOf(expr.expr);
    case 'aggregation':
      return [...selectorsOf(expr.expr), ...(expr.param ? selectorsOf(expr.param) : [])];
    case 'binary':
      return [...selectorsOf(expr.left), ...selectorsOf(expr.right)];
    case 'call':
      return expr.args.flatMap(selectorsOf);
    default:
      return [];
  }
}
