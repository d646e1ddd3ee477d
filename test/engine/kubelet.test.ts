import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { Source } from '../../engine/readers.ts';
import { requestKey } from '../../engine/request.ts';
import { anyRunbook, defineRunbook } from '../../engine/runbook.ts';
import { NodeTarget } from '../../engine/target.ts';
import { inconclusive } from '../../engine/verdict.ts';
import { clock, run } from './reading.ts';

describe('a kubelet that is asked itself', () => {
  const asking = (looks: number) =>
    anyRunbook(
      defineRunbook({
        id: 'asks-a-kubelet',
        title: 'Asks a kubelet',
        alerts: [],
        target: NodeTarget,
        evidence: {
          kubelet: {
            title: 'What its kubelet tells',
            schema: z.unknown(),
            reads: ['kubelet /stats/summary'],
            read: async ({ kubelet }, { name }) => {
              for (let look = 0; look < looks; look += 1) await kubelet.stats(name, { afterSeconds: look });
            },
            show: String,
            witness: true,
          },
        },
        causes: { any: { title: 'Any', judge: (_seen, { kubelet }) => inconclusive(`told: ${kubelet}`) } },
        remedies: {},
        manual: {},
        recovered: () => inconclusive('not asked'),
      }),
    );
  const telling: Source = {
    read: async (request) => ({ body: {}, bytes: 10, asked: requestKey(request), asOf: clock.now() }),
  };

  it('counts for two calls, since its Node is read for its address; each look is a read of its own', async () => {
    const { cost, evidence } = await run(asking(2), telling);
    expect(cost).toMatchObject({ kubernetesCalls: 4, prometheusQueries: 0 });
    expect(evidence[0]?.query).toBe('kubelet worker-3 /stats/summary\nkubelet worker-3 /stats/summary --after 1s');
  });

  it('is asked no more when what is left of the budget does for one call only', async () => {
    const { evidence } = await run(asking(13), telling);
    expect(evidence[0]).toMatchObject({ failure: 'over-budget', witness: true });
  });

  it('is not missed, and costs nothing, where nobody has configured it', async () => {
    const refusing = (kind: 'not-configured' | 'forbidden'): Source => ({
      read: () => Promise.reject(new ReadFailure(kind, 'it may not be asked')),
    });
    const { causes, cost } = await run(asking(1), refusing('not-configured'));
    expect(causes).toMatchObject([{ cites: [], missing: [] }]);
    expect(cost).toMatchObject({ kubernetesCalls: 0 });
    expect((await run(asking(1), refusing('forbidden'))).causes).toMatchObject([{ missing: ['kubelet'] }]);
  });
});
