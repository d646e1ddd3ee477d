import { describe, expect, it } from 'vitest';
import type { Action, JsonObject } from '../../engine/action.ts';
import { differences } from '../../engine/rehearsal.ts';
import { edited, type Fields, type Thing } from './changes/fake-cluster.ts';
import { answers, compiled, shop, web } from './changes/recorded.ts';

type Patch = Extract<Action, { readonly verb: 'patch' }>;
const patch = (fields: JsonObject, type: Patch['type'] = 'merge', object: Patch['object'] = web): Patch => ({
  ...{ verb: 'patch', object, type },
  body: { metadata: { uid: 'u-1', resourceVersion: '7' }, ...fields },
});
const answer = (fields: Fields, metadata: Fields = {}): Fields => ({
  metadata: { uid: 'u-1', resourceVersion: '7', ...metadata },
  ...fields,
});
const rig = { kind: 'Node', name: 'rig-node-1' } as const;
const onRig = (fields: JsonObject): Patch => ({
  ...patch(fields, 'merge', rig),
  body: { metadata: { uid: '14ed0d8f-94d0-4a8f-955b-aab590506e31', resourceVersion: '42080' }, ...fields },
});

describe('what a real API server answered to a dry run', () => {
  it('is as meant for a cordon, a restart and a scale', async () => {
    const scale = { ...patch({ spec: { replicas: 5 } }), subresource: 'scale' } as const;
    const uid = 'cc818b04-b6b9-4c0c-89cf-1d18bb70d16f';
    const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-11-21T00:00:00Z' };
    const restart = patch({ metadata: { uid }, spec: { template: { metadata: { annotations } } } });

    expect(differences(onRig({ spec: { unschedulable: true } }), answers.cordon)).toEqual([]);
    expect(differences(restart, answers.restart)).toEqual([]);
    expect(differences({ ...scale, body: { metadata: { uid }, spec: { replicas: 5 } } }, answers.scale)).toEqual([]);
  });

  it('shows a misspelt field, which was dropped without a word', () => {
    expect(differences(onRig({ spec: { unschedulabel: true } }), answers.misspelled)).toEqual([
      'spec.unschedulabel: true was meant, the API server has nothing',
    ]);
  });

  it('is a Status for an eviction and the pod for a deletion: another uid is another pod', () => {
    const object = { kind: 'Pod', namespace: 'shop', name: 'web-86c6b98b46-q2wt4' } as const;
    const uid = 'f5069bed-bc3f-4687-8f18-f5157c85009b';

    expect(differences({ verb: 'evict', object, uid }, answers.evict)).toEqual([]);
    expect(differences({ verb: 'delete', object, uid }, answers.deletePod)).toEqual([]);
    expect(differences({ verb: 'delete', object, uid: 'another' }, answers.deletePod)).toEqual([
      'metadata.uid: it is another object of the same name',
    ]);
  });
});

describe('comparing an answer with what was meant', () => {
  const resources = (requests: JsonObject) =>
    patch({ spec: { template: { spec: { containers: [{ name: 'web', resources: { requests } }] } } } }, 'strategic');
  const containers = (...list: Fields[]) => answer({ spec: { template: { spec: { containers: list } } } });

  it('takes amounts for the same that are the same', () => {
    const answered = containers({ name: 'web', resources: { requests: { cpu: '1', memory: '1Gi' } } });

    expect(differences(resources({ cpu: '1000m', memory: '1024Mi' }), answered)).toEqual([]);
    expect(differences(resources({ cpu: '1001m' }), answered)).toEqual([
      'spec.template.spec.containers[web].resources.requests.cpu: "1001m" was meant, the API server has "1"',
    ]);
  });

  it('finds containers by name in whatever order, beside others and with defaults', () => {
    const web = { name: 'web', image: 'a:1', terminationMessagePath: '/dev', resources: { requests: { cpu: '1' } } };

    expect(differences(resources({ cpu: '1' }), containers({ name: 'proxy' }, web))).toEqual([]);
    expect(differences(resources({ cpu: '1' }), containers({ name: 'proxy' }))).toEqual([
      'spec.template.spec.containers[web]: it is missing',
    ]);
  });

  it('reads an absent field as its zero value, as the API server leaves it out', () => {
    expect(
      differences(patch({ spec: { unschedulable: false, replicas: 0, taints: [] } }), answer({ spec: {} })),
    ).toEqual([]);
    expect(
      differences(patch({ spec: { unschedulable: false } }), answer({ spec: { unschedulable: true } })),
    ).toHaveLength(1);
  });

  it('wants what was removed to be gone', () => {
    const action = patch({ metadata: { uid: 'u-1', annotations: { 'nightshift.dev/a': null } } });

    expect(differences(action, answer({}))).toEqual([]);
    expect(differences(action, answer({}, { annotations: { 'nightshift.dev/a': 'x' } }))).toEqual([
      'metadata.annotations[nightshift.dev/a] is not as meant',
    ]);
  });

  it('wants a list that is replaced to have these items and no others', () => {
    const taints = [{ key: 'a', effect: 'NoSchedule' }];
    const more = [...taints, { key: 'b', effect: 'NoSchedule' }];

    expect(differences(patch({ spec: { taints } }), answer({ spec: { taints } }))).toEqual([]);
    expect(differences(patch({ spec: { taints } }), answer({ spec: { taints: more } }))).toEqual([
      'spec.taints[1]: it is there too',
    ]);
    expect(differences(patch({ spec: { taints: more } }), answer({ spec: { taints } }))).toEqual([
      'spec.taints[1]: it is missing',
    ]);
  });

  it('wants a template that is replaced to be replaced, and tells no secret of it', () => {
    const container = { name: 'web', env: [{ name: 'PASSWORD', value: 'tiger' }] };
    const template = { $patch: 'replace', spec: { containers: [container] } };
    const action = patch({ spec: { template } }, 'strategic');
    const leaking = {
      name: 'web',
      env: [
        { name: 'PASSWORD', value: 'lion' },
        { name: 'OLD', value: 'wolf' },
      ],
    };

    expect(differences(action, containers({ ...container, image: 'a:1' }))).toEqual([]);
    expect(differences(action, containers(leaking))).toEqual([
      'spec.template.spec.containers[web].env[PASSWORD].value is not as meant',
      'spec.template.spec.containers[web].env[OLD]: it is there too',
    ]);
  });

  it('does not miss the borrowing limit in versions that know no borrowing', async () => {
    const subject = { kind: 'User', name: 'crawler' } as const;
    const { actions } = await compiled(shop(), { verb: 'isolate-flow', flow: 'crawler', subject, shares: 3 });
    const [level] = actions;
    if (level?.verb !== 'create') throw new Error('no level');
    const created = { ...(level.body as unknown as Thing) };
    const older = edited(created, { spec: { limited: { borrowingLimitPercent: null } } });
    const served = (version: string, thing: Thing) => ({
      ...thing,
      apiVersion: `flowcontrol.apiserver.k8s.io/${version}`,
    });

    expect(differences(level, served('v1', created))).toEqual([]);
    expect(differences(level, served('v1beta1', older))).toEqual([]);
    expect(
      differences(level, served('v1beta1', edited(older, { spec: { limited: { nominalConcurrencyShares: null } } }))),
    ).toEqual(['spec.limited.nominalConcurrencyShares: 3 was meant, the API server has nothing']);
  });

  it('finds no object in an answer that is none', () => {
    expect(differences(patch({ spec: {} }), 'Too many requests')).toEqual(['the API server answered no object']);
  });
});
