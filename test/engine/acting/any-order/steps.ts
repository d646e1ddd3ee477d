import * as fc from 'fast-check';

/** What becomes of the next request that changes something. `killed`: the process ends there. */
const faults = [
  ...(['lost-before', 'lost-after', 'killed-before', 'killed-after'] as const),
  ...(['conflict', 'throttled', 'forbidden'] as const),
] as const;
export type Fault = (typeof faults)[number];

const everybody = ['U-ASKER', 'U-LEAD', 'U-SECOND', 'U-GUEST', 'U-GONE', 'U-AWAY', 'U-NOBODY'] as const;
const buttons = ['approve', 'refuse', 'stop', 'undo', 'it-was-applied', 'it-was-not-applied', 'plan-again'] as const;

export type Button = (typeof buttons)[number];

const by = fc.constantFrom(...everybody);
const lead = fc.constantFrom('U-LEAD', 'U-SECOND');
/** A plan, counted back from the newest; mostly the one that is meant. */
const back = fc.constantFrom(0, 0, 0, 1, 2, 3);
const newest = fc.constant(0);
const one = <Do extends string>(what: Do) => fc.constant(what);

const kinds = [
  [6, fc.record({ do: one('ask'), by: fc.constantFrom('U-ASKER', 'U-ASKER', 'U-LEAD') })],
  [2, fc.record({ do: one('request'), back, by })],
  [6, fc.record({ do: one('press'), back, by, button: fc.constantFrom(...buttons) })],
  [8, fc.record({ do: one('press'), back: newest, by: lead, button: one('approve') })],
  [
    3,
    fc.record({
      do: one('press'),
      back: newest,
      by: one('U-ASKER'),
      button: fc.constantFrom('undo', 'undo', 'plan-again'),
    }),
  ],
  [1, fc.record({ do: one('break-glass'), back, by })],
  [2, fc.record({ do: one('deliver again'), back: fc.nat(10) })],
  [1, fc.record({ do: one('execute twice'), back })],
  [2, fc.record({ do: one('slow'), on: fc.boolean() })],
  [7, fc.record({ do: one('fault'), fault: fc.constantFrom(...faults) })],
  [5, fc.record({ do: one('pass'), seconds: fc.constantFrom(1, 20, 70, 400, 2_000) })],
  [1, fc.record({ do: one('trouble'), ready: fc.constantFrom(true, false, false) })],
  [2, fc.record({ do: one('kubectl'), unschedulable: fc.constantFrom(true, false, false, false) })],
  [1, fc.record({ do: one('replace the node') })],
  [
    1,
    fc.record({
      do: one('policy'),
      approvals: fc.constantFrom(1, 1, 2),
      users: fc.constantFrom(['U-LEAD', 'U-SECOND'], ['U-LEAD', 'U-SECOND'], ['U-SECOND'], []),
    }),
  ],
  [
    1,
    fc.record({ do: one('standing'), by: lead, standing: fc.constantFrom('member', 'member', 'guest', 'deactivated') }),
  ],
  [1, fc.record({ do: one('directory'), away: fc.constantFrom(true, false, false) })],
  [1, fc.record({ do: one('freeze'), on: fc.constantFrom(true, false, false) })],
] as const;

/** What people, the cluster, Slack's directory, the team's rules and the API server may do next. */
export const step = fc.oneof(...kinds.map(([weight, arbitrary]) => ({ weight, arbitrary })));
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
