import * as z from 'zod';
import type { Change, Verb } from '../../engine/change.ts';
import { changeRules } from '../../engine/changes/catalog.ts';
import { type AnyRunbook, anyRunbook, defineRunbook } from '../../engine/runbook.ts';
import { ClusterTarget } from '../../engine/target.ts';
import { inconclusive } from '../../engine/verdict.ts';

export const everyVerb = Object.keys(changeRules) as Verb[];

/** A runbook that looks at nothing and whose fixes have these verbs, one each. */
export function runbookWith(verbs: readonly Verb[]): AnyRunbook {
  const remedy = (verb: Verb) => ({
    title: `Just ${verb}`,
    risk: 'high' as const,
    verbs: [verb],
    params: z.object({}),
    propose: () => ({}),
    changes: (): readonly Change[] => [],
  });
  return anyRunbook(
    defineRunbook({
      id: 'every-verb',
      title: 'Every verb',
      alerts: [],
      target: ClusterTarget,
      evidence: {},
      causes: {},
      remedies: Object.fromEntries(verbs.map((verb) => [verb, remedy(verb)])),
      manual: {},
      recovered: () => inconclusive('never looked'),
    }),
  );
}
