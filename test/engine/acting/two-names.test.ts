import { describe, expect, test } from 'vitest';
import { inFrontOf } from '../../../engine/acting/in-front.ts';
import { defaultLimits } from '../../../engine/acting/limits.ts';
import { reminderFor } from '../../../engine/acting/overdue.ts';
import { planRemedy } from '../../../engine/acting/planner.ts';
import { isSameCluster } from '../../../engine/acting/same-cluster.ts';
import { standInLine } from '../../../engine/acting/turn.ts';
import { type Incident, slotOf } from '../../../engine/incident.ts';
import type { Plan } from '../../../engine/plan.ts';
import { CLUSTER, NODE, REMEDY } from '../../real/support/crash/stage.ts';
import { lab } from './lab.ts';

const cordon = { verb: 'cordon', node: NODE } as const;

/** One API server that stands twice in the configuration, and an incident of the same node under either name. */
async function twice() {
  const it = await lab([cordon]);
  const name = `${CLUSTER}-by-its-other-url`;
  const [cluster] = it.acting.clusters;
  const writer = it.acting.writers.get(CLUSTER);
  const incident = (await it.store.get<Incident>('incidents', slotOf(it.incident)))?.value;
  if (!cluster || !writer || !incident) throw new Error('the lab has no cluster, or no incident');
  const id = `${'0'.repeat(12)}-1`;
  await it.store.put({
    collection: 'incidents',
    id: slotOf(id),
    value: { ...incident, id, cluster: name },
    expect: 'absent',
  });
  const acting = {
    ...it.acting,
    clusters: [cluster, { ...cluster, name }],
    writers: new Map([...it.acting.writers, [name, writer]]),
  };
  const planned = async () => {
    const made = await planRemedy(acting, id, REMEDY);
    if ('problem' in made) throw new Error(made.problem);
    return made.plan;
  };
  return { it, planned };
}

/** Uncordoned by hand, so that there is something to do again. */
const uncordon = { verb: 'uncordon', node: NODE } as const;

const interlock = ({ interlocks }: Plan, id: string) => interlocks.find((one) => one.id === id);

describe('one cluster under two names', () => {
  test('cools down after what was done under the other one, and counts it', async () => {
    const { it, planned } = await twice();
    await using _lab = it;
    it.rules.limits = { ...defaultLimits, actionsPerHour: 1 };
    const { id } = await it.requested();
    const done = await it.approved(id);
    expect(done).toMatchObject({ state: 'applied', cluster: CLUSTER });
    await it.behindOurBack(uncordon);
    const plan = await planned();
    expect(plan).toMatchObject({ cluster: expect.not.stringMatching(/^practice$/), clusterUid: done.clusterUid });
    expect(interlock(plan, 'cool-down')).toMatchObject({
      holds: false,
      value: 'node/worker-3 was changed 1 min ago (Fix it): 9 min to wait',
    });
    expect(interlock(plan, 'actions-per-hour')).toMatchObject({ holds: false, occasions: [id] });
  });

  test.each(['executing', 'unknown'] as const)('waits for what is %s under the other one', async (state) => {
    const { it, planned } = await twice();
    await using _lab = it;
    const { id } = await it.requested();
    const other = await it.approved(id);
    await it.behindOurBack(uncordon);
    await it.store.put({ collection: 'plans', id, value: { ...other, state }, expect: 'any' });
    expect(interlock(await planned(), 'one-at-a-time')).toMatchObject({ holds: false, breakable: false });
  });

  test('has one line, in which executions happen one at a time, and says what is in front', async () => {
    const { it, planned } = await twice();
    await using _lab = it;
    const first = { ...(await it.requested()), state: 'executing' as const };
    const second = { ...(await planned()), state: 'approved' as const };
    for (const value of [first, second])
      await it.store.put({ collection: 'plans', id: value.id, value, expect: 'any' });
    expect(await inFrontOf(it.acting, second)).toBe('Fix it is being done');

    const reminders = [first, second].flatMap((plan) => reminderFor(plan, new Date(Date.now() + 3_600_000)));
    const again = await Promise.all([first, second].map(({ id }) => standInLine(it.acting, id)));
    expect(new Set([...reminders, ...again.flat()].map(({ group }) => group)).size).toBe(1);
    await it.queue.send(again.flat());
    const take = { max: 2, leaseMs: 60_000, waitMs: 0 };
    const handed = [...(await it.queue.receive('remediate', take)), ...(await it.queue.receive('remediate', take))];
    expect(handed.filter(({ body }) => (body as { readonly type: string }).type === 'execute')).toHaveLength(1);
  });
});

test('two clusters are not one because one has the name that the other had', () => {
  const then = { cluster: 'prod', clusterUid: 'the old one' };
  expect(isSameCluster(then, { cluster: 'prod', clusterUid: 'the new one' })).toBe(false);
  expect(isSameCluster(then, { cluster: 'prod-by-its-other-url', clusterUid: 'the old one' })).toBe(true);
  // A plan of an earlier version does not know its cluster but by the name.
  expect(isSameCluster({ cluster: 'prod' }, then)).toBe(true);
  expect(isSameCluster({ cluster: 'prod-us' }, then)).toBe(false);
});
