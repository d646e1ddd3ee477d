import type { Case } from '../../../engine/replay.ts';
import type { AnyRunbook } from '../../../engine/runbook.ts';
import { seenIn, type Verdicts, verdictsOf } from '../collected.ts';
import { readingAnew } from './anew.ts';
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
  const anew = await readingAnew(runbook, one, seen);
  for (const { key, without } of withOneFailing(one)) {
    found.push(...turned(before, verdictsOf(runbook, await anew(key, without)), `with ${short(key)} failing`));
  }
  for (const [how, other] of others(one)) {
    found.push(...turned(before, verdictsOf(runbook, await seenIn(runbook, other)), how));
  }
  const older = verdictsOf(runbook, await seenIn(runbook, aged(one, AGED_SECONDS)));
  found.push(...risen(before, older, 'with all of it ten minutes older'));
  return found;
}

/** Beyond what any runbook calls 'just now', within what it calls 'lately'. */
export const AGED_SECONDS = 600;

function others(one: Case): readonly (readonly [string, Case])[] {
  return [
    ['shuffled', shuffled(one, dice(1))],
    ['shuffled otherwise', shuffled(one, dice(2))],
    ['reversed', reversed(one)],
    ['doubled', doubled(one)],
  ];
}

function turned(before: Verdicts, after: Verdicts, how: string): string[] {
  return Object.keys(before).flatMap((cause) =>
    after[cause] === before[cause] || after[cause] === 'inconclusive'
      ? []
      : [`${cause}: ${before[cause]}, and ${after[cause]} ${how}`],
  );
}

/**
 * What is longer ago proves less: it may rule out what it confirmed, and an object that has been well for so much longer is
 * well again; but it confirms nothing that it did not confirm.
 */
function risen({ recovered: _, ...before }: Verdicts, after: Verdicts, how: string): string[] {
  return turned(before, after, how).filter((turn) => turn.endsWith(`, and confirmed ${how}`));
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
