import type { Case } from '../../engine/replay.ts';
import type { AnyRunbook } from '../../engine/runbook.ts';
import { type Expectation, expected, type Reads } from './expectation.ts';

interface Place<World> {
  readonly node: string;
  readonly now: Date;
  readonly readsOf: (world: World) => Reads;
}

/** How the cases of a runbook about one node are composed. Causes not named are expected to be ruled out. */
export function nodeCases<World>(runbook: AnyRunbook, { node, now, readsOf }: Place<World>) {
  return (
    about: string,
    world: World,
    expectation: Expectation,
    change: (reads: Reads) => Reads = (reads) => reads,
  ): Case => ({
    about,
    runbook: runbook.id,
    target: { kind: 'Node', name: node },
    cluster: 'practice',
    now: now.toISOString(),
    reads: change(readsOf(world)),
    expect: expected(runbook, expectation),
  });
}

/** All causes of a runbook but these. */
export function causesBut({ causes }: Pick<AnyRunbook, 'causes'>) {
  return (...some: readonly string[]) => Object.keys(causes).filter((cause) => !some.includes(cause));
}
