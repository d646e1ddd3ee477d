import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReadFailure, type ReadFailureKind } from '../../engine/errors.ts';
import type { Answer, ProbeAnswer, ReadLimits, ReadRequest, Sample, Series, Source } from '../../engine/readers.ts';

export interface SourceUnderTest {
  readonly source: Source;
  /** A Node that exists and has at least one Pod. */
  readonly node: string;
  /** PromQL with at least one series now and over the last ten minutes. */
  readonly promql?: string;
  /** A read that the other side accepts and leaves without an answer. */
  readonly stuck?: ReadRequest;
  close(): Promise<void>;
}

/** What this place can show; what it cannot is reported as skipped, and without metrics the failure is checked instead. */
export interface SourceAbilities {
  readonly metrics: boolean;
  readonly stuck: boolean;
}

const roomy: ReadLimits = { deadlineMs: 10_000, maxBytes: 4 * 1024 * 1024 };

/** What every `Source` promises, whatever answers behind it. */
export function sourceContract(name: string, abilities: SourceAbilities, open: () => Promise<SourceUnderTest>): void {
  describe(`${name} as a source`, () => {
    let place: SourceUnderTest;
    beforeAll(async () => {
      place = await open();
    }, 60_000);
    afterAll(() => place.close());

    const read = (request: ReadRequest, limits: Partial<ReadLimits> = {}): Promise<Answer> =>
      place.source.read(request, { ...roomy, ...limits });
    const node = (): ReadRequest => ({ verb: 'get', kind: 'Node', name: place.node });

    it('answers an object as the API serves it, and says what was asked, when, and how big the answer was', async () => {
      const before = Date.now();
      const answer = await read(node());
      expect(answer.body).toMatchObject({ kind: 'Node', metadata: { name: place.node } });
      expect(answer.asked).toMatch(new RegExp(`^/api/v1/nodes/${place.node}(\\?|$)`));
      expect(answer.bytes).toBeGreaterThan(0);
      expect(answer.asOf.getTime()).toBeGreaterThanOrEqual(before);
      expect(answer.asOf.getTime()).toBeLessThanOrEqual(Date.now());
    });

    it('answers the same object when asked past the cache', async () => {
      const { body } = await read({ verb: 'get', kind: 'Node', name: place.node, fresh: true });
      expect(body).toMatchObject({ metadata: { name: place.node } });
    });

    it('lists only what the selector asks for', async () => {
      const fieldSelector = `spec.nodeName=${place.node}`;
      const { body } = await read({ verb: 'list', kind: 'Pod', fieldSelector });
      const { items } = body as { items: readonly { spec: { nodeName: string } }[] };
      expect(items.length).toBeGreaterThan(0);
      expect(new Set(items.map(({ spec }) => spec.nodeName))).toEqual(new Set([place.node]));
    });

    it('lists nothing as an empty list, not as a failure', async () => {
      const { body } = await read({ verb: 'list', kind: 'Pod', fieldSelector: 'spec.nodeName=no-such-node' });
      expect(body).toMatchObject({ kind: 'PodList' });
      expect((body as { items: unknown }).items ?? []).toEqual([]);
    });

    it('says that an object does not exist, by its name', async () => {
      const failure = await failureOf(read({ verb: 'get', kind: 'Node', name: 'no-such-node' }), 'not-found');
      expect(failure.message).toContain('no-such-node');
    });

    it.each(['', '.', '..', 'a/b', '../pods', 'a%2fb'])(
      'never turns the odd name %j into another read',
      async (odd) => {
        await failureOf(read({ verb: 'get', kind: 'Node', name: odd }), 'not-found');
        await failureOf(read({ verb: 'get', kind: 'Pod', namespace: odd, name: 'web' }), 'not-found');
      },
    );

    it('probes a path and answers its status and text', async () => {
      const { body, asked } = await read({ verb: 'probe', path: '/readyz?verbose' });
      expect(asked).toBe('/readyz?verbose');
      expect((body as ProbeAnswer).status).toBe(200);
      expect((body as ProbeAnswer).text).toContain('readyz check passed');
    });

    it('answers a probe of a path that does not exist with its status, too', async () => {
      const { body } = await read({ verb: 'probe', path: '/no-such-path' });
      expect((body as ProbeAnswer).status).toBe(404);
    });

    it('keeps many reads at once apart', async () => {
      const kinds = ['Node', 'Pod', 'Namespace'] as const;
      const answers = await Promise.all(
        Array.from({ length: 24 }, (_, index) => read({ verb: 'list', kind: kinds[index % 3] ?? 'Node', fresh: true })),
      );
      expect(answers.map(({ body }) => (body as { kind: string }).kind)).toEqual(
        Array.from({ length: 24 }, (_, index) => `${kinds[index % 3]}List`),
      );
    });

    it('refuses an answer larger than the cap', async () => {
      await failureOf(read(node(), { maxBytes: 64 }), 'too-large');
      await expect(read(node())).resolves.toBeDefined();
    });

    it('does not begin what has no time left', async () => {
      await failureOf(read(node(), { deadlineMs: 0 }), 'timed-out');
      await failureOf(read(node(), { signal: AbortSignal.abort() }), 'over-budget');
    });

    it.skipIf(!abilities.stuck)('gives up at the deadline, and at once when the run ends', async () => {
      const stuck = place.stuck;
      if (!stuck) throw new Error('this place said it has a read that gets stuck');
      const late = await failureOf(read(stuck, { deadlineMs: 50 }), 'timed-out');
      expect(late.message).toContain('50 ms');
      const run = new AbortController();
      const given = read(stuck, { signal: run.signal });
      run.abort();
      await failureOf(given, 'over-budget');
      await expect(read(node())).resolves.toBeDefined();
    });

    if (!abilities.metrics) {
      it('says what to configure when metrics are asked for', async () => {
        const failure = await failureOf(read({ verb: 'query', promql: 'up' }), 'not-configured');
        expect(failure.message).toContain('clusters[].prometheus.url');
      });
      return;
    }

    it('answers PromQL as samples with labels, a number and a time', async () => {
      const promql = place.promql ?? 'up';
      const { body, asked, bytes } = await read({ verb: 'query', promql });
      expect(asked).toBe(promql);
      expect(bytes).toBeGreaterThan(0);
      const samples = body as readonly Sample[];
      expect(samples.length).toBeGreaterThan(0);
      for (const { labels, value, at } of samples) {
        expect(labels).toBeTypeOf('object');
        expect(value).toBeTypeOf('number');
        expect(at).toBeInstanceOf(Date);
      }
    });

    it('answers a range as series whose points are in order', async () => {
      const promql = place.promql ?? 'up';
      const { body } = await read({ verb: 'range', promql, windowSeconds: 600, stepSeconds: 30 });
      const series = body as readonly Series[];
      expect(series.length).toBeGreaterThan(0);
      for (const { points } of series) {
        expect(points.length).toBeGreaterThan(0);
        const times = points.map(({ at }) => at.getTime());
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }
    });

    it('answers a query without series as no samples, never as zero', async () => {
      const { body } = await read({ verb: 'query', promql: 'no_such_metric_of_anybody' });
      expect(body).toEqual([]);
    });

    it('says why Prometheus does not understand a query', async () => {
      const failure = await failureOf(read({ verb: 'query', promql: 'sum(' }), 'server-error');
      expect(failure.message).toContain('parse error');
    });
  });
}

/** The failure of a read that must fail, and nothing but a `ReadFailure`. */
export async function failureOf(reading: Promise<unknown>, kind: ReadFailureKind): Promise<ReadFailure> {
  const thrown = await reading.then(
    () => new Error('the read gave an answer'),
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof ReadFailure)) throw thrown;
  expect({ kind: thrown.kind, message: thrown.message }).toMatchObject({ kind });
  return thrown;
}
