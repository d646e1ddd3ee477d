import { expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import { defineRunbook, type ManualStep, type Remedy } from '../../engine/runbook.ts';
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

it('carries the schemas into the figure of a cause as well, which has a unit and a direction', () => {
  defineRunbook({
    ...base,
    evidence: { node, load: { ...node, schema: z.number() } },
    causes: {
      busy: {
        title: 'Busy',
        judge: () => confirmed('seen'),
        measure: ({ load }, maybe, context) => {
          expectTypeOf(load).toEqualTypeOf<number>();
          expectTypeOf(maybe.load).toEqualTypeOf<number | undefined>();
          expectTypeOf(context.target).toEqualTypeOf<NodeTarget>();
          return { of: 'load', value: load, unit: 'share', worseWhen: 'higher', clearlyWorse: 2 };
        },
      },
    },
    remedies: {},
  });
});

it('does not compile when a figure is made of evidence that is not collected', () => {
  defineRunbook({
    ...base,
    evidence: { node },
    causes: {
      busy: {
        title: 'Busy',
        judge: () => confirmed('seen'),
        // @ts-expect-error -- there is no evidence "load"
        measure: ({ load }) => ({ of: 'load', value: load, unit: 'share', worseWhen: 'higher', clearlyWorse: 2 }),
      },
    },
    remedies: {},
  });
});

it('does not compile when a figure does not say which way is worse, or is in no unit there is', () => {
  defineRunbook({
    ...base,
    evidence: { node },
    causes: {
      one: {
        title: 'One',
        judge: () => confirmed('seen'),
        // @ts-expect-error -- higher or lower?
        measure: () => ({ of: 'load', value: 1, unit: 'share', clearlyWorse: 2 }),
      },
      other: {
        title: 'Other',
        judge: () => confirmed('seen'),
        // @ts-expect-error -- nobody knows how to show a parsec
        measure: () => ({ of: 'load', value: 1, unit: 'parsec', worseWhen: 'higher', clearlyWorse: 2 }),
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

it('does not compile when a step made by hand changes something and nothing verifies it', () => {
  const verify = { command: 'kubectl get node worker-3', shows: 'Ready' };
  const steps: ManualStep[] = [
    { kind: 'look', title: 'Look', command: 'uptime' },
    { kind: 'change', title: 'Start it', command: 'systemctl start kubelet', verify },
    { kind: 'change', title: 'Turn the machine on', verify },
    { kind: 'advice', title: 'Do not reboot', warning: 'It takes the evidence with it' },
    // @ts-expect-error -- who would know whether it worked?
    { kind: 'change', title: 'Start it', command: 'systemctl start kubelet' },
    // @ts-expect-error -- words are not to be typed: `command` and what it `shows`
    { kind: 'change', title: 'Start it', verify: 'the node is Ready' },
    // @ts-expect-error -- at what?
    { kind: 'look', title: 'Look' },
    // @ts-expect-error -- is it a look, or does it change something?
    { title: 'Start it', command: 'systemctl start kubelet' },
  ];
  expectTypeOf(steps).toEqualTypeOf<ManualStep[]>();
});
