import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { type TempDir, tempDirInMemory } from '../../../harness/temp.ts';
import type { RemedyClass } from './classes.ts';
import { endsOf, type Fate, seen } from './judge.ts';
import { dataWithIncident } from './prepare.ts';
import { bundleChild, crash, type Kill, type Outcome } from './run.ts';
import { type Cell, tableOf } from './table.ts';

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

/** Kills a remedy at each of its steps, judges what became of it, and prints all that was seen as a table in the end. */
export function crashMatrix() {
  const cells: Cell[] = [];
  let folder: TempDir;
  let incident: string;
  beforeAll(async () => {
    folder = await tempDirInMemory('crash-template');
    await bundleChild(folder.path);
    incident = await dataWithIncident(join(folder.path, 'data'));
  });
  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
    process.stdout.write(`${tableOf(cells)}\n`);
  });
  /** The run to the end, and what became of those that were killed, all or at some of the kinds of steps. */
  return async (
    name: string,
    remedy: RemedyClass,
    judge: (outcome: Outcome) => Fate,
    at: 'all' | 'crossings' = 'all',
  ) => {
    const whole = await crash(remedy, 'never', folder.path, incident);
    expect(judge(whole)).toBe('applied');
    const fates = new Set<Fate>();
    const kills = killsOf(whole).filter(({ kill }) => at === 'all' || 'crossing' in Object(kill));
    await twoAtATime(kills, async ({ step, kill }) => {
      const outcome = await crash(remedy, kill, folder.path, incident);
      cells.push({ verb: name, step, ...seen(outcome) });
      expect(outcome.signal, `${step}: ${endsOf(outcome)}`).toBe('SIGKILL');
      if ('crossing' in Object(kill)) expect(outcome.said).toBe(step);
      fates.add(judge(outcome));
    });
    return { whole, fates: [...fates].sort() };
  };
}
