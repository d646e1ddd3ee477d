import { expect } from 'vitest';
import type { Plan } from '../../../../engine/plan.ts';
import type { Outcome } from './run.ts';
import type { Cell } from './table.ts';

export type Fate = 'applied' | 'unknown' | 'partly-applied';

/** What must become of a plan, by the state in which the dead process left it. */
function fateOf(left: Plan | undefined): Fate {
  if (left?.state !== 'executing') return 'applied';
  const count = (state: string) => left.steps.filter((step) => step.state === state).length;
  if (count('started') > 0) return 'unknown';
  return count('done') === 0 || count('done') === left.steps.length ? 'applied' : 'partly-applied';
}

/** How often one thing was really done, the most: no remedy here writes twice to one address. */
function mostOften(writes: readonly string[]): number {
  const addresses = writes.map((write) => write.split(' ', 2).join(' '));
  return Math.max(0, ...[...Map.groupBy(addresses, (address) => address).values()].map(({ length }) => length));
}

/** As it is, whether or not it should be so. */
export function seen({ plans, writes }: Outcome): Pick<Cell, 'fate' | 'twice'> {
  const ended = (['applied', 'partly-applied', 'unknown'] as const).find((state) =>
    plans.some((plan) => plan.state === state),
  );
  return { fate: ended ?? 'lost', twice: mostOften(writes) > 1 };
}

/** Throws unless nothing was done twice, nothing was lost, and what nobody can know is left to a person. */
export function judged(outcome: Outcome): Fate {
  const begun = outcome.plans.filter(({ state }) => state !== 'shown');
  expect(begun).toHaveLength(1);
  return judgedAs(fateOf(outcome.left), begun[0], outcome);
}

export function endsOf({ plans }: Outcome): string {
  return plans.map(({ state, because = '' }) => `${state} ${because}`).join('; ');
}

/** One plan at most was put aside; another one took its place, once, and that was done. */
export function judgedReplaced(outcome: Outcome): Fate {
  const begun = outcome.plans.filter(({ state }) => state !== 'shown');
  const done = begun.filter(({ state }) => state === 'applied');
  expect(done, endsOf(outcome)).toHaveLength(1);
  const [plan] = done;
  const others = begun.filter((one) => one !== plan).map(({ state, supersededBy }) => ({ state, supersededBy }));
  expect([[], [{ state: 'outdated', supersededBy: plan?.id }]]).toContainEqual(others);
  return judgedAs('applied', plan, outcome);
}

/** As of a fix; but an undo that stopped between two requests was finished by another one. */
export function judgedUndone(outcome: Outcome): Fate {
  const fate = fateOf(outcome.left);
  const begun = outcome.plans.filter(({ state }) => state !== 'shown');
  const first = begun.find(({ continues }) => continues === undefined);
  const others = begun.filter((one) => one !== first);
  const finished = { state: 'applied', continues: first?.id, steps: [{ state: 'done' }] };
  expect(others, endsOf(outcome)).toMatchObject(fate === 'partly-applied' ? [finished] : []);
  expect(outcome.writes).toHaveLength(fate === 'unknown' ? outcome.writes.length : (first?.steps.length ?? -1));
  return judgedAs(fate, first, outcome);
}

function judgedAs(fate: Fate, plan: Plan | undefined, outcome: Outcome): Fate {
  const { cards, writes, lateWrites, findings, performed } = outcome;
  const card = cards.find((one) => one.plan.id === plan?.id);
  expect(plan?.state).toBe(fate);
  expect(mostOften(writes), 'the same request twice').toBeLessThanOrEqual(1);
  expect(writes.length).toBeLessThanOrEqual(plan?.steps.length ?? 0);
  expect(lateWrites).toBe(0);
  expect(findings).toEqual([]);
  switch (fate) {
    case 'applied':
      expect(writes).toHaveLength(plan?.steps.length ?? -1);
      expect(plan?.steps.every(({ state }) => state === 'done')).toBe(true);
      expect(card?.buttons).toEqual(['undo'].slice(0, card?.buttons.length));
      // The sample's trouble never ends; what an undo brings back is there.
      expect(plan?.verification?.verdict).toBe(plan?.undoes === undefined ? 'not-fixed' : 'fixed');
      break;
    case 'unknown':
      expect(plan?.because).toMatch(
        isThere(plan, performed)
          ? /was under way\. Looked in the cluster: the change is there$/
          : /was under way\. Looked in the cluster: the change is not there$/,
      );
      expect(card?.buttons).toEqual(['it-was-applied', 'it-was-not-applied']);
      break;
    case 'partly-applied':
      expect(plan?.because).toMatch(/^stopped after \d+ of \d+ steps: .*nothing is in doubt$/);
      expect(card?.buttons.at(-1)).toBe('plan-again');
      expect(plan?.verification?.verdict).toBe('not-fixed');
  }
  return fate;
}

/** Whether the API server has done the request of which the plan does not know: those before it were done. */
function isThere(plan: Plan | undefined, performed: number): boolean {
  const doubtful = plan?.steps.findIndex(({ state }) => state === 'unknown') ?? -1;
  expect(doubtful).toBeGreaterThanOrEqual(0);
  return performed > doubtful;
}
