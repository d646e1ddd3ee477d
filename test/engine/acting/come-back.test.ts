import { describe, expect, test } from 'vitest';
import { stillAway } from '../../../engine/acting/come-back.ts';
import { type Back, notBack } from '../../../engine/acting/not-back.ts';
import { Pod } from '../../../engine/changes/objects.ts';
import type { Owners } from '../../../engine/changes/owners.ts';
import { ownerOf } from '../../../engine/changes/owners.ts';
import { startersOf } from '../../../engine/changes/starters.ts';
import type { Plan } from '../../../engine/plan.ts';
import { type Fields, fakeCluster, type Thing, type Things } from '../changes/fake-cluster.ts';
import { node, pod } from '../changes/recorded.ts';

const set = (more: Fields = {}, replicas = 3): Thing => ({
  metadata: { name: 'web-1a', namespace: 'shop', uid: 'uid-web-1a', resourceVersion: '1' },
  spec: { replicas },
  status: { replicas: 3, readyReplicas: 3, ...more },
});
const refused = {
  conditions: [
    {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message: 'Internal error occurred: failed calling webhook "pods.example"',
    },
  ],
};
const web = (name: string, more = {}) =>
  pod(name, { owner: 'ReplicaSet web-1a', labels: { 'pod-template-hash': '1a' }, ...more });
const workload = (name: string, status: Fields, spec: Fields = {}): Thing => ({
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '1', labels: {} },
  spec: { replicas: 2, selector: {}, template: { spec: { containers: [] } }, ...spec },
  status,
});
const db = (name: string, more = {}) => pod(name, { owner: 'StatefulSet db', ...more });
const agent = (name: string, more = {}) => pod(name, { owner: 'DaemonSet agent', ...more });

/** A plan that has ended the first of these pods, as it was made; and what is there now. */
async function having(before: Things, ended: string, now: Things, change: Fields = { verb: 'evict' }) {
  const { kube } = fakeCluster(before);
  const pods = (before.Pod ?? []).filter(({ metadata }) => metadata.name === ended).map((one) => Pod.parse(one));
  const owners: Owners = new Map((await Promise.all(pods.map((one) => ownerOf(kube, one)))).flatMap((one) => [...one]));
  const steps = pods.map(({ metadata: { uid, name, namespace } }) => ({
    ...{ uid, verb: 'evict', object: { kind: 'Pod', namespace, name }, changes: [0], state: 'done' },
  }));
  const plan = { changes: [change], steps, starters: startersOf(pods, owners) } as unknown as Plan;
  return { plan, now: fakeCluster(now, { orphans: true }) };
}
const seen = async (...about: Parameters<typeof having>) => {
  const { plan, now } = await having(...about);
  return notBack(now.kube, plan);
};

describe('a pod of a ReplicaSet was ended', () => {
  const before = { Pod: [web('web-1'), web('web-2'), web('web-3')], ReplicaSet: [set()] };

  test('and another one is there and ready: all is as before', async () => {
    const now = { Pod: [web('web-1', { deleting: true }), web('web-2'), web('web-3'), web('web-4')] };
    expect(await seen(before, 'web-1', now)).toEqual([]);
  });

  test('and none came, because the API server lets none in: that is said in its words', async () => {
    const now = { Pod: [web('web-2'), web('web-3')], ReplicaSet: [set(refused)] };
    expect(await seen(before, 'web-1', now)).toEqual([
      {
        name: 'ReplicaSet shop/web-1a',
        lacks: 1,
        words: '2 of its 3 pods are there, 2 of 3 ready as before',
        because: 'Internal error occurred: failed calling webhook "pods.example"',
      },
    ]);
  });

  test('and another one is there that is not ready yet: none is lacking, and yet it is not as before', async () => {
    const now = { Pod: [web('web-2'), web('web-3'), web('web-4', { ready: false })], ReplicaSet: [set()] };
    expect(await seen(before, 'web-1', now)).toEqual([
      { name: 'ReplicaSet shop/web-1a', lacks: 0, words: '2 of 3 ready as before' },
    ]);
  });

  test('and another one waits for a node, which it may be meant to: it was let in', async () => {
    const now = { Pod: [web('web-2'), web('web-3'), web('web-4', { ready: false, node: '' })], ReplicaSet: [set()] };
    expect(await seen(before, 'web-1', now)).toEqual([]);
  });

  test('and somebody wants fewer by now, or the ReplicaSet is gone: then none is missing', async () => {
    const Pods = [web('web-2'), web('web-3')];
    expect(await seen(before, 'web-1', { Pod: Pods, ReplicaSet: [set({}, 2)] })).toEqual([]);
    expect(await seen(before, 'web-1', { Pod: Pods })).toEqual([]);
  });

  test('which had lost one before: no more is asked for than there was', async () => {
    const short = { Pod: before.Pod, ReplicaSet: [set({ replicas: 2, readyReplicas: 2, ...refused })] };
    const now = { Pod: [web('web-2'), web('web-3')], ReplicaSet: [set(refused)] };
    expect(await seen(short, 'web-1', now)).toEqual([]);
  });
});

describe('a pod of a StatefulSet was ended', () => {
  const before = { Pod: [db('db-0'), db('db-1')], StatefulSet: [workload('db', { readyReplicas: 2 })] };
  const fresh = { ...db('db-1'), metadata: { ...db('db-1').metadata, uid: 'uid-next' } };

  test('and the next one of its name is there and ready', async () => {
    expect(await seen(before, 'db-1', { Pod: [db('db-0'), fresh] })).toEqual([]);
  });

  test('and stays Terminating: none is lacking yet, and none is there', async () => {
    const now = { Pod: [db('db-0'), db('db-1', { deleting: true })], StatefulSet: before.StatefulSet };
    expect(await seen(before, 'db-1', now)).toEqual([
      { name: 'StatefulSet shop/db', lacks: 0, words: 'db-1 has not ended yet' },
    ]);
  });

  test('and is gone while all others are ready: it should be there again', async () => {
    const now = { Pod: [db('db-0')], StatefulSet: [workload('db', { readyReplicas: 1 })] };
    expect(await seen(before, 'db-1', now)).toEqual([
      { name: 'StatefulSet shop/db', lacks: 1, words: 'no other has started in the place of db-1' },
    ]);
  });

  test('and is gone while another is not ready: its turn has not come, unless they start in parallel', async () => {
    const Pods = [db('db-0', { ready: false })];
    const waits = { Pod: Pods, StatefulSet: [workload('db', { readyReplicas: 0 })] };
    const parallel = { Pod: Pods, StatefulSet: [workload('db', {}, { podManagementPolicy: 'Parallel' })] };
    expect(await seen(before, 'db-1', waits)).toMatchObject([{ lacks: 0 }]);
    expect(await seen(before, 'db-1', parallel)).toMatchObject([{ lacks: 1 }]);
  });

  test('and the StatefulSet was made smaller since: then none is missing', async () => {
    const now = { Pod: [db('db-0')], StatefulSet: [workload('db', { readyReplicas: 1 }, { replicas: 1 })] };
    expect(await seen(before, 'db-1', now)).toEqual([]);
  });
});

describe('a pod of a DaemonSet was ended', () => {
  const before = { Pod: [agent('agent-1')], DaemonSet: [workload('agent', {})] };

  test('and another one is on its node', async () => {
    const now = { Pod: [agent('agent-1', { deleting: true }), agent('agent-2')], DaemonSet: before.DaemonSet };
    expect(await seen(before, 'agent-1', now)).toEqual([]);
  });

  test('and none is on its node, which is there', async () => {
    const elsewhere = agent('agent-2', { node: 'worker-4' });
    const now = { Pod: [elsewhere], DaemonSet: before.DaemonSet };
    expect(await seen(before, 'agent-1', { ...now, Node: [node('worker-3')] })).toEqual([
      { name: 'DaemonSet shop/agent', lacks: 1, words: 'no other has started in the place of agent-1' },
    ]);
    expect(await seen(before, 'agent-1', now)).toEqual([]);
  });
});

describe('before a further request', () => {
  const before = { Pod: [web('web-1'), web('web-2'), web('web-3')], ReplicaSet: [set()] };
  const away = { Pod: [web('web-2'), web('web-3')], ReplicaSet: [set(refused)] };
  const atOnce = async () => {};

  test('it stops as soon as a controller says twice that it cannot start another', async () => {
    const { plan, now } = await having(before, 'web-1', away);
    expect(await stillAway(() => now.kube, plan, new Map(), atOnce)).toBe(
      'what was ended has not come back: ReplicaSet shop/web-1a: 2 of its 3 pods are there, 2 of 3 ready as before (Internal error occurred: failed calling webhook "pods.example")',
    );
    expect(now.asked.filter(({ kind }) => kind === 'Pod')).toHaveLength(2);
  });

  test('it stops where nobody says why, once the time of a webhook is over', async () => {
    const { plan, now } = await having(before, 'web-1', { ...away, ReplicaSet: [set()] });
    let waitedMs = 0;
    const pause = async (ms: number) => {
      waitedMs += ms;
    };
    expect(await stillAway(() => now.kube, plan, new Map(), pause)).toContain('2 of its 3 pods are there');
    expect(waitedMs).toBe(15_000);
  });

  test('it waits for a controller to take its moment, and asks no more of one whose pods are back', async () => {
    const { plan, now } = await having(before, 'web-1', away);
    const back: Back = new Map();
    let looks = 0;
    const looking = () => {
      looks += 1;
      if (looks === 2) now.put('Pod', web('web-4'));
      return now.kube;
    };
    expect(await stillAway(looking, plan, back, atOnce)).toBeUndefined();
    expect(looks).toBe(2);
    const asked = now.asked.length;
    expect(await stillAway(looking, plan, back, atOnce)).toBeUndefined();
    expect(now.asked).toHaveLength(asked);
  });

  test('what is not ready yet, or still ending, holds nothing up', async () => {
    const started = { Pod: [web('web-2'), web('web-3'), web('web-4', { ready: false })], ReplicaSet: [set()] };
    const { plan, now } = await having(before, 'web-1', started);
    expect(await stillAway(() => now.kube, plan, new Map(), atOnce)).toBeUndefined();
  });
});
