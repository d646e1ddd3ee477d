import { describe, expect, it } from 'vitest';
import type { Change } from '../../../engine/change.ts';
import { edited, type FakeCluster, type Fields, fakeCluster } from './fake-cluster.ts';
import { at, compiled, like, shop, web } from './recorded.ts';

const restart = { verb: 'restart', workload: web } as const;
const deployment = (changes: Fields = {}) => shop({ Deployment: [like('Deployment', 'web', changes)] });

/** A StatefulSet or DaemonSet of the recorded Deployment's shape. */
const other = (kind: 'StatefulSet' | 'DaemonSet', changes: Fields = {}) =>
  fakeCluster({ [kind]: [edited(like('Deployment', 'web', { spec: { strategy: null } }), changes)] });
const restartOf = (kind: 'StatefulSet' | 'DaemonSet') => ({ verb: 'restart', workload: { ...web, kind } }) as const;

describe('restarting a workload', () => {
  it('changes one annotation of the template, as kubectl does, at the time of the plan', async () => {
    const { actions, diff, effects } = await compiled(deployment(), restart);

    expect(actions).toEqual([
      {
        verb: 'patch',
        object: web,
        type: 'merge',
        body: {
          metadata: { uid: 'cc818b04-b6b9-4c0c-89cf-1d18bb70d16f', resourceVersion: '695' },
          spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': at } } } },
        },
      },
    ]);
    expect(diff).toEqual([
      {
        object: 'Deployment shop/web',
        path: 'spec.template.metadata.annotations[kubectl.kubernetes.io/restartedAt]',
        before: null,
        after: at,
      },
    ]);
    expect(effects).toEqual(['Deployment shop/web: 2 pods replaced step by step (at most 25% unavailable, 25% more)']);
  });

  it.each([
    [{ spec: { paused: true } }, 'Deployment shop/web is paused: a restart would only begin when it is resumed'],
    [
      { metadata: { generation: 2 } },
      'a rollout of Deployment shop/web is under way: its last change has not been taken up yet',
    ],
    [{ status: { updatedReplicas: 1 } }, 'a rollout of Deployment shop/web is under way: 1 of 2 replicas are updated'],
    [{ status: { replicas: 3 } }, 'a rollout of Deployment shop/web is under way: 1 old replica not gone yet'],
  ])('waits while the Deployment has %o', async (changes, why) => {
    expect((await compiled(deployment(changes), restart)).blocked).toEqual([why]);
  });

  it.each(['StatefulSet', 'DaemonSet'] as const)(
    'refuses a %s that replaces pods only when they are deleted',
    async (kind) => {
      const { blocked } = await compiled(
        other(kind, { spec: { updateStrategy: { type: 'OnDelete' } } }),
        restartOf(kind),
      );

      expect(blocked).toEqual([`${kind} shop/web replaces a pod only when it is deleted (OnDelete)`]);
    },
  );

  it('knows the rollouts of StatefulSets and DaemonSets', async () => {
    const halfway = { currentRevision: 'web-1', updateRevision: 'web-2', updatedReplicas: 1 };
    const behind = { desiredNumberScheduled: 3, updatedNumberScheduled: 2 };
    const updateStrategy = { rollingUpdate: { partition: 1 } };

    expect((await compiled(other('StatefulSet', { status: halfway }), restartOf('StatefulSet'))).blocked).toEqual([
      'a rollout of StatefulSet shop/web is under way: 1 of 2 replicas are updated',
    ]);
    expect((await compiled(other('DaemonSet', { status: behind }), restartOf('DaemonSet'))).blocked).toEqual([
      'a rollout of DaemonSet shop/web is under way: 2 of 3 pods are updated',
    ]);
    const canary = other('StatefulSet', { status: halfway, spec: { updateStrategy } });
    expect((await compiled(canary, restartOf('StatefulSet'))).effects).toEqual([
      'StatefulSet shop/web: 1 pod replaced one after the other, the last first; those below number 1 keep their template',
    ]);
  });

  it.each<['DaemonSet' | 'StatefulSet', Fields, string]>([
    ['DaemonSet', { maxUnavailable: '100%' }, '6 pods replaced: all at once (maxUnavailable 100%)'],
    ['DaemonSet', { maxUnavailable: '90%' }, '6 pods replaced: all at once (maxUnavailable 90%)'], // rounded up
    ['DaemonSet', { maxUnavailable: 5 }, '6 pods replaced step by step (at most 5 unavailable)'],
    ['StatefulSet', { maxUnavailable: 6 }, '6 pods replaced: all at once (maxUnavailable 6)'],
    ['StatefulSet', { maxUnavailable: 2 }, '6 pods replaced 2 at a time, the last first'],
    ['StatefulSet', { maxUnavailable: '10%' }, '6 pods replaced one after the other, the last first'], // one at least
    [
      'StatefulSet',
      { maxUnavailable: 2, partition: 4 },
      '2 pods replaced: all at once (maxUnavailable 2); those below number 4 keep their template',
    ],
  ])('says of a %s with %o how many pods go at a time', async (kind, rollingUpdate, words) => {
    const six = { desiredNumberScheduled: 6, updatedNumberScheduled: 6, numberAvailable: 6, readyReplicas: 6 };
    const things = other(kind, { spec: { replicas: 6, updateStrategy: { rollingUpdate } }, status: six });
    const { effects, material } = await compiled(things, restartOf(kind));
    expect(effects).toEqual([`${kind} shop/web: ${words}`]);
    expect(material).toContain(words.replace(/^\d pods replaced/, ''));
  });

  it.each([2, 3])('is refused where all pods of a StatefulSet are below its partition: %d of 2', async (partition) => {
    const things = other('StatefulSet', { spec: { updateStrategy: { rollingUpdate: { partition } } } });
    const words = `replaces none of its pods: its partition ${partition} keeps the template of all 2`;
    expect((await compiled(things, restartOf('StatefulSet'))).blocked).toEqual([`StatefulSet shop/web ${words}`]);
    const workload = { ...web, kind: 'StatefulSet' } as const;
    const resources = { verb: 'set-resources', workload, container: 'httpd', requests: { cpu: '10m' } } as const;
    expect((await compiled(things, resources)).effects).toContain(`StatefulSet shop/web ${words}`);
  });

  it('says of a Deployment of which all may be unavailable that they go at once', async () => {
    const strategy = { rollingUpdate: { maxUnavailable: '100%' } };
    expect((await compiled(deployment({ spec: { strategy } }), restart)).effects).toEqual([
      'Deployment shop/web: 2 pods replaced: all at once (maxUnavailable 100%)',
    ]);
  });

  const BOTH = {
    labels: { 'app.kubernetes.io/managed-by': 'Helm', 'argocd.argoproj.io/instance': 'old' },
    annotations: {
      'meta.helm.sh/release-name': 'web',
      'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web',
    },
  };
  const FLUX = { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'helm.toolkit.fluxcd.io/name': 'web' };

  it.each([
    ['Argo CD, which renders with Helm', BOTH, 'Argo CD (application shop) and Helm (release web)'],
    ['Argo CD, by its label', { labels: { 'argocd.argoproj.io/instance': 'shop' } }, 'Argo CD (application shop)'],
    ['Flux', { labels: FLUX }, 'Flux (Kustomization apps) and Flux (HelmRelease web)'],
    ['Helm', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, 'Helm'],
  ])('names who deploys it from elsewhere, and may put it back: %s', async (_who, metadata, who) => {
    const words = `${who} may put it back: to last, it has to be changed there, too`;
    const changes = [restart, { verb: 'scale', workload: web, replicas: 5 }] as const;
    for (const change of changes) {
      const { effects, material } = await compiled(deployment({ metadata }), change);
      expect(effects).toContain(words);
      expect(material).toContain(words);
    }
  });

  const blockedBy = async (things: FakeCluster, change: Change) => (await compiled(things, change)).blocked;
  const agents = (desired: number, available: number, maxUnavailable: number) =>
    other('DaemonSet', {
      spec: { updateStrategy: { rollingUpdate: { maxUnavailable } } },
      status: { desiredNumberScheduled: desired, updatedNumberScheduled: desired, numberAvailable: available },
    });

  it('is refused while pods are missing, if it would take more of them away', async () => {
    const why = (of: string) => `has only ${of} pods available: a restart would take more of them away`;
    const strategy = { rollingUpdate: { maxUnavailable: 2 } };
    const three = {
      spec: { replicas: 3, strategy },
      status: { replicas: 3, updatedReplicas: 3, availableReplicas: 2 },
    };
    expect(await blockedBy(deployment(three), restart)).toEqual([`Deployment shop/web ${why('2 of 3')}`]);
    const atOnce = { spec: { strategy: { type: 'Recreate' } }, status: { availableReplicas: 1 } };
    expect(await blockedBy(deployment(atOnce), restart)).toEqual([`Deployment shop/web ${why('1 of 2')}`]);
    const set = other('StatefulSet', { status: { readyReplicas: 1 } });
    expect(await blockedBy(set, restartOf('StatefulSet'))).toEqual([`StatefulSet shop/web ${why('1 of 2')}`]);
    expect(await blockedBy(agents(6, 5, 3), restartOf('DaemonSet'))).toEqual([`DaemonSet shop/web ${why('5 of 6')}`]);
  });

  it('replaces what is down where those that serve stay until others do', async () => {
    // As kubeadm makes coredns: at most one unavailable, and one is already.
    const strategy = { rollingUpdate: { maxUnavailable: 1 } };
    expect(await blockedBy(deployment({ spec: { strategy }, status: { availableReplicas: 1 } }), restart)).toEqual([]);
    expect(await blockedBy(deployment({ status: { availableReplicas: 1 } }), restart)).toEqual([]);
    expect(await blockedBy(deployment({ status: { availableReplicas: 0 } }), restart)).toEqual([]);
    const none = other('StatefulSet', { status: { readyReplicas: 0 } });
    expect(await blockedBy(none, restartOf('StatefulSet'))).toEqual([]);
    for (const available of [0, 3, 5]) {
      expect(await blockedBy(agents(6, available, 1), restartOf('DaemonSet'))).toEqual([]);
    }
  });

  it('is done once, however often it is compiled', async () => {
    const things = deployment();
    for (const action of (await compiled(things, restart)).actions) things.apply(action);

    expect(await compiled(things, restart)).toMatchObject({ actions: [], blocked: [] });
  });

  it('says how many are available, and who else may have a say', async () => {
    const ownerReferences = [{ kind: 'Canary', name: 'web', uid: 'c', controller: true }];

    const { effects } = await compiled(
      deployment({ metadata: { ownerReferences }, status: { availableReplicas: 1 } }),
      { verb: 'set-resources', workload: web, container: 'httpd', requests: { cpu: '10m' } },
    );

    expect(effects.slice(2)).toEqual(['1 of 2 are available now', 'it belongs to Canary web, which may put it back']);
  });
});

describe('pausing and resuming a rollout', () => {
  const pause = { verb: 'pause', workload: web } as const;
  const resume = { verb: 'resume', workload: web } as const;

  it('stops it where it is, and says where that is', async () => {
    const { actions, effects, inverse } = await compiled(deployment({ status: { updatedReplicas: 1 } }), pause);

    expect(actions).toMatchObject([{ type: 'merge', body: { spec: { paused: true } } }]);
    expect(effects[0]).toBe('the rollout of Deployment shop/web stops where it is: 1 of 2 replicas are updated');
    expect(inverse).toEqual([resume]);
  });

  it('lets it go on, and says what that replaces', async () => {
    const paused = deployment({ spec: { paused: true }, status: { updatedReplicas: null } });

    const { actions, effects, inverse } = await compiled(paused, resume);

    expect(actions).toMatchObject([{ body: { spec: { paused: false } } }]);
    expect(effects).toEqual([
      'the rollout of Deployment shop/web goes on: 2 pods replaced step by step (at most 25% unavailable, 25% more)',
    ]);
    expect(inverse).toEqual([pause]);
    expect((await compiled(deployment(), resume)).effects).toEqual(['Deployment shop/web is not paused']);
  });
});
