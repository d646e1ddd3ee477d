import { describe, expect, test } from 'vitest';
import type { Allowed, Change } from '../../../engine/change.ts';
import { edited, type Fields, fakeCluster, type Things } from './fake-cluster.ts';
import { compiled, like, node, type PodLike, pod, shop, web } from './recorded.ts';

const scratch = { name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'] } } } };
const inline = { name: 'cache', csi: { driver: 'inline.storage.example' } };
const secrets = { name: 'keys', csi: { driver: 'secrets-store.csi.k8s.io', readOnly: true } };
const evict = { verb: 'evict', namespace: 'shop', pod: 'db-0' } as const;
const deletePod = { verb: 'delete-pod', namespace: 'shop', pod: 'db-0' } as const;
const emptying = (allow: readonly Allowed[] = []): readonly Change[] => [
  { verb: 'drain', node: 'worker-3', allow },
  { verb: 'taint', node: 'worker-3', taint: { key: 'lab', effect: 'NoExecute' }, allow },
];
const world = (volumes: readonly Fields[], pods: PodLike = {}): Things => ({
  Node: [node('worker-3')],
  Pod: [
    pod('db-0', { owner: 'ReplicaSet db', volumes, ...pods }),
    pod('db-1', { owner: 'ReplicaSet db', node: 'worker-4' }),
  ],
});

describe.each([
  ['ephemeral volume claim', scratch, 'its ephemeral volume claim scratch', 'its data'],
  ['inline CSI volume', inline, 'its inline CSI volume cache', 'what is in it'],
])('an %s ends with its pod', (_kind, volume, name, what) => {
  const cluster = () => fakeCluster(world([volume]));

  test('so a drain and a NoExecute taint are refused it, like an emptyDir volume', async () => {
    for (const change of emptying()) {
      expect(await compiled(cluster(), change)).toMatchObject({
        actions: [],
        blocked: [`refuse shop/db-0: ${name} would be deleted with ${what} (only with local-storage allowed)`],
      });
    }
  });

  test('and where that is allowed, it is said', async () => {
    const loss = `shop/db-0; ${name} is deleted with ${what}`;
    const [drained, tainted] = await Promise.all(
      emptying(['local-storage']).map((change) => compiled(cluster(), change)),
    );
    expect(drained).toMatchObject({ blocked: [], effects: expect.arrayContaining([`evict ${loss}`]) });
    expect(tainted).toMatchObject({ blocked: [], effects: expect.arrayContaining([`end ${loss}`]) });
    expect(tainted?.material).toMatchObject({ loses: ['shop/db-0'] });
  });

  test('also of the one that is evicted or deleted by itself', async () => {
    for (const change of [evict, deletePod]) {
      expect((await compiled(cluster(), change)).effects).toContain(`${name} is deleted with ${what}`);
    }
  });
});

describe('pods that a new template replaces, or that are scaled away', () => {
  test.each<[string, Fields, string]>([
    [
      'ephemeral volume claims',
      scratch,
      'the ephemeral volume claims (scratch) of the pods that end are deleted with their data',
    ],
    [
      'inline CSI volumes',
      inline,
      'the inline CSI volumes (cache) of the pods that end are deleted with what is in them',
    ],
  ])('take their %s with them: it is said, and has to be approved', async (_kind, volume, words) => {
    const template = { spec: { template: { spec: { volumes: [volume] } } } };
    const cluster = shop({ Deployment: [edited(like('Deployment', 'web'), template)] });
    const changes: readonly Change[] = [
      { verb: 'restart', workload: web },
      { verb: 'scale', workload: web, replicas: 1 },
    ];
    for (const change of changes) {
      const { effects, material } = await compiled(cluster, change);
      expect(effects).toContain(words);
      expect(material).toContain(words);
    }
  });
});

test('an inline CSI volume that is read only is made again as it was: nothing of it is lost', async () => {
  for (const change of emptying()) expect((await compiled(fakeCluster(world([secrets])), change)).blocked).toEqual([]);
});

describe('what stays where it is', () => {
  const claim = { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } };
  const onNode = { name: 'spool', hostPath: { path: '/var/spool/db' } };
  const mounted = (readOnly: boolean) => ({ name: 'db', volumeMounts: [{ name: 'spool', readOnly }] });
  const LOCAL = 'it starts on no other node if the volume of its claim data-db-0 is a local one';
  const LEFT = 'what it wrote to the disk of its node (hostPath) stays there';
  const spooling = (readOnly: boolean, owner = 'ReplicaSet db') => {
    const { Pod = [], ...others } = world([onNode], { owner });
    const written = Pod.map((one) => edited(one, { spec: { containers: [mounted(readOnly)] } }));
    return fakeCluster({ ...others, Pod: written });
  };

  test('is said: a claim whose volume may be local', async () => {
    const cluster = fakeCluster(world([claim]));
    const [drained, tainted] = await Promise.all(emptying().map((change) => compiled(cluster, change)));
    expect(drained?.effects).toContain(`evict shop/db-0; ${LOCAL}`);
    expect(tainted?.effects).toContain(`end shop/db-0; ${LOCAL}`);
    for (const change of [evict, deletePod]) expect((await compiled(cluster, change)).effects).toContain(LOCAL);
  });

  test('is said: what a pod wrote to a hostPath, but not what it only reads', async () => {
    expect((await compiled(spooling(false), evict)).effects).toContain(LEFT);
    expect((await compiled(spooling(true), evict)).effects).not.toContain(LEFT);
  });

  test('is of no matter where a DaemonSet starts the next one in the same place', async () => {
    expect((await compiled(spooling(false, 'DaemonSet db'), evict)).effects).not.toContain(LEFT);
  });
});
