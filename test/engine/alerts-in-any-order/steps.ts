import * as fc from 'fast-check';

export const nodes = ['worker-1', 'worker-2', 'worker-3', 'worker-4', 'worker-5', 'worker-6'] as const;
/** So few are never a storm, whatever is said of them again. */
export const FEW = 3;
/** Two of one family, one of another about the same nodes, and one that no runbook answers. */
const names = ['NodeUnwell', 'NodeUnwellToo', 'ExporterUnwell', 'Strange'] as const;

const name = fc.constantFrom(...names);
/** A webhook, or an alert, counted back from the last. */
const back = fc.nat(12);
const one = <Do extends string>(what: Do) => fc.constant(what);

const kinds = (node: fc.Arbitrary<string>, fires: number) =>
  [
    [fires, fc.record({ do: one('fire'), node, name })],
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

const among = (node: fc.Arbitrary<string>, fires: number) =>
  fc.oneof(...kinds(node, fires).map(([weight, arbitrary]) => ({ weight, arbitrary })));

/** What Alertmanager, the nodes, the API server, Slack and the process may do next. */
export const stepAmongFew = among(fc.constantFrom(...nodes.slice(0, FEW)), 6);
/** The same, with enough nodes and alerts for storms. */
export const step = among(fc.constantFrom(...nodes), 16);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
