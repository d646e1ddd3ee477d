import { expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import { defineRunbook, type Remedy } from '../../engine/runbook.ts';
import { NodeTarget } from '../../engine/target.ts';
import { confirmed } from '../../engine/verdict.ts';

const Node = z.object({ ready: z.boolean() });
const cordon = {
  title: 'Cordon',
  risk: 'low',
  verbs: ['cordon'],
  params: z.object({ node: z.string() }),
  propose: (_seen: unknown, target: NodeTarget) => ({ node: target.name }),
  changes: ({ node }: { node: string }) => [{ verb: 'cordon', node }] as const,
} as const;
const base = {
  id: 'sample',
  title: 'Sample',
  alerts: [],
  target: NodeTarget,
  manual: {},
  recovered: () => confirmed('well'),
} as const;
const node = { title: 'Node', schema: Node, read: async () => ({}), show: () => '' };

it('carries the schema of each evidence item into judge, as present and as perhaps missing', () => {
  defineRunbook({
    ...base,
    evidence: { node, load: { ...node, schema: z.number() } },
    causes: {
      broken: {
        title: 'Broken',
        judge: (seen, maybe, context) => {
          expectTypeOf(seen.node).toEqualTypeOf<{ ready: boolean }>();
          expectTypeOf(seen.load).toEqualTypeOf<number>();
          expectTypeOf(maybe.load).toEqualTypeOf<number | undefined>();
          expectTypeOf(context.target).toEqualTypeOf<NodeTarget>();
          return confirmed('seen');
        },
      },
    },
    remedies: {},
  });
});

it('does not compile when a cause cites evidence that is not collected', () => {
  defineRunbook({
    ...base,
    evidence: { node },
    causes: {
      broken: {
        title: 'Broken',
        // @ts-expect-error -- there is no evidence "load"
        judge: ({ load }) => confirmed(String(load)),
      },
    },
    remedies: {},
  });
});

it('does not compile when a cause offers a remedy that is not defined', () => {
  defineRunbook({
    ...base,
    evidence: { node },
    causes: {
      broken: {
        title: 'Broken',
        judge: () => confirmed('seen'),
        // @ts-expect-error -- there is no remedy "reboot"
        remedies: ['reboot'],
      },
    },
    remedies: { cordon },
  });
});

it('does not compile when a remedy proposes wrong parameters', () => {
  defineRunbook({
    ...base,
    evidence: { node },
    causes: {},
    remedies: {
      cordon: {
        ...cordon,
        // @ts-expect-error -- the parameter is called node
        propose: () => ({ machine: 'worker-3' }),
      },
    },
  });
});

it('does not compile when a change is not of the closed vocabulary', () => {
  defineRunbook({
    ...base,
    evidence: { node },
    causes: {},
    remedies: {
      cordon: {
        ...cordon,
        // @ts-expect-error -- nothing can format a disk
        changes: () => [{ verb: 'format-disk', node: 'worker-3' }],
      },
    },
  });
});

it('does not compile when a remedy makes a change it does not declare', () => {
  const declared: Remedy<{ node: string }, unknown, NodeTarget, 'cordon'> = {
    ...cordon,
    // @ts-expect-error -- it says that it only cordons
    changes: ({ node }) => [{ verb: 'drain', node }],
  };
  expectTypeOf(declared.verbs).toEqualTypeOf<readonly 'cordon'[]>();
});

it('does not compile when it declares a right that there is not', () => {
  defineRunbook({
    ...base,
    evidence: {
      node: { ...node, reads: ['get Node', 'list Lease in kube-system', 'probe /readyz'] },
      // @ts-expect-error -- nothing may read secrets
      secret: { ...node, reads: ['get Secret'] },
    },
    causes: {},
    remedies: {},
  });
});

it('does not compile when judge is asynchronous', () => {
  defineRunbook({
    ...base,
    evidence: { node },
    causes: {
      broken: {
        title: 'Broken',
        // @ts-expect-error -- thinking never waits
        judge: async () => confirmed('seen'),
      },
    },
    remedies: {},
  });
});

it('gives read nothing that could write', () => {
  defineRunbook({
    ...base,
    evidence: {
      node: {
        ...node,
        // @ts-expect-error -- readers read
        read: async ({ kube }) => kube.patch('Node', 'worker-3'),
      },
    },
    causes: {},
    remedies: {},
  });
});
