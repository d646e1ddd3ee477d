import * as fc from 'fast-check';

export const nodes = ['worker-1', 'worker-2', 'worker-3'] as const;
/** Two of one family, one of another about the same nodes, and one that no runbook answers. */
const names = ['NodeUnwell', 'NodeUnwellToo', 'ExporterUnwell', 'Strange'] as const;

const node = fc.constantFrom(...nodes);
const name = fc.constantFrom(...names);
/** A webhook, or an alert, counted back from the last. */
const back = fc.nat(12);
const one = <Do extends string>(what: Do) => fc.constant(what);

const kinds = [
  [6, fc.record({ do: one('fire'), node, name })],
  [4, fc.record({ do: one('resolve'), node, name })],
  [3, fc.record({ do: one('say again'), back })],
  [2, fc.record({ do: one('deliver again'), back })],
  [1, fc.record({ do: one('deliver all again'), back })],
  [5, fc.record({ do: one('trouble'), node, ready: fc.boolean() })],
  [1, fc.record({ do: one('API server'), isUp: fc.boolean() })],
  [2, fc.record({ do: one('slow'), on: fc.boolean() })],
  [2, fc.record({ do: one('Slack fails'), when: fc.constantFrom('before', 'after') })],
  [
    2,
    fc.record({
      do: one('kill'),
      queue: fc.constantFrom('investigate', 'announce'),
      when: fc.constantFrom('before', 'after'),
    }),
  ],
  [5, fc.record({ do: one('pass'), seconds: fc.constantFrom(1, 30, 70, 400, 1_000, 4_000) })],
] as const;

/** What Alertmanager, the nodes, the API server, Slack and the process may do next. */
export const step = fc.oneof(...kinds.map(([weight, arbitrary]) => ({ weight, arbitrary })));
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
