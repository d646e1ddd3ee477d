import type { Case } from '../../../engine/replay.ts';
import type { AnyRunbook } from '../../../engine/runbook.ts';
import { seenIn, type Verdicts, verdictsOf } from '../collected.ts';
import { aged, doubled, reversed, shuffled, withOneFailing } from './perturb.ts';

/**
 * Verdicts that a case does not lead to, but something less than the case does, or the same in another order: each a
 * defect of a judgement. What becomes open is none.
 */
export async function turnsOf(runbook: AnyRunbook, one: Case): Promise<readonly string[]> {
  const seen = await seenIn(runbook, one);
  const before = verdictsOf(runbook, seen);
  const found = [...seen.collected.keys()].flatMap((id) => {
    const collected = new Map([...seen.collected].filter(([other]) => other !== id));
    return turned(before, verdictsOf(runbook, { ...seen, collected }), `without ${id}`);
  });
  for (const [how, other] of others(one)) {
    found.push(...turned(before, verdictsOf(runbook, await seenIn(runbook, other)), how));
  }
  return found;
}

function others(one: Case): readonly (readonly [string, Case])[] {
  return [
    ...withOneFailing(one).map(({ key, without }) => [`with ${short(key)} failing`, without] as const),
    ['shuffled', shuffled(one, dice(1))],
    ['shuffled otherwise', shuffled(one, dice(2))],
    ['reversed', reversed(one)],
    ['doubled', doubled(one)],
    ['with samples ten minutes old', aged(one, 600)],
  ];
}

function turned(before: Verdicts, after: Verdicts, how: string): string[] {
  return Object.keys(before).flatMap((cause) =>
    after[cause] === before[cause] || after[cause] === 'inconclusive'
      ? []
      : [`${cause}: ${before[cause]}, and ${after[cause]} ${how}`],
  );
}

function short(key: string): string {
  return key.replace(/\s+/g, ' ').slice(0, 90);
}

/** Numbers that look random and are the same every time (a linear congruential generator, Numerical Recipes). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
