import { describe, expect, it } from 'vitest';
import { items } from './acts.ts';
import { type Json, merge, type Stage, stage, strategic } from './practice.ts';
import { read, real, written } from './recordings.ts';

const NODE = '/api/v1/nodes/worker-1';
const WEB = '/apis/apps/v1/namespaces/shop/deployments/web';
const PODS = '/api/v1/namespaces/shop/pods';
const BY = 'fieldManager=nightshift';

const versionOf = ({ metadata }: Json) => Number(metadata?.resourceVersion);
const taintKeys = (node: Json) => Object.values(node.spec?.taints ?? {}).map(({ key, effect }) => `${key}:${effect}`);

describe('a patch of a node', () => {
  it('cordons it: the answer shows the field, the taint follows, and so does the kubelet with an event', async () => {
    await using on = await stage();
    const before = await read(on, NODE);
    const { body: answer } = await on.send('PATCH', `${NODE}?${BY}`, { spec: { unschedulable: true } }, strategic);
    const { taints: _, ...atOnce } = (await read(on, NODE)).spec ?? {};
    on.wait(1);
    const after = await read(on, NODE);
    on.wait(10);
    const about = 'fieldSelector=involvedObject.name%3Dworker-1,reason%3DNodeNotSchedulable';
    const events = items(await read(on, `/api/v1/namespaces/default/events?${about}`));

    expect(answer.spec).toEqual({ ...before.spec, unschedulable: true });
    expect(atOnce).toEqual(answer.spec);
    expect(written(answer)).toEqual(written(real('cordon')));
    expect(after.spec?.taints?.[0]).toEqual({
      ...real('cordoned').spec?.taints?.[0],
      timeAdded: '2026-11-21T07:00:03Z',
    });
    expect([versionOf(before), versionOf(answer), versionOf(after)]).toEqual(
      [versionOf(before), versionOf(answer), versionOf(after)].toSorted((a, b) => a - b),
    );
    expect(new Set([versionOf(before), versionOf(answer), versionOf(after)]).size).toBe(3);
    expect(events[0]).toMatchObject({ source: { component: 'kubelet' }, involvedObject: { uid: 'worker-1' } });
  });

  it('cordons it in a rehearsal only on paper', async () => {
    await using on = await stage();
    const before = await read(on, NODE);
    const body = { metadata: before.metadata && { uid: before.metadata.uid }, spec: { unschedulable: true } };
    const { body: answer } = await on.send('PATCH', `${NODE}?dryRun=All&${BY}`, body, merge);
    on.wait(5);

    expect(answer.spec).toEqual({ ...before.spec, unschedulable: true });
    expect(versionOf(answer)).toBe(versionOf(before));
    expect(written(answer)).toEqual(written(real('merge cordon dry')));
    expect(await read(on, NODE)).toEqual(before);
  });

  it('uncordons it, by false as well as by null, and whoever cordoned it is not named any more', async () => {
    await using on = await stage();
    for (const unschedulable of [false, null]) {
      await on.send('PATCH', `${NODE}?${BY}`, { spec: { unschedulable: true } }, merge);
      const { body: answer } = await on.send('PATCH', `${NODE}?${BY}`, { spec: { unschedulable } }, merge);
      on.wait(1);
      const after = await read(on, NODE);

      expect(answer.spec).not.toHaveProperty('unschedulable');
      expect(written(answer)).toEqual(written(real('uncordon false')));
      expect(after.spec).not.toHaveProperty('taints');
    }
  });

  it('changes nothing where nothing is other: not even the revision', async () => {
    await using on = await stage();
    const before = await read(on, NODE);
    for (const body of [{}, { spec: { unschedulable: false } }, { spec: { unschedulabel: true } }]) {
      const { status, body: answer } = await on.send('PATCH', NODE, body, merge);
      expect([status, answer]).toEqual([200, before]);
    }
    expect(await read(on, NODE)).toEqual(before);
  });

  it('taints it and takes the taint away; those of its controllers come back', async () => {
    await using on = await stage({ world: 'kubelet-stopped' });
    const silent = '/api/v1/nodes/worker-3';
    const ours = { key: 'nightshift.dev/x', value: 'a', effect: 'NoSchedule' };
    const { body: answer } = await on.send('PATCH', `${NODE}?${BY}`, { spec: { taints: [ours] } }, merge);
    const both = [...Object.values((await read(on, silent)).spec?.taints ?? {}), ours];
    await on.send('PATCH', silent, { spec: { taints: both } }, merge);
    const added = taintKeys(await read(on, silent));
    await on.send('PATCH', silent, { spec: { taints: null } }, merge);

    expect(answer.spec?.taints).toEqual(real('taint').spec?.taints);
    expect(written(answer)).toEqual(written(real('taint')));
    expect(added).toContain('nightshift.dev/x:NoSchedule');
    expect(added).toHaveLength(3);
    expect(taintKeys(await read(on, silent))).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ]);
  });

  it('annotates it and takes the annotation away', async () => {
    await using on = await stage();
    const note = (value: string | null) => ({ metadata: { annotations: { 'nightshift.dev/note': value } } });
    const { body: answer } = await on.send('PATCH', `${NODE}?${BY}`, note('x'), merge);
    const noted = await read(on, NODE);
    const { body: gone } = await on.send('PATCH', `${NODE}?${BY}`, note(null), merge);

    expect(answer.metadata?.annotations).toMatchObject(real('annotation').metadata?.annotations ?? {});
    expect(written(answer)).toEqual(written(real('annotation')));
    expect(noted.metadata?.annotations).toEqual(answer.metadata?.annotations);
    expect(gone.metadata?.annotations).not.toHaveProperty('nightshift.dev/note');
    expect(written(gone)).toEqual([]);
  });

  it('is by whoever sent it: the field manager asked for, else the program', async () => {
    await using on = await stage();
    const { body } = await on.send('PATCH', NODE, { spec: { unschedulable: true } }, merge);
    const managers = Object.values(body.metadata?.managedFields ?? {}).map(({ manager }) => String(manager));

    expect(managers).toContain('someone');
  });
});

describe('a patch of a workload', () => {
  const container = (resources: unknown) => ({
    spec: { template: { spec: { containers: [{ name: 'web', resources }] } } },
  });
  const resourcesOf = (body: Json) => body.spec?.template?.spec?.containers?.[0]?.resources;

  it.each([
    ['limits dry strategic', { limits: { memory: '512Mi' } }],
    ['limits null strategic', { limits: { memory: null }, requests: { cpu: null } }],
    ['limits all null strategic', { limits: null, requests: null }],
    ['limits number', { limits: { memory: 536_870_912 } }],
    ['limits unusual', { limits: { memory: '1024Mi', cpu: '1000m' } }],
    ['misspelled resource', { limit: { memory: '1Gi' } }],
  ])('merges containers by name, as the real one did: %s', async (recording, resources) => {
    await using on = await stage();
    const before = await read(on, WEB);
    const { body: answer } = await on.send('PATCH', `${WEB}?dryRun=All&${BY}`, container(resources), strategic);

    expect(resourcesOf(answer)).toEqual(resourcesOf(real(recording)));
    expect(answer.spec?.template?.spec?.containers?.[0]?.image).toBe('registry.example/shop/web:v12');
    expect(await read(on, WEB)).toEqual(before);
  });

  it('by its scale knows of replicas only, and counts as a generation', async () => {
    await using on = await stage();
    const before = await read(on, WEB);
    const replicas = Number(before.spec?.replicas);
    const scale = await read(on, `${WEB}/scale`);
    const patch = { metadata: { uid: before.metadata?.uid }, spec: { replicas: replicas + 1 } };
    const dry = await on.send('PATCH', `${WEB}/scale?dryRun=All`, patch, merge);
    const unchanged = await read(on, WEB);
    const { body: answer } = await on.send('PATCH', `${WEB}/scale?${BY}`, patch, merge);
    const atOnce = await read(on, WEB);
    on.wait(1);
    const after = await read(on, WEB);

    expect(Object.keys(scale)).toEqual(Object.keys(real('scale get')));
    expect(Object.keys(scale.metadata ?? {})).toEqual(Object.keys(real('scale get').metadata ?? {}));
    expect(dry.body).toEqual({ ...scale, spec: { replicas: replicas + 1 } });
    expect(unchanged).toEqual(before);
    expect(answer).toMatchObject({ kind: 'Scale', spec: { replicas: replicas + 1 }, status: { replicas } });
    expect([before, atOnce].map(({ metadata }) => Number(metadata?.generation))).toEqual([2, 3]);
    expect([before, atOnce, after].map(({ status }) => Number(status?.observedGeneration))).toEqual([2, 2, 3]);
    expect(versionOf(answer)).toBe(versionOf(atOnce));
    expect(versionOf(atOnce)).toBeGreaterThan(versionOf(before));
    expect(Object.values(after.metadata?.managedFields ?? {}).at(-1)).toMatchObject({
      manager: 'nightshift',
      subresource: 'scale',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    });
  });

  it('restarts it: the answer has the new template and the old status', async () => {
    await using on = await stage();
    const restartedAt = { 'kubectl.kubernetes.io/restartedAt': '2026-11-21T07:00:03Z' };
    const body = { spec: { template: { metadata: { annotations: restartedAt } } } };
    const { body: answer } = await on.send('PATCH', `${WEB}?${BY}`, body, strategic);

    expect(answer.spec?.template?.metadata).toEqual({
      ...real('restart').spec?.template?.metadata,
      labels: { app: 'web' },
    });
    expect([Number(answer.metadata?.generation), Number(answer.status?.observedGeneration)]).toEqual([3, 2]);
    expect(written(answer)).toEqual(written(real('restart')));
  });

  it('pauses and resumes it, in words of its condition', async () => {
    await using on = await stage();
    const progressing = (body: Json) =>
      Object.values(body.status?.conditions ?? {})
        .filter(({ type }) => String(type) === 'Progressing')
        .map(({ status, reason }) => [String(status), String(reason)]);
    await on.send('PATCH', `${WEB}?${BY}`, { spec: { paused: true } }, strategic);
    on.wait(1);
    const paused = await read(on, WEB);
    await on.send('PATCH', `${WEB}?${BY}`, { spec: { paused: null } }, merge);
    on.wait(1);
    const resumed = await read(on, WEB);

    expect(String(paused.spec?.paused)).toBe('true');
    expect(progressing(paused)).toEqual(progressing(real('paused')));
    expect(written(paused)).toEqual(written(real('paused')));
    expect(resumed.spec).not.toHaveProperty('paused');
    expect(progressing(resumed)).toEqual(progressing(real('resumed')));
  });
});

describe('a patch of any kind', () => {
  it.each([
    '/api/v1/nodes',
    '/api/v1/namespaces/shop/pods',
    '/api/v1/namespaces/kube-system/pods',
    '/apis/apps/v1/namespaces/shop/deployments',
    '/apis/apps/v1/namespaces/shop/statefulsets',
    '/apis/apps/v1/namespaces/kube-system/daemonsets',
    '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas',
    '/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations',
  ])('%s: leaves everything as it was but the note, in the answer and afterwards', async (path) => {
    await using on = await stage({ world: 'kubelet-stopped' });
    const body = { metadata: { annotations: { 'nightshift.dev/note': 'x' } } };
    const without = ({ metadata, ...rest }: Json): unknown => {
      const { annotations = {}, managedFields: _a, resourceVersion: _b, ...others } = Object(metadata);
      const { 'nightshift.dev/note': _c, ...left } = annotations;
      return { ...rest, metadata: { ...others, annotations: left } };
    };
    for (const { metadata } of items(await read(on, path)).slice(0, 12)) {
      const own = `${path}/${metadata?.name}`;
      const before = await read(on, own);
      const { body: rehearsed } = await on.send('PATCH', `${own}?dryRun=All`, body, strategic);
      const { body: answer } = await on.send('PATCH', own, body, merge);
      const after = await read(on, own);

      for (const seen of [rehearsed, answer, after]) {
        expect(seen.metadata?.annotations).toHaveProperty(['nightshift.dev/note']);
        expect(without(seen)).toEqual(without(before));
      }
    }
  });
});

describe('a rehearsed deletion', () => {
  const podOf = async (on: Stage) => items(await read(on, `${PODS}?labelSelector=app%3Dcatalog`))[0] ?? {};

  it('answers the pod as it would be, by query or in the body, and ends nothing', async () => {
    await using on = await stage();
    const pod = await podOf(on);
    const path = `${PODS}/${pod.metadata?.name}`;
    const before = await read(on, path);
    const options = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: pod.metadata?.uid } };
    for (const answer of [
      await on.send('DELETE', `${path}?dryRun=All`),
      await on.send('DELETE', path, { ...options, dryRun: ['All'] }),
    ]) {
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        ...before,
        metadata: {
          ...before.metadata,
          deletionTimestamp: '2026-11-21T07:00:33Z',
          deletionGracePeriodSeconds: real('pod delete dry').metadata?.deletionGracePeriodSeconds,
        },
      });
    }
    expect(await read(on, path)).toEqual(before);
  });

  it('is none when there is a body and only the query says so: as with the real one, the pod is deleted', async () => {
    await using on = await stage();
    const pod = await podOf(on);
    const path = `${PODS}/${pod.metadata?.name}`;
    await on.send('DELETE', `${path}?dryRun=All`, { preconditions: { uid: pod.metadata?.uid } });

    expect((await read(on, path)).metadata).toHaveProperty('deletionTimestamp');
    on.wait(3);
    expect((await on.get(path)).status).toBe(404);
  });
});
