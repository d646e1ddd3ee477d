import type { Change } from '../change.ts';
import type { InterlockReport } from '../interlocks.ts';
import type { Plan } from '../plan.ts';
import type { Store } from '../ports.ts';
import { isWatchOf, type StormWatch, stormsNow } from '../storm.ts';
import { plansSince } from './agenda.ts';
import type { Checked, Subject } from './check.ts';
import { endOf, frozenBy, type Limits } from './limits.ts';
import { goneOnWith } from './lineage.ts';
import { isSameCluster } from './same-cluster.ts';
import { planById } from './stored.ts';
import { sharedLately, sharedNow } from './touched.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Another plan of the cluster, and what both it and this one touch. */
interface Near {
  readonly other: Plan;
  readonly shared: string;
}

/** What the team has agreed on: those whom the policy names may break the glass; and one thing at a time. */
export async function agreedOf(
  { store, clock, limits }: Checked,
  plan: Subject,
  changes: readonly Change[],
): Promise<InterlockReport[]> {
  const now = clock.now();
  const minded = new Date(now.getTime() - Math.max(HOUR_MS, limits.coolDownMinutes * MINUTE_MS));
  const lately = await plansSince(store, minded, { now });
  const others = lately.filter((other) => other.id !== plan.id && isSameCluster(other, plan));
  const own = { ...plan, changes };
  const sharing = (sharedWith: typeof sharedNow): Near[] =>
    others.flatMap((other) => {
      const shared = sharedWith(own, other);
      return shared === undefined ? [] : [{ other, shared }];
    });
  const undone = plan.undoes === undefined ? undefined : await planById(store, plan.undoes);
  const rules = [actionsPerHour(others, limits, now), freeze(limits, now), await storm(store, plan, now)];
  return [
    oneAtATime(sharing(sharedNow)),
    // What was done to another object about the same incident is no reason to let this one cool down.
    coolDown(sharing(sharedLately), undone, plan, limits, now),
    ...rules.map((rule) => (undone ? unlessTakenBack(rule, undone) : rule)),
  ];
}

/** A change that may or may not have been made counts as one that is being made, until somebody has said which. */
function oneAtATime(near: readonly Near[]): InterlockReport {
  const running = near.find(({ other }) => other.state === 'executing');
  const doubtful = near.find(({ other }) => other.state === 'unknown');
  const value = running
    ? `running now on ${running.shared}: ${running.other.title}`
    : doubtful
      ? `nobody knows whether "${doubtful.other.title}" was applied to ${doubtful.shared}: somebody has to look, and say so on the message of plan ${doubtful.other.id}`
      : 'nothing';
  return {
    id: 'one-at-a-time',
    title: 'Nothing else is being done to what it changes',
    holds: !running && !doubtful,
    value,
    breakable: false,
  };
}

function coolDown(
  near: readonly Near[],
  undone: Plan | undefined,
  plan: Subject,
  { coolDownMinutes }: Limits,
  now: Date,
): InterlockReport {
  const name = { id: 'cool-down', title: 'What it changes was left alone lately', breakable: true } as const;
  // Nobody must have to sit and watch a change do harm, whatever else was done since.
  if (undone)
    return { ...name, holds: true, value: `"${undone.title}" may be taken back at once, without a cool-down` };
  const stopped = goneOnWith(
    plan,
    near.map(({ other }) => other),
  );
  const hot = near
    // What failed has changed nothing.
    .filter(({ other }) => other.state !== 'failed' && !stopped.includes(other))
    .map((one) => ({ ...one, ago: sinceEndMs(one.other, now) }))
    .filter(({ ago }) => ago < coolDownMinutes * MINUTE_MS)
    .sort((a, b) => a.ago - b.ago);
  const [latest] = hot;
  if (latest) {
    const { shared, ago, other } = latest;
    const wait = Math.ceil((coolDownMinutes * MINUTE_MS - ago) / MINUTE_MS);
    const when = ago < 0 ? 'by a clock that was ahead of this one' : `${Math.floor(ago / MINUTE_MS)} min ago`;
    const value = `${shared} was changed ${when} (${other.title}): ${wait} min to wait`;
    return { ...name, holds: false, value, occasions: hot.map((one) => one.other.id) };
  }
  if (stopped.length > 0)
    return { ...name, holds: true, value: 'it goes on with what stopped halfway, without a cool-down' };
  if (coolDownMinutes === 0) return { ...name, holds: true, value: 'no cool-down is set' };
  return { ...name, holds: true, value: `nothing was done to it for ${coolDownMinutes} min` };
}

function actionsPerHour(others: readonly Plan[], { actionsPerHour: most }: Limits, now: Date): InterlockReport {
  const begun = others.filter(({ executedAt }) => executedAt && now.getTime() - Date.parse(executedAt) < HOUR_MS);
  const value = `${begun.length} in the last hour; ${most} are allowed`;
  const name = { id: 'actions-per-hour', title: 'Not too many actions in this cluster', breakable: true } as const;
  if (begun.length < most) return { ...name, holds: true, value };
  return { ...name, holds: false, value, occasions: begun.map(({ id }) => id) };
}

export function freeze({ freeze: windows }: Limits, now: Date): InterlockReport {
  const on = frozenBy(windows, now).map((window) => `${window.name} (${endOf(window, now)})`);
  const name = { id: 'freeze-window', title: 'No freeze', breakable: true } as const;
  if (on.length === 0) return { ...name, holds: true, value: 'none now' };
  return { ...name, holds: false, value: `frozen: ${on.join('; ')}`, occasions: on };
}

async function storm(store: Store, { cluster }: Subject, now: Date): Promise<InterlockReport> {
  const watches = (await store.list<StormWatch>('storms')).filter(({ id }) => isWatchOf(cluster, id));
  const on = watches.flatMap(({ value }) => stormsNow(value, now));
  const name = { id: 'storm', title: 'No storm is going on', breakable: true } as const;
  if (on.length === 0) return { ...name, holds: true, value: 'none' };
  return { ...name, holds: false, value: 'many alerts at once: look at what they have in common', occasions: on };
}

/** Only of what takes a change back: taking back what an undo has done is doing it once more, and waits like any change. */
function unlessTakenBack(rule: InterlockReport, { title }: Plan): InterlockReport {
  if (rule.holds) return rule;
  const { occasions: _passed, ...report } = rule;
  const value = `${rule.value}; nobody must sit and watch a change do harm, so "${title}" may be taken back all the same`;
  return { ...report, holds: true, value };
}

/** What is being done now was not left alone at all; what takes long begins to cool down when it ends. */
function sinceEndMs({ state, executedAt, endedAt }: Plan, now: Date): number {
  if (!executedAt) return Number.POSITIVE_INFINITY;
  if (state === 'executing') return 0;
  return now.getTime() - Date.parse(endedAt ?? executedAt);
}
