import * as z from 'zod';
import type { Change } from '../../../../engine/change.ts';
import { type AnyRunbook, anyRunbook, defineRunbook } from '../../../../engine/runbook.ts';
import { NodeTarget } from '../../../../engine/target.ts';
import { confirmed, ruledOut } from '../../../../engine/verdict.ts';

/** The node's label that says that something is wrong: trouble a test can make and mend. */
export const TROUBLE = 'lab/trouble';

/** One cause, which a label of the node confirms, and a fix for every entry. */
export function runbookWithFixes(fixes: Readonly<Record<string, readonly Change[]>>): AnyRunbook {
  const remedy = (name: string, changes: readonly Change[]) => ({
    title: `Lab: ${name}`,
    risk: 'low' as const,
    verbs: [...new Set(changes.map(({ verb }) => verb))],
    params: z.object({}),
    propose: () => ({}),
    changes: () => changes,
  });
  return anyRunbook(
    defineRunbook({
      id: 'lab',
      title: 'Node is in trouble',
      alerts: [{ name: 'NodeUnwell', family: 'node-object' }],
      target: NodeTarget,
      evidence: {
        node: {
          title: 'Node object',
          schema: z.object({ metadata: z.object({ labels: z.record(z.string(), z.string()).default({}) }) }),
          reads: ['get Node'],
          read: ({ kube }, target) => kube.get('Node', target.name, { fresh: true }),
          show: ({ metadata }) => `${TROUBLE}: ${metadata.labels[TROUBLE] ?? 'none'}`,
        },
      },
      causes: {
        trouble: {
          title: 'It says so',
          judge: ({ node }) =>
            node.metadata.labels[TROUBLE] === undefined ? ruledOut('no such label') : confirmed('its label says so'),
          remedies: Object.keys(fixes),
        },
      },
      remedies: Object.fromEntries(Object.entries(fixes).map(([name, changes]) => [name, remedy(name, changes)])),
      manual: {},
      recovered: ({ node }) =>
        node.metadata.labels[TROUBLE] === undefined ? confirmed('no such label') : ruledOut('its label says so'),
    }),
  );
}
