import * as z from 'zod';
import { investigate } from '../../engine/investigate.ts';
import type { ReadLimits, ReadRequest, Source } from '../../engine/readers.ts';
import { requestKey } from '../../engine/request.ts';
import { anyRunbook, defineRunbook, type Evidence } from '../../engine/runbook.ts';
import { NodeTarget } from '../../engine/target.ts';
import { type confirmed, inconclusive } from '../../engine/verdict.ts';

export const clock = { now: () => new Date('2026-11-21T03:00:00Z') };
export const worker3 = { kind: 'Node', name: 'worker-3' } as const;

export function answering(answer: (key: string, limits: ReadLimits) => unknown): Source & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async read(request: ReadRequest, limits: ReadLimits) {
      const key = requestKey(request);
      asked.push(key);
      return { body: await answer(key, limits), bytes: 100, asked: `GET ${key}`, asOf: clock.now() };
    },
  };
}

const number = { title: 'A number', schema: z.number(), show: String } as const;
export type Reads = Evidence<number, NodeTarget>['read'];

export function runbookReading(
  reads: Record<string, Reads>,
  judge: (seen: Record<string, number>) => ReturnType<typeof confirmed> = () => inconclusive('not judged'),
) {
  return anyRunbook(
    defineRunbook({
      id: 'reading',
      title: 'Reading',
      alerts: [],
      target: NodeTarget,
      evidence: Object.fromEntries(
        Object.entries(reads).map(([id, read]) => [
          id,
          { ...number, title: `Evidence ${id}`, reads: ['get Node'], read },
        ]),
      ) as Record<string, Evidence<number, NodeTarget>>,
      causes: { cause: { title: 'Cause', judge } },
      remedies: {},
      manual: {},
      recovered: () => inconclusive('not judged'),
    }),
  );
}

export const run = (runbook: Parameters<typeof investigate>[0], source: Source, budget = {}) =>
  investigate(runbook, worker3, { source, clock, cluster: 'prod-eu', budget });
