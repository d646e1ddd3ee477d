import { describe, expect, it } from 'vitest';
import { investigate } from '../../engine/investigate.ts';
import { type Case, caseClock, caseSource } from '../../engine/replay.ts';
import { type ReadRight, rightOf } from '../../engine/rights.ts';
import type { AnyRunbook } from '../../engine/runbook.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { caseFiles, readCase } from './case-files.ts';

/** The declared rights that one evidence item uses in a case. */
async function usedBy(runbook: AnyRunbook, id: string, one: Case): Promise<readonly ReadRight[]> {
  const item = runbook.evidence[id];
  if (!item) throw new Error(`no evidence ${id}`);
  const used: ReadRight[] = [];
  const recorded = caseSource(one);
  const source: typeof recorded = {
    ...recorded,
    read: async (request, limits) => {
      const right = rightOf(request, item.reads ?? []);
      if (right !== undefined) used.push(right);
      return recorded.read(request, limits);
    },
  };
  const alone = { ...runbook, evidence: { [id]: item }, causes: {}, remedies: {} };
  await investigate(alone, one.target, { source, clock: caseClock(one), cluster: one.cluster, alert: one.alert });
  return used;
}

const declared = catalog.flatMap((runbook) =>
  Object.entries(runbook.evidence).map(([id, { reads = [] }]) => ({
    runbook,
    id,
    name: `${runbook.id}: ${id}`,
    reads,
  })),
);

describe('what evidence declares to read', () => {
  it.each(declared)('$name reads all of it in some recorded case: $reads', async ({ runbook, id, reads }) => {
    const used = new Set<ReadRight>();
    for (const file of caseFiles(runbook)) {
      for (const right of await usedBy(runbook, id, readCase(runbook, file))) used.add(right);
    }
    expect(reads.filter((right) => !used.has(right))).toEqual([]);
  });

  it('is declared once', () => {
    expect(declared.filter(({ reads }) => new Set(reads).size < reads.length)).toEqual([]);
  });
});
