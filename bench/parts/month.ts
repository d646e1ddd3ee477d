import { randomBytes } from 'node:crypto';
import { WHOLE } from '../../engine/acting/agenda.ts';
import { append } from '../../engine/acting/ledger.ts';
import type { Incident } from '../../engine/incident.ts';
import { POSTS_KEPT } from '../../functions/keep.ts';
import type { LocalCounts } from '../../functions/lambda/local/counts.ts';
import type { LambdaLocal } from '../../functions/lambda/local/runner.ts';
import type { Stack } from '../../functions/lambda/local/stack.ts';
import { idleCosts } from './costs.ts';
import { sumOf } from './prices.ts';

const SWEEPS = 20;
const REPAIRS = 4;
const DAY_MS = 86_400_000;
/** With 10,000 incidents and as many plans a month this many are in the table on average; so many are of one day. */
export const PLANS = 5_000;
const PLANS_A_DAY = 333;
/** Their ids come before all others, and this one after them. */
const otherId = (n: number) => `!other-${n}`;
export const OTHERS_END = '!other-~';

/** What ticks use with so many incidents of a month behind them, and its plans, and what the plans cost once a day. */
export async function ticksAmongMany(local: LambdaLocal, stack: Stack, incidents: number) {
  const { store } = local.place;
  const [incident] = [...(await store.list<Incident>('closed')), ...(await store.list<Incident>('incidents'))];
  if (!incident) throw new Error('the incident left nothing to copy');
  await copies(local, 'closed', incidents, (n) => [`copy-${n}`, { ...incident.value, id: `copy-${n}` }]);
  const tick = local.function('tick');
  // What it does once a day it has done.
  await tick.invoke({ due: 'repair' });
  const idle = await idleCounts(local);
  const usual = idle.repair.dynamodbUnits.read / REPAIRS;
  await store.delete('progress', POSTS_KEPT);
  await agendaIsWhole(local, 2 * DAY_MS);
  local.resetCounts();
  await tick.invoke({ due: 'repair' });
  const daily = { priced: 'tableReads', amount: local.counts().dynamodbUnits.read - usual, how: '' } as const;
  const month = idleCosts(idle, { sweeps: SWEEPS, repairs: REPAIRS }, stack);
  return { idle, month, plansDollars: 30 * sumOf([daily]) };
}

/** The plans that other incidents of the month have left, each applied and verified, and those of the last day on the agenda. */
export async function manyPlans(local: LambdaLocal): Promise<void> {
  // Plans that were carried out without a ledger would stop everything.
  await append(local.place.store, { now: () => new Date() }, { kind: 'verified', plan: otherId(0) });
  const before = (ms: number) => new Date(Date.now() - ms).toISOString();
  await copies(local, 'plans', PLANS, (n) => {
    const at = before(DAY_MS + n * 60_000);
    const lists = ['steps', 'changes', 'diff', 'approvals', 'shownTo', 'described', 'effects', 'blocked'];
    const said = Object.fromEntries(lists.map((field) => [field, []]));
    const times = { at, executedAt: at, endedAt: at, updatedAt: at, verification: { verdict: 'fixed', looks: 1, at } };
    const about = {
      id: otherId(n),
      incident: `other-${n}`,
      cluster: 'practice',
      remedy: 'evictWriter',
      state: 'applied',
    };
    return [otherId(n), { ...about, ...said, ...times, filled: randomBytes(2_000).toString('base64') }];
  });
  await copies(local, 'agenda', PLANS_A_DAY, (n) => {
    const over = before((n * DAY_MS) / PLANS_A_DAY);
    return [otherId(n), { at: over, over }];
  });
  await agendaIsWhole(local, 0);
}

/** As the tick leaves it behind that has gone through all plans so long ago. */
async function agendaIsWhole({ place }: LambdaLocal, agoMs: number): Promise<void> {
  const at = (ms: number) => new Date(Date.now() - ms).toISOString();
  const value = { since: at(agoMs + DAY_MS), scanned: at(agoMs) };
  await place.store.put({ collection: 'agenda', id: WHOLE, value, expect: 'any' });
}

async function copies(
  { place }: LambdaLocal,
  collection: 'closed' | 'plans' | 'agenda',
  count: number,
  nth: (n: number) => readonly [string, object],
): Promise<void> {
  for (let n = 0; n < count; n += 100) {
    const some = Array.from({ length: Math.min(100, count - n) }, (_, index) => nth(n + index));
    await place.store.putAll(some.map(([id, value]) => ({ collection, id, value, expect: 'any' })));
  }
}

async function idleCounts(local: LambdaLocal): Promise<{ readonly sweep: LocalCounts; readonly repair: LocalCounts }> {
  const tick = local.function('tick');
  local.resetCounts();
  for (let count = 0; count < SWEEPS; count += 1) await tick.invoke({ due: 'sweep' });
  const sweep = local.counts();
  local.resetCounts();
  for (let count = 0; count < REPAIRS; count += 1) await tick.invoke({ due: 'repair' });
  return { sweep, repair: local.counts() };
}
