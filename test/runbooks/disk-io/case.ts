import type { Case } from '../../../engine/replay.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { runbook as typed } from '../../../runbooks/disk-io/index.ts';
import { type Expectation, expected } from '../expectation.ts';
import { NODE, now, type Reads, readsOf, type World } from './world.ts';

export const runbook = anyRunbook(typed);

/** Causes not named are expected to be ruled out. */
export function caseOf(
  about: string,
  world: World,
  expectation: Expectation,
  change: (reads: Reads) => Reads = (reads) => reads,
): Case {
  return {
    about,
    runbook: runbook.id,
    target: { kind: 'Node', name: NODE },
    cluster: 'practice',
    now: now.toISOString(),
    reads: change(readsOf(world)),
    expect: expected(runbook, expectation),
  };
}

export const everything = Object.keys(runbook.causes);
export const but = (...some: readonly string[]) => everything.filter((cause) => !some.includes(cause));
/** What is judged only once the disk is proved to be the matter. */
export const ofTheDisk = ['failingDisk', 'logFlood', 'otherWriter', 'imagePulls', 'swapping', 'slowDevice'];
