import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../engine/plan.ts';
import { type TempDir, tempDir } from '../harness/temp.ts';
import { remedyClasses, replaced, undoneClasses } from './support/crash/classes.ts';
import { dataWithIncident } from './support/crash/prepare.ts';
import { crash, type Kill, type Outcome } from './support/crash/run.ts';
import { type Cell, tableOf } from './support/crash/table.ts';

type Fate = 'applied' | 'unknown' | 'partly-applied';

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
function seen({ plans, writes }: Outcome): Pick<Cell, 'fate' | 'twice'> {
  const ended = (['applied', 'partly-applied', 'unknown'] as const).find((state) =>
    plans.some((plan) => plan.state === state),
  );
  return { fate: ended ?? 'lost', twice: mostOften(writes) > 1 };
}

/** Throws unless nothing was done twice, nothing was lost, and what nobody can know is left to a person. */
function judged(outcome: Outcome): Fate {
  const begun = outcome.plans.filter(({ state }) => state !== 'shown');
  expect(begun).toHaveLength(1);
  return judgedAs(fateOf(outcome.left), begun[0], outcome);
}

function endsOf({ plans }: Outcome): string {
  return plans.map(({ state, because = '' }) => `${state} ${because}`).join('; ');
}

/** One plan at most was put aside; another one took its place, once, and that was done. */
function judgedReplaced(outcome: Outcome): Fate {
  const begun = outcome.plans.filter(({ state }) => state !== 'shown');
  const done = begun.filter(({ state }) => state === 'applied');
  expect(done, endsOf(outcome)).toHaveLength(1);
  const [plan] = done;
  const others = begun.filter((one) => one !== plan).map(({ state, supersededBy }) => ({ state, supersededBy }));
  expect([[], [{ state: 'outdated', supersededBy: plan?.id }]]).toContainEqual(others);
  return judgedAs('applied', plan, outcome);
}

/** As of a fix; but an undo that stopped between two requests was finished by another one. */
function judgedUndone(outcome: Outcome): Fate {
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

/** Every step of a run to the end, and every request of it before it arrives and before it is answered. */
function killsOf({ said, writes }: Outcome): readonly { readonly step: string; readonly kill: Kill }[] {
  return [
    ...(JSON.parse(said) as string[]).map((step, at) => ({ step, kill: { crossing: at + 1 } })),
    ...writes.flatMap((_write, at) => [
      { step: 'sent, not arrived', kill: { write: at + 1, moment: 'arrived' as const } },
      { step: 'done, not answered', kill: { write: at + 1, moment: 'done' as const } },
    ]),
  ];
}

/** Two at a time: as many as the machine has cores. */
async function twoAtATime<T>(all: readonly T[], each: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await each(next);
  };
  await Promise.all([worker(), worker()]);
}

describe('killed at every step, and started again', () => {
  const cells: Cell[] = [];
  let folder: TempDir;
  let incident: string;
  beforeAll(async () => {
    folder = await tempDir('crash-template');
    incident = await dataWithIncident(join(folder.path, 'data'));
  });
  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
    process.stdout.write(`${tableOf(cells)}\n`);
  });

  test.for(Object.entries(remedyClasses))('%s: never twice, never lost', async ([verb, remedy]) => {
    const whole = await crash(remedy, 'never', folder.path, incident);
    expect(judged(whole)).toBe('applied');
    await twoAtATime(killsOf(whole), async ({ step, kill }) => {
      const outcome = await crash(remedy, kill, folder.path, incident);
      cells.push({ verb, step, ...seen(outcome) });
      expect(outcome.signal, `${step}: ${endsOf(outcome)}`).toBe('SIGKILL');
      if ('crossing' in Object(kill)) expect(outcome.said).toBe(step);
      judged(outcome);
    });
  });

  test.for(Object.entries(undoneClasses))('%s: never twice, never lost, and finished', async ([name, remedy]) => {
    const whole = await crash(remedy, 'never', folder.path, incident);
    expect(judgedUndone(whole)).toBe('applied');
    const fates = new Set<Fate>();
    await twoAtATime(killsOf(whole), async ({ step, kill }) => {
      const outcome = await crash(remedy, kill, folder.path, incident);
      cells.push({ verb: name, step, ...seen(outcome) });
      expect(outcome.signal, `${step}: ${endsOf(outcome)}`).toBe('SIGKILL');
      fates.add(judgedUndone(outcome));
    });
    expect([...fates].sort()).toEqual(['applied', 'partly-applied', 'unknown']);
  });

  test('while another plan takes the place of one that no longer fits: there is one request, and one execution', async () => {
    const whole = await crash(replaced, 'never', folder.path, incident);
    judgedReplaced(whole);
    expect(whole.plans.map(({ state }) => state).sort()).toContain('outdated');
    const crossings = JSON.parse(whole.said) as string[];
    await twoAtATime([...crossings.entries()], async ([at, step]) => {
      const outcome = await crash(replaced, { crossing: at + 1 }, folder.path, incident);
      cells.push({ verb: 'replaced', step, ...seen(outcome) });
      expect(outcome.signal, `${step}: ${endsOf(outcome)}`).toBe('SIGKILL');
      expect(outcome.said).toBe(step);
      judgedReplaced(outcome);
    });
  });
});
