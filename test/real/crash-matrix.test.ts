import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../engine/plan.ts';
import { type TempDir, tempDir } from '../harness/temp.ts';
import { remedyClasses } from './support/crash/classes.ts';
import { dataWithIncident } from './support/crash/prepare.ts';
import { crash, type Kill, type Outcome } from './support/crash/run.ts';
import { type Cell, tableOf } from './support/crash/table.ts';

/** What a step that was under way allows: see `fateOf`. */
type Fate = 'applied' | 'unknown' | 'failed';

/** What must become of a plan, by the state in which the dead process left it. */
function fateOf(left: Plan | undefined): Fate {
  if (left?.state !== 'executing') return 'applied';
  const count = (state: string) => left.steps.filter((step) => step.state === state).length;
  if (count('started') > 0) return 'unknown';
  return count('done') === 0 || count('done') === left.steps.length ? 'applied' : 'failed';
}

/** How often each request was really sent, the most. */
function mostOften(writes: readonly string[]): number {
  return Math.max(0, ...[...Map.groupBy(writes, (write) => write).values()].map(({ length }) => length));
}

/** Throws unless nothing was done twice, nothing was lost, and what nobody can know is left to a person. */
function judged({ left, plans, cards, writes, lateWrites, findings }: Outcome): Fate {
  const begun = plans.filter(({ state }) => state !== 'shown');
  expect(begun).toHaveLength(1);
  const [plan] = begun;
  const card = cards.find((one) => one.plan.id === plan?.id);
  const fate = fateOf(left);
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
      expect(plan?.verification?.verdict).toBe('not-fixed');
      break;
    case 'unknown':
      expect(plan?.because).toMatch(/was under way\. Looked in the cluster: /);
      expect(card?.buttons).toEqual(['it-was-applied', 'it-was-not-applied']);
      break;
    case 'failed':
      expect(plan?.because).toMatch(/after \d+ of \d+ steps; nothing is in doubt/);
      expect(card?.buttons).toEqual(['plan-again']);
  }
  return fate;
}

/** Two at a time: as many as the machine has cores. */
async function twoAtATime<T, R>(all: readonly T[], each: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...all.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await each(next[1]);
  };
  await Promise.all([worker(), worker()]);
  return results;
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
    const crossings = JSON.parse(whole.said) as string[];
    const kills: readonly { readonly step: string; readonly kill: Kill }[] = [
      ...crossings.map((step, at) => ({ step, kill: { crossing: at + 1 } })),
      ...whole.writes.flatMap((_write, at) => [
        { step: 'sent, not arrived', kill: { write: at + 1, moment: 'arrived' as const } },
        { step: 'done, not answered', kill: { write: at + 1, moment: 'done' as const } },
      ]),
    ];

    const outcomes = await twoAtATime(kills, async ({ step, kill }) => {
      const outcome = await crash(remedy, kill, folder.path, incident);
      expect(outcome.signal, step).toBe('SIGKILL');
      if ('crossing' in Object(kill)) expect(outcome.said).toBe(step);
      const fate = judged(outcome);
      if (step === 'done, not answered')
        expect(outcome.plans.map(({ because }) => because).join()).toContain('the change is there');
      return { verb, step, fate };
    });
    cells.push(...outcomes);
  });
});
