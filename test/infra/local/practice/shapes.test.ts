import { describe, expect, it } from 'vitest';
import { cordon, evict, podsOf } from './acts.ts';
import { missing, pathsOf } from './paths.ts';
import { type Json, recorded, type Stage, stage } from './practice.ts';

const real = recorded('practice/objects-1.20.json');

/** Objects of every kind that the practice cluster has, in trouble and without, early and late. */
async function practised(): Promise<Record<string, Json[]>> {
  await using quiet = await stage({ world: 'quiet' });
  await using stopped = await stage({ world: 'kubelet-stopped' });
  const all: Record<string, Json[]> = {};
  const add = (kind: string, ...objects: Json[]) => {
    all[kind] = [...(all[kind] ?? []), ...objects];
  };
  const list = async ({ get }: Stage, path: string) => Object.values((await get(path)).body.items ?? {});
  const look = async (on: Stage) => {
    add('Node', ...(await list(on, '/api/v1/nodes')));
    add('Lease', ...(await list(on, '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases')));
    add(
      'Pod',
      ...(await list(on, '/api/v1/namespaces/shop/pods')),
      ...(await list(on, '/api/v1/namespaces/kube-system/pods')),
    );
    add('NodeEvent', ...(await list(on, '/api/v1/events?fieldSelector=involvedObject.kind%3DNode')));
    const events = await list(on, '/api/v1/namespaces/shop/events');
    const of = (reason: string) => events.filter((event) => String(event.reason) === reason);
    add('PodEvent', ...of('NodeNotReady'));
    add('EvictionEvent', ...of('TaintManagerEviction'));
    add('StartEvent', ...of('Started'));
    add('BackOffEvent', ...of('BackOff'));
    add('Deployment', ...(await list(on, '/apis/apps/v1/deployments')));
    add('ReplicaSet', ...(await list(on, '/apis/apps/v1/replicasets')));
    add('PodDisruptionBudget', ...(await list(on, '/apis/policy/v1/poddisruptionbudgets')));
  };
  await look(quiet);
  await look(stopped);
  stopped.wait(600);
  await look(stopped);
  for (const { metadata } of await list(quiet, '/api/v1/nodes')) await cordon(quiet, String(metadata?.name));
  const [evicted] = await podsOf(quiet, 'shop', 'catalog');
  if (evicted) await evict(quiet, evicted);
  quiet.wait(10);
  const waiting = '/api/v1/namespaces/shop/pods?fieldSelector=status.phase%3DPending';
  add('PendingPod', ...(await list(quiet, waiting)));
  await look(quiet);
  return all;
}

/** What a newer API server (the practice cluster says it is 1.33) writes besides; all else must have been recorded. */
const newer: Readonly<Record<string, readonly RegExp[]>> = {
  // Recorded without managedFields, of another image.
  PendingPod: [
    /^spec\.volumes\[\]\.projected/,
    /^metadata\.managedFields/,
    /^spec\.containers\[\]\.(ports|readinessProbe|resources)/,
  ],
  // The token is projected since 1.21, and static pods bring their certificates along.
  Pod: [/^spec\.volumes\[\]\.(projected|hostPath)/, /^spec\.(hostNetwork|priorityClassName)$/],
  // policy/v1 since 1.21.
  PodDisruptionBudget: [/^status\.conditions/, /^spec\.maxUnavailable$/],
};

/** What the recorded objects had because of what they were for, or a newer server has not. */
const gone: Readonly<Record<string, readonly RegExp[]>> = {
  PendingPod: [/^spec\.nodeSelector$/, /^spec\.volumes\[\]\.secret/, /^spec\.containers\[\]\.command/],
  Pod: [
    /^spec\.nodeSelector$/,
    /^spec\.volumes\[\]\.(secret|configMap|emptyDir)/,
    /^spec\.containers\[\]\.(args|env|livenessProbe)/,
    /^spec\.containers\[\]\.ports\[\]\.name$/,
    /^spec\.containers\[\]\.(readinessProbe\.httpGet\.httpHeaders|volumeMounts\[\]\.subPath)/,
  ],
  Deployment: [/^spec\.template\.spec\.nodeSelector$/, /^spec\.template\.spec\.containers\[\]\.command/],
  ReplicaSet: [/^spec\.template\.spec\.nodeSelector$/, /^spec\.template\.spec\.containers\[\]\.command/],
  PodDisruptionBudget: [/^metadata\.annotations$/],
};

const except = (paths: readonly string[], patterns: readonly RegExp[] = []) =>
  paths.filter((path) => !patterns.some((pattern) => pattern.test(path)));

describe('the shape of objects', async () => {
  const ours = await practised();
  const kinds = Object.keys(real).filter((kind) => Array.isArray(real[kind]));

  it.each(kinds)('%s has every field that a real one had', (kind) => {
    const lacking = missing(pathsOf(...Object.values(real[kind] ?? {})), pathsOf(...(ours[kind] ?? [])));

    expect(except(lacking, gone[kind])).toEqual([]);
  });

  it.each(kinds)('%s has no field that a real one had not', (kind) => {
    const invented = missing(pathsOf(...(ours[kind] ?? [])), pathsOf(...Object.values(real[kind] ?? {})));

    expect(except(invented, newer[kind])).toEqual([]);
  });

  it('lists are dressed as lists, and their items carry no kind', async () => {
    await using on = await stage();
    const { body } = await on.get('/apis/apps/v1/namespaces/shop/deployments');

    expect(body).toMatchObject({
      kind: 'DeploymentList',
      apiVersion: 'apps/v1',
      metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
    });
    expect(Object.keys(body).sort()).toEqual(Object.keys(real.lists?.['deployments-shop.json'] ?? {}).sort());
    expect(body.items?.[0]).not.toHaveProperty('kind');
  });
});
