import { describe, expect, test } from 'vitest';
import type { Acting } from '../../../engine/acting/desk.ts';
import type { Attributed } from '../../../engine/acting/meanwhile.ts';
import { asFarAsRolledOut } from '../../../engine/acting/rolled-out.ts';
import { ReadFailure } from '../../../engine/errors.ts';
import type { Plan } from '../../../engine/plan.ts';
import type { Fields } from '../changes/fake-cluster.ts';
import { like, web } from '../changes/recorded.ts';
import { smallCluster } from './small-cluster.ts';

const plan = { cluster: 'lab', changes: [{ verb: 'restart', workload: web }] } as unknown as Plan;
const fixed = { verdict: 'fixed', reason: 'no disk is saturated' } as const;

/** What is said of a restart of the recorded Deployment of 4 replicas, with this status. */
async function told(seen: Attributed, status: Fields, spec: Fields = {}, about = plan) {
  const { source, put, hooks } = smallCluster([]);
  put('Deployment', { ...like('Deployment', 'web', { spec: { replicas: 4, ...spec }, status }) });
  if (status.silent) {
    hooks.beforeRead = () => {
      throw new ReadFailure('unreachable', 'connection refused (password=hunter2)');
    };
  }
  return asFarAsRolledOut({ clusters: [{ name: 'lab', source }] } as unknown as Acting, about, seen);
}
const over = { replicas: 4, updatedReplicas: 4, availableReplicas: 4 };
/** Two new pods found no room, and two old ones run on. */
const stuck = { replicas: 4, updatedReplicas: 2, availableReplicas: 2 };

describe('what is seen after a rollout', () => {
  test('is taken as it is once every pod has the new template', async () => {
    expect(await told(fixed, over)).toEqual(fixed);
  });

  test('is no proof while the rollout is stuck: that a single pod ended may be all that helped', async () => {
    expect(await told(fixed, stuck)).toEqual({
      verdict: 'cannot-tell',
      reason:
        'it is well (no disk is saturated), but its rollout is not over: Deployment shop/web: 2 of 4 replicas are updated',
    });
    expect(await told({ ...fixed, verdict: 'cannot-tell', isOver: true }, stuck)).not.toHaveProperty('isOver');
  });

  test('says in the words of the API server why no new pod is let in', async () => {
    const message = 'pods "web-1" is forbidden: exceeded quota: most';
    const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }];
    expect(await told(fixed, { ...stuck, conditions })).toMatchObject({
      verdict: 'cannot-tell',
      reason: expect.stringContaining(`2 of 4 replicas are updated (${message})`),
    });
  });

  test('is no proof while a pod that was evicted has none in its place', async () => {
    const starters = [
      { kind: 'StatefulSet', namespace: 'shop', name: 'db', uid: 'u', pods: [{ uid: 'p', name: 'db-0', ready: true }] },
    ];
    const steps = [
      { uid: 'p', verb: 'evict', object: { kind: 'Pod', namespace: 'shop', name: 'db-0' }, state: 'done' },
    ];
    const evicted = { ...plan, changes: [{ verb: 'evict', namespace: 'shop', pod: 'db-0' }], steps, starters };
    const spec = { replicas: 2, selector: {}, template: { spec: { containers: [] } } };
    const set = { metadata: { name: 'db', namespace: 'shop', uid: 'u' }, spec, status: { readyReplicas: 1 } };
    const { source, put } = smallCluster([]);
    put('StatefulSet', set);
    const acting = { clusters: [{ name: 'lab', source }] } as unknown as Acting;
    expect(await asFarAsRolledOut(acting, evicted as unknown as Plan, fixed)).toEqual({
      verdict: 'cannot-tell',
      reason:
        'it is well (no disk is saturated), but what was ended is not there again as before: StatefulSet shop/db: no other has started in the place of db-0',
    });
    put('Pod', {
      metadata: { name: 'db-0', namespace: 'shop', uid: 'next' },
      spec: {},
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    });
    expect(await asFarAsRolledOut(acting, evicted as unknown as Plan, fixed)).toEqual(fixed);
  });

  test('says that it is stuck where it did not help, which may be why', async () => {
    expect(await told({ verdict: 'not-fixed', reason: 'two disks are saturated' }, stuck)).toEqual({
      verdict: 'not-fixed',
      reason: 'two disks are saturated; and its rollout is not over: Deployment shop/web: 2 of 4 replicas are updated',
    });
  });

  test('is no proof either where all pods are new and none is available', async () => {
    expect(await told(fixed, { ...over, availableReplicas: 0 })).toMatchObject({
      verdict: 'cannot-tell',
      reason: expect.stringContaining('Deployment shop/web: 0 of 4 pods available'),
    });
  });

  test('waits where the rollout cannot be looked at', async () => {
    expect(await told(fixed, { ...over, silent: true })).toMatchObject({
      verdict: 'cannot-tell',
      reason: expect.stringContaining(
        'whether all its pods are there again could not be looked at: connection refused (password=[redacted]',
      ),
    });
  });

  test('needs no end of a rollout that a fix has paused, or of none at all', async () => {
    expect(await told(fixed, stuck, { paused: true })).toEqual(fixed);
    const cordon = { ...plan, changes: [{ verb: 'cordon', node: 'worker-1' }] } as unknown as Plan;
    expect(await told(fixed, stuck, {}, cordon)).toEqual(fixed);
  });
});
