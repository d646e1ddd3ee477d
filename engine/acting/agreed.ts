import type { Change } from '../change.ts';
import type { InterlockReport } from '../interlocks.ts';
import type { Plan } from '../plan.ts';
import { isWatchOf, type StormWatch, stormNow } from '../storm.ts';
import type { Checked, Subject } from './check.ts';
import { endOf, frozenBy, type Limits } from './limits.ts';
import { touchedBy } from './touched.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** What the team has agreed on: those whom the policy names may break the glass; and one thing at a time. */
export async function agreedOf(
  { store, clock, limits }: Checked,
  plan: Subject,
  changes: readonly Change[],
): Promise<InterlockReport[]> {
  const now = clock.now();
  const plans = (await store.list<Plan>('plans')).map(({ value }) => value);
  const others = plans.filter(({ id, cluster }) => id !== plan.id && cluster === plan.cluster);
  const touched = touchedBy({ target: plan.target, changes });
  const near = others.flatMap((other) => {
    const shared = [...touchedBy(other)].find((object) => touched.has(object));
    return shared === undefined ? [] : [{ other, shared }];
  });
  const running = near.find(({ other }) => other.state === 'executing');
  const lately = others.filter((other) => sinceMs(other, now) < HOUR_MS);
  const frozen = frozenBy(limits.freeze, now);
  const watches = (await store.list<StormWatch>('storms')).filter(({ id }) => isWatchOf(plan.cluster, id));
  const stormy = watches.some(({ value }) => stormNow(value, now) !== undefined);
  const breakable = true;
  return [
    {
      id: 'one-at-a-time',
      title: 'Nothing else is being done to what it changes',
      holds: running === undefined,
      value: running ? `running now on ${running.shared}: ${running.other.title}` : 'nothing',
      breakable: false,
    },
    { ...coolDown(near, plan, limits, now), breakable },
    {
      id: 'actions-per-hour',
      title: 'Not too many actions in this cluster',
      holds: lately.length < limits.actionsPerHour,
      value: `${lately.length} in the last hour; ${limits.actionsPerHour} are allowed`,
      breakable,
    },
    {
      id: 'freeze-window',
      title: 'No freeze',
      holds: frozen === undefined,
      value: frozen ? `frozen: ${frozen.name} (${endOf(frozen, now)})` : 'none now',
      breakable,
    },
    {
      id: 'storm',
      title: 'No storm is going on',
      holds: !stormy,
      value: stormy ? 'many alerts at once: look at what they have in common' : 'none',
      breakable,
    },
  ];
}

function coolDown(
  near: readonly { readonly other: Plan; readonly shared: string }[],
  plan: Subject,
  { coolDownMinutes }: Limits,
  now: Date,
): Pick<InterlockReport, 'id' | 'title' | 'holds' | 'value'> {
  const undone = near.find(({ other }) => other.id === plan.undoes)?.other;
  const stopped = stoppedBefore(near, undone ?? plan);
  const [latest] = near
    // What failed has changed nothing.
    .filter(({ other }) => other.state !== 'failed' && other !== undone && !stopped.includes(other))
    .filter(({ other }) => sinceMs(other, now) < coolDownMinutes * MINUTE_MS)
    .sort((a, b) => sinceMs(a.other, now) - sinceMs(b.other, now));
  const name = { id: 'cool-down', title: 'What it changes was left alone lately' } as const;
  if (latest) {
    const ago = sinceMs(latest.other, now);
    const wait = Math.ceil((coolDownMinutes * MINUTE_MS - ago) / MINUTE_MS);
    const value = `${latest.shared} was changed ${Math.floor(ago / MINUTE_MS)} min ago (${latest.other.title}): ${wait} min to wait`;
    return { ...name, holds: false, value };
  }
  // Nobody must have to sit and watch a change do harm.
  if (undone)
    return { ...name, holds: true, value: `"${undone.title}" may be taken back at once, without a cool-down` };
  if (stopped.length > 0)
    return { ...name, holds: true, value: 'it goes on with what stopped halfway, without a cool-down' };
  if (coolDownMinutes === 0) return { ...name, holds: true, value: 'no cool-down is set' };
  return { ...name, holds: true, value: `nothing was done to it for ${coolDownMinutes} min` };
}

/** What this plan goes on with, and what that one went on with before it. */
function stoppedBefore(
  near: readonly { readonly other: Plan }[],
  { continues }: Pick<Plan, 'continues'>,
): readonly Plan[] {
  const before = continues === undefined ? undefined : near.find(({ other }) => other.id === continues)?.other;
  return before ? [before, ...stoppedBefore(near, before)] : [];
}

function sinceMs({ executedAt }: Plan, now: Date): number {
  return executedAt ? now.getTime() - Date.parse(executedAt) : Number.POSITIVE_INFINITY;
}
