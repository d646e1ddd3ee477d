import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import { investigate } from '../../engine/investigate.ts';
import type { Readers, Source } from '../../engine/readers.ts';
import { caseClock, caseSource } from '../../engine/replay.ts';
import { anyRunbook, defineRunbook } from '../../engine/runbook.ts';
import { timeReading } from '../../engine/scope.ts';
import { NodeTarget } from '../../engine/target.ts';
import { confirmed, inconclusive, ruledOut } from '../../engine/verdict.ts';
import { sample } from './night.ts';
import { answering, clock, type Reads, run, runbookReading, worker3 } from './reading.ts';

it('counts reads that run side by side once in the time an item spent reading', () => {
  const span = (fromMs: number, toMs: number) => ({ fromMs, toMs });

  expect(timeReading([span(0, 20), span(5, 25), span(40, 60), span(45, 50)])).toBe(45);
});

const told = {
  id: 'told',
  title: 'Told',
  alerts: [],
  target: NodeTarget,
  evidence: {
    node: {
      title: 'Node object',
      schema: z.unknown(),
      show: String,
      reads: ['get Node'],
      read: ({ kube }: Readers) => kube.get('Node', 'worker-3'),
    },
  },
  remedies: {},
  manual: {},
  recovered: () => inconclusive('not judged'),
} as const;

describe('an investigation', () => {
  it('reports evidence with its provenance, verdicts with what they cite, and the fix with its digest', async () => {
    const report = await run(
      sample,
      answering(() => ({ ready: false })),
    );

    expect(report).toMatchObject({
      target: 'node/worker-3',
      evidence: [
        {
          id: 'node',
          status: 'ok',
          source: 'Kubernetes',
          query: 'GET get Node worker-3',
          asOf: '2026-11-21T03:00:00.000Z',
          value: { ready: false },
        },
      ],
      causes: [{ id: 'stopped', verdict: 'confirmed', cites: ['node'], missing: [] }],
      remedies: [{ id: 'cordon', risk: 'low', changes: [{ verb: 'cordon', node: 'worker-3' }], rehearsal: null }],
      cost: { kubernetesCalls: 1, prometheusQueries: 0, bytes: 100 },
    });
  });

  it('tells a judgement why evidence is missing, and whether nothing listened there', async () => {
    const failing = (failure: ReadFailure) =>
      investigate(
        anyRunbook(
          defineRunbook({
            ...told,
            causes: {
              cause: {
                title: 'Cause',
                judge: (_, __, { failures, refused }) =>
                  inconclusive(`${failures?.get('node')}${refused?.has('node') ? ', refused' : ''}`),
              },
            },
          }),
        ),
        worker3,
        { source: answering(() => Promise.reject(failure)), clock, cluster: 'prod-eu' },
      );
    const reasonOf = async (failure: ReadFailure) => (await failing(failure)).causes[0]?.reason;

    expect(await reasonOf(new ReadFailure('unreachable', 'port closed', { refused: true }))).toBe(
      'unreachable, refused',
    );
    expect(await reasonOf(new ReadFailure('unreachable', 'no such name'))).toBe('unreachable');
    expect(await reasonOf(new ReadFailure('forbidden', 'not for you'))).toBe('forbidden');
  });

  it('calls a cause inconclusive and names the evidence when that could not be read', async () => {
    const report = await run(
      sample,
      answering(() => {
        throw new ReadFailure('forbidden', 'nodes is forbidden', { remedy: 'rules: …' });
      }),
    );

    expect(report).toMatchObject({
      evidence: [{ status: 'failed', failure: 'forbidden', value: null, remedy: 'rules: …' }],
      causes: [{ verdict: 'inconclusive', reason: 'could not be seen: Node object', missing: ['node'] }],
      recovered: { verdict: 'inconclusive' },
      remedies: [{ id: 'cordon', unavailable: 'its cause is not confirmed: The kubelet stopped' }],
    });
  });

  it('does not believe an answer of another shape than the schema’s', async () => {
    const report = await run(
      sample,
      answering(() => ({ ready: 'yes' })),
    );

    expect(report.evidence).toMatchObject([
      { status: 'failed', failure: 'unparsable', reason: expect.stringContaining('ready') },
    ]);
  });

  it('makes equal reads once, and refuses the reads beyond its budget', async () => {
    const source = answering(() => 1);
    const twice: Reads = ({ kube }) => kube.get('Node', 'worker-3');
    const other =
      (name: string): Reads =>
      ({ kube }) =>
        kube.get('Node', name);

    const report = await run(runbookReading({ a: twice, b: twice, c: other('x'), d: other('y') }), source, {
      kubernetesCalls: 2,
    });

    expect(source.asked).toEqual(['get Node worker-3', 'get Node x']);
    expect(report.evidence.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined, 'over-budget']);
    expect(report.cost.kubernetesCalls).toBe(2);
  });

  it('asks the API server at most four things at once', async () => {
    let running = 0;
    let most = 0;
    const source = answering(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((go) => setTimeout(go, 2));
      running -= 1;
      return 1;
    });
    const reads = Object.fromEntries(
      Array.from({ length: 12 }, (_, i): [string, Reads] => [`e${i}`, ({ kube }) => kube.get('Node', `n${i}`)]),
    );

    const report = await run(runbookReading(reads), source);

    expect(most).toBe(4);
    expect(report.evidence.every(({ status }) => status === 'ok')).toBe(true);
  });

  it('gives up on a read that never answers, and tells what the others showed', async () => {
    const reads: Record<string, Reads> = {
      silent: ({ kube }) => kube.get('Node', 'silent'),
      quick: ({ metrics }) => metrics.query('up'),
    };

    const report = await run(
      runbookReading(reads),
      answering((key) => (key.includes('silent') ? new Promise(() => undefined) : 1)),
      { evidenceMs: 30 },
    );

    expect(report.evidence).toMatchObject([
      { id: 'silent', status: 'failed', failure: 'timed-out', reason: 'no answer within 30 ms' },
      { id: 'quick', status: 'ok' },
    ]);
  });

  it('survives a judge that throws, and says that the check failed', async () => {
    const broken = runbookReading({ a: async () => 1 }, () => {
      throw new TypeError('oops');
    });

    expect(
      (
        await run(
          broken,
          answering(() => 1),
        )
      ).causes,
    ).toMatchObject([{ verdict: 'inconclusive', reason: 'this check failed: oops' }]);
  });

  it('masks secrets in values, reasons and queries', async () => {
    const leaky = anyRunbook(
      defineRunbook({
        id: 'leaky',
        title: 'Leaky',
        alerts: [],
        target: NodeTarget,
        evidence: {
          flags: {
            title: 'Flags',
            schema: z.string(),
            read: ({ metrics }) => metrics.query('up{token="hunter2hunter2"}'),
            show: (flags) => flags,
          },
        },
        causes: { leak: { title: 'Leak', judge: ({ flags }) => ruledOut(`flags ${flags}`) } },
        remedies: {},
        manual: {},
        recovered: () => confirmed(''),
      }),
    );

    const report = await run(
      leaky,
      answering(() => '--password=hunter2'),
    );

    expect(JSON.stringify(report)).not.toContain('hunter2');
  });

  it('judges a recorded case as it judged live', async () => {
    const recorded = {
      runbook: 'sample',
      target: worker3,
      cluster: 'prod-eu',
      now: '2026-11-21T03:00:00.000Z',
      reads: { 'get Node worker-3': { body: { ready: false } }, 'get Node nobody': { body: {} } },
      expect: { causes: { stopped: 'confirmed' as const } },
    };
    const source = caseSource(recorded);

    const replayed = await investigate(sample, worker3, { source, clock: caseClock(recorded), cluster: 'prod-eu' });
    const live = await run(
      sample,
      answering(() => ({ ready: false })),
    );

    expect(replayed.causes).toEqual(live.causes);
    expect(source.unused()).toEqual(['get Node nobody']);
  });
});

it('what nobody could be asked is not counted as asked', async () => {
  const source: Source = {
    read: async ({ verb }) => {
      if (verb === 'query') throw new ReadFailure('not-configured', 'no Prometheus is configured');
      return { body: { ready: true }, bytes: 10, asked: 'node', asOf: clock.now() };
    },
  };
  const asks = anyRunbook(
    defineRunbook({
      id: 'asks',
      title: 'Asks both',
      alerts: [],
      target: NodeTarget,
      evidence: {
        node: {
          title: 'Node',
          schema: z.unknown(),
          reads: ['get Node'],
          read: ({ kube }) => kube.get('Node', 'worker-3'),
          show: String,
        },
        up: { title: 'Up', schema: z.unknown(), read: ({ metrics }) => metrics.query('up'), show: String },
      },
      causes: {},
      remedies: {},
      manual: {},
      recovered: () => inconclusive('not asked'),
    }),
  );

  expect((await run(asks, source)).cost).toMatchObject({ kubernetesCalls: 1, prometheusQueries: 0 });
});
