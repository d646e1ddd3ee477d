import { describe, expect, it } from 'vitest';
import { edited, fakeCluster, type Things } from './fake-cluster.ts';
import { compiled, like, objects, plan, shop } from './recorded.ts';

const subject = { kind: 'ServiceAccount', namespace: 'shop', name: 'crawler' } as const;
const isolate = { verb: 'isolate-flow', flow: 'crawler', subject, shares: 5 } as const;
const restore = { verb: 'restore-flow', flow: 'crawler' } as const;

describe('isolating a noisy client', () => {
  it('creates its level, then the schema that leads to it, both marked with the plan', async () => {
    const { actions, effects, inverse } = await compiled(shop(), isolate);

    expect(actions).toEqual([
      {
        verb: 'create',
        object: { kind: 'PriorityLevelConfiguration', name: 'nightshift-crawler' },
        body: {
          metadata: { name: 'nightshift-crawler', annotations: { 'nightshift.dev/plan': plan } },
          spec: {
            type: 'Limited',
            limited: {
              nominalConcurrencyShares: 5,
              borrowingLimitPercent: 0,
              limitResponse: { type: 'Queue', queuing: { queues: 1, handSize: 1, queueLengthLimit: 50 } },
            },
          },
        },
      },
      {
        verb: 'create',
        object: { kind: 'FlowSchema', name: 'nightshift-crawler' },
        body: {
          metadata: { name: 'nightshift-crawler', annotations: { 'nightshift.dev/plan': plan } },
          spec: {
            priorityLevelConfiguration: { name: 'nightshift-crawler' },
            matchingPrecedence: 1000,
            distinguisherMethod: { type: 'ByUser' },
            rules: [
              {
                subjects: [{ kind: 'ServiceAccount', serviceAccount: { namespace: 'shop', name: 'crawler' } }],
                resourceRules: [
                  { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] },
                ],
                nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
              },
            ],
          },
        },
      },
    ]);
    expect(effects[0]).toBe(
      'requests of ServiceAccount shop/crawler get 5 of 210 shares of what the API server does at once (2 %), a little less for all others',
    );
    expect(inverse).toEqual([restore]);
  });

  it('is asked before the schema of all service accounts, after those of the system', async () => {
    const precedence = new Map(
      objects.FlowSchema.map(({ metadata, spec }) => [
        metadata.name,
        (spec as { readonly matchingPrecedence: number }).matchingPrecedence,
      ]),
    );

    expect(precedence.get('service-accounts')).toBeGreaterThan(1000);
    expect(precedence.get('kube-system-service-accounts')).toBeLessThan(1000);
  });

  it.each([
    [{ ...subject, namespace: 'kube-system' }, 'kube-system-service-accounts (precedence 900)'],
    [{ kind: 'User', name: 'system:kube-scheduler' } as const, 'kube-scheduler (precedence 800)'],
    [{ kind: 'User', name: 'system:serviceaccount:kube-system:x' } as const, 'kube-system-service-accounts'],
  ])('is refused for %o, whose requests another schema takes first', async (whose, other) => {
    const { actions, blocked } = await compiled(shop(), { ...isolate, subject: whose });

    expect(actions).toEqual([]);
    expect(blocked).toEqual([expect.stringContaining(`flow schema ${other}`)]);
  });

  it.each([
    [{ shares: 0 }, 'a priority level cannot have 0 shares'],
    [{ flow: 'Not a name' }, 'nightshift-Not a name cannot be the name of a flow schema'],
  ])('is refused with %o', async (wrong, why) => {
    expect((await compiled(shop(), { ...isolate, ...wrong })).blocked).toEqual([why]);
  });

  it('is refused where the schema that its requests come through now is asked before ours', async () => {
    const subjects = [{ kind: 'Group', group: { name: 'ci-bots' } }];
    const resourceRules = [{ verbs: ['list'], apiGroups: [''], resources: ['pods'], namespaces: ['*'] }];
    const earlier = like('FlowSchema', 'service-accounts', {
      metadata: { name: 'ci-bots' },
      spec: { matchingPrecedence: 500, rules: [{ subjects, resourceRules }] },
    });
    const cluster = shop({ FlowSchema: [...objects.FlowSchema, earlier] });

    const { blocked, actions } = await compiled(cluster, { ...isolate, from: 'ci-bots' });
    expect(actions).toEqual([]);
    expect(blocked).toEqual(['flow schema ci-bots (precedence 500) takes its requests before ours (1000) is asked']);
    expect((await compiled(cluster, { ...isolate, from: 'service-accounts' })).blocked).toEqual([]);
  });

  it('goes on where it stopped, and finds nothing to do when it is done', async () => {
    const things = shop();
    const [level, schema] = (await compiled(things, isolate)).actions;
    if (level) things.apply(level);

    const rest = await compiled(things, isolate);
    for (const action of rest.actions) things.apply(action);

    expect(rest.actions).toEqual([schema]);
    expect(await compiled(things, isolate)).toMatchObject({ actions: [], blocked: [], inverse: [] });
    expect((await compiled(things, { ...isolate, shares: 9 })).blocked).toEqual([
      'there is another priority level nightshift-crawler',
    ]);
  });

  it('never takes over an object of the same name that somebody else made', async () => {
    const { FlowSchema = [] } = { FlowSchema: [...objects.FlowSchema, like('FlowSchema', 'global-default', foreign)] };

    expect((await compiled(shop({ FlowSchema }), isolate)).blocked).toEqual([
      'there is another flow schema nightshift-crawler',
    ]);
  });
});

const foreign = { metadata: { name: 'nightshift-crawler' } };

describe('restoring a flow', () => {
  async function isolated() {
    const things = shop();
    for (const action of (await compiled(things, isolate)).actions) things.apply(action);
    return things;
  }

  it('deletes the schema, then its level, by uid, and can be taken back', async () => {
    const { actions, inverse, effects } = await compiled(await isolated(), restore);

    expect(actions).toEqual([
      { verb: 'delete', object: { kind: 'FlowSchema', name: 'nightshift-crawler' }, uid: 'uid-of-nightshift-crawler' },
      {
        verb: 'delete',
        object: { kind: 'PriorityLevelConfiguration', name: 'nightshift-crawler' },
        uid: 'uid-of-nightshift-crawler',
      },
    ]);
    expect(inverse).toEqual([isolate]);
    expect(effects).toEqual(['requests of ServiceAccount shop/crawler share a priority level with others again']);
  });

  it('deletes nothing that does not carry the mark of a plan', async () => {
    const things: Things = {
      FlowSchema: [like('FlowSchema', 'global-default', foreign)],
      PriorityLevelConfiguration: [edited(like('PriorityLevelConfiguration', 'global-default'), foreign)],
    };

    const { actions, blocked } = await compiled(fakeCluster(things), restore);

    expect(actions).toEqual([]);
    expect(blocked).toEqual([
      'FlowSchema nightshift-crawler was not created by Nightshift',
      'PriorityLevelConfiguration nightshift-crawler was not created by Nightshift',
    ]);
  });

  it('has nothing to do when both are gone', async () => {
    expect((await compiled(shop(), restore)).effects).toEqual([
      'flow schema and priority level nightshift-crawler are already gone',
    ]);
  });
});
