import { describe, expect, test } from 'vitest';
import type { Change } from '../../../engine/change.ts';
import { describeChange } from '../../../engine/changes/describe.ts';
import { blueprintIn } from '../acting/blueprint-in.ts';
import { edited, type Fields, fakeCluster } from './fake-cluster.ts';
import { compiled, like, node, objects, pod, shop, web } from './recorded.ts';

const volumes = [{ name: 'data', emptyDir: {} }];
const LOST = 'what is in the emptyDir volumes of the pods that end is lost';

describe('a NoExecute taint', () => {
  const tainting = (...allow: ('bare-pods' | 'local-storage')[]): Change => ({
    verb: 'taint',
    node: 'worker-3',
    taint: { key: 'lab', effect: 'NoExecute' },
    ...(allow.length > 0 ? { allow } : {}),
  });
  const things = (lost = 'reports-0') => ({
    Node: [node('worker-3')],
    Pod: [
      pod(lost, { owner: 'StatefulSet reports', volumes }),
      pod('by-hand'),
      pod('web-1', { owner: 'ReplicaSet web' }),
      pod('web-2', { owner: 'ReplicaSet web', deleting: true }),
      pod('agent', { owner: 'DaemonSet agent', tolerations: [{ operator: 'Exists' }], volumes }),
    ],
  });

  test('is refused what would be lost for good, like a drain', async () => {
    const { actions, blocked } = await compiled(fakeCluster(things()), tainting());
    expect(actions).toEqual([]);
    expect(blocked).toEqual([
      'refuse shop/by-hand: it has no controller, so nothing would start it again (only with bare-pods allowed)',
      'refuse shop/reports-0: its emptyDir volume would be deleted with what is in it (only with local-storage allowed)',
    ]);
  });

  test('names each pod that it ends and what of it is lost, and says that none comes back', async () => {
    const { actions, blocked, effects } = await compiled(fakeCluster(things()), tainting('bare-pods', 'local-storage'));
    expect(blocked).toEqual([]);
    expect(actions).toHaveLength(1);
    expect(effects).toEqual([
      expect.stringMatching(/^removes 3 of 5 pods at once,.* removing the taint does not bring them back$/),
      'end shop/by-hand; nothing starts it again',
      'end shop/reports-0; what is in its emptyDir volumes is lost',
      'end shop/web-1',
    ]);
  });

  test('is another plan when other data is lost, also of the same workload', async () => {
    const digestOf = async (lost?: string) =>
      (await blueprintIn(shop(things(lost)), tainting('bare-pods', 'local-storage'))).digest;
    expect(await digestOf()).toBe(await digestOf());
    expect(await digestOf('reports-1')).not.toBe(await digestOf());
  });

  test('says in words what it is allowed', () => {
    expect(describeChange(tainting('local-storage'))).toBe(
      'taint node worker-3 with lab:NoExecute (local storage too)',
    );
  });

  test('that replaces another value is taken back with what it was allowed', async () => {
    const worker = node('worker-3', { taints: [{ key: 'lab', value: 'old', effect: 'NoExecute' }] });
    const change = tainting('bare-pods', 'local-storage');
    const { inverse } = await compiled(fakeCluster({ ...things(), Node: [worker] }), change);
    expect(inverse).toMatchObject([{ verb: 'taint', taint: { value: 'old' }, allow: ['bare-pods', 'local-storage'] }]);
  });
});

describe('pods that a new template replaces, or that are scaled away', () => {
  const template = (local: boolean) => ({ spec: { template: { spec: { volumes: local ? volumes : [] } } } });
  const revised = (kind: 'Deployment' | 'ReplicaSet', name: string, revision: string, changes: Fields) =>
    edited(like(kind, name, { metadata: { annotations: { 'deployment.kubernetes.io/revision': revision } } }), changes);
  const [set] = objects.ReplicaSet.filter(({ metadata }) => metadata.name.startsWith('web-'));
  const withVolumes = (local: boolean) =>
    shop({
      Deployment: [revised('Deployment', 'web', '2', template(local))],
      ReplicaSet: [
        revised('ReplicaSet', set?.metadata.name ?? '', '1', { spec: { template: { spec: { hostPID: true } } } }),
      ],
    });
  const resources = { verb: 'set-resources', workload: web, container: 'httpd', limits: { memory: '200Mi' } } as const;

  test.each<[string, Change]>([
    ['a restart', { verb: 'restart', workload: web }],
    ['other resources', resources],
    ['a rollback', { verb: 'undo', workload: web }],
    ['fewer replicas', { verb: 'scale', workload: web, replicas: 1 }],
  ])(
    'take what is in their emptyDir volumes with them: %s says so, and it has to be approved',
    async (_what, change) => {
      const [lost, kept] = [await compiled(withVolumes(true), change), await compiled(withVolumes(false), change)];
      expect(lost.blocked).toEqual([]);
      expect(lost.effects).toContain(LOST);
      expect(lost.material).toContain(LOST);
      expect(kept.effects).not.toContain(LOST);
    },
  );

  test('more replicas end none', async () => {
    const { effects } = await compiled(withVolumes(true), { verb: 'scale', workload: web, replicas: 5 });
    expect(effects).not.toContain(LOST);
  });
});
