import { expect, it } from 'vitest';
import { claimFix } from '../../engine/acting/incident-plans.ts';
import type { Incident } from '../../engine/incident.ts';
import type { Plan } from '../../engine/plan.ts';
import { hasShownTarget, putAway } from '../../engine/put-away.ts';
import { lookupOf } from '../../engine/triage.ts';
import { type Night, night, nodeAlert } from './night.ts';

/** An incident that is over, in its slot no more. */
async function over(tonight: Night): Promise<Incident> {
  tonight.node('worker-3', true);
  await tonight.send(nodeAlert('worker-3'));
  await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
  await tonight.settle();
  const [incident] = await tonight.desk.store.list<Incident>('incidents');
  if (!incident) throw new Error('there is no incident');
  await putAway(tonight.desk.store, incident);
  return incident.value;
}

it('a node that was looked at is known for one that existed, also when its incident was put away', async () => {
  await using tonight = await night();
  await over(tonight);
  const [cluster] = tonight.desk.clusters;
  if (!cluster) throw new Error('there is no cluster');
  const { wasSeen } = lookupOf(tonight.desk, cluster, 'sample');

  expect([await wasSeen('worker-3'), await wasSeen('worker-4')]).toEqual([true, false]);
});

it('a look that found no Node of this name, and no cause, is no proof that one was', () => {
  const absent = { query: 'get Node worker-9', failure: 'not-found' };
  const looked = (evidence: object, verdict: string) =>
    hasShownTarget({ report: { evidence: [evidence], causes: [{ verdict }] } } as unknown as Incident);

  expect(looked(absent, 'inconclusive')).toBe(false);
  expect(looked(absent, 'confirmed')).toBe(true);
  expect(looked({ query: 'get Node worker-3' }, 'inconclusive')).toBe(true);
});

it('of two who want to take back the same afterwards one gets it: the claim is where the incident is', async () => {
  await using tonight = await night();
  const { store, clock } = tonight.desk;
  const { id } = await over(tonight);
  const undo = (plan: string) =>
    ({ id: plan, incident: id, remedy: 'cordon', undoes: 'p0', state: 'shown' }) as unknown as Plan;
  for (const plan of ['p1', 'p2']) await store.put({ collection: 'plans', id: plan, value: undo(plan), expect: 'any' });

  expect([await claimFix({ store, clock }, undo('p1')), await claimFix({ store, clock }, undo('p2'))]).toEqual([
    true,
    false,
  ]);
  expect((await store.get<Incident>('closed', id))?.value.plans).toEqual(['p1']);
});
