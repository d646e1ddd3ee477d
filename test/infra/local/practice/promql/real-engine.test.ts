import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import { PromqlError } from '../../../../../infra/local/practice/promql/errors.ts';
import { evaluateInstant, evaluateRange } from '../../../../../infra/local/practice/promql/evaluate.ts';
import type { PracticeSeries } from '../../../../../infra/local/practice/promql/series.ts';
import { prometheusData, type Value } from '../../../../../infra/local/practice/promql/value.ts';
import { needs } from '../../../../harness/programs.ts';
import { differences } from './differences.ts';
import { edgeSeries } from './edge-series.ts';
import { inventedSeries } from './invented-series.ts';
import { type RealAnswer, type RealEngine, startRealEngine } from './real-engine.ts';
import { runbookQueries } from './runbook-queries.ts';

const end = 1_700_001_000; // a multiple of 60: every scrape interval in these tests meets it
const hour = 3600;
const history = [
  { from: end - 25 * hour, to: end - 24 * hour + 15 },
  { from: end - 2 * hour, to: end + 15 },
];

const onCallQueries = z.array(z.string()).parse(read('on-call-queries.yaml'));
const edgeQueries = z.record(z.string(), z.array(z.string())).parse(read('edge-queries.yaml'));
const queries = [...onCallQueries, ...runbookQueries];

/** On the grid of scrapes, where the ends of ranges meet samples, and between two scrapes. */
const moments = [end, end - 7.5];

describe.skipIf(needs('prometheus'))('the answers of the practice Prometheus and of a real one', () => {
  const series = within(history, [...inventedSeries(queries, end - hour), ...edgeSeries(end)]);
  const byName = Map.groupBy(series, ({ labels }) => labels.__name__);
  const index = (name: string | undefined) => (name === undefined ? series : (byName.get(name) ?? []));
  let real: RealEngine;
  beforeAll(async () => {
    real = await startRealEngine(series, history);
  }, 60_000);
  afterAll(() => real?.[Symbol.asyncDispose]());

  async function compare(promql: string): Promise<RealAnswer> {
    for (const at of moments) {
      const ours = answered(() => evaluateInstant(promql, index, at), at);
      expect(differences(ours, await real.instant(promql, at), promql.startsWith('sort')), `at ${at}`).toEqual([]);
    }
    const range = answered(() => evaluateRange(promql, index, end - 600, end, 37), end);
    expect(differences(range, await real.range(promql, end - 600, end, 37)), 'as a range').toEqual([]);
    return real.instant(promql, end);
  }

  test.each(queries)('are the same, and not empty: %s', async (promql) => {
    const answer = await compare(promql);
    expect(answer).toMatchObject({ status: 'success', data: { result: expect.arrayContaining([expect.anything()]) } });
  });

  describe.each(Object.entries(edgeQueries))('are the same at the limits: %s', (_, expressions) => {
    test.each(expressions)('%s', async (promql) => {
      await compare(promql);
    });
  });
});

function read(file: string): unknown {
  return parseYaml(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

/** Series that are there only where the real engine has been given their samples. */
function within(stretches: typeof history, series: readonly PracticeSeries[]): PracticeSeries[] {
  const inside = (at: number) => stretches.some(({ from, to }) => at >= from && at < to);
  return series.map((each) => ({ ...each, at: (moment) => (inside(moment) ? each.at(moment) : undefined) }));
}

function answered(evaluate: () => Value, at: number): RealAnswer {
  try {
    return { status: 'success', data: prometheusData(evaluate(), at) } as RealAnswer;
  } catch (error) {
    if (!(error instanceof PromqlError)) throw error;
    return { status: 'error', errorType: error.errorType, error: error.message };
  }
}
