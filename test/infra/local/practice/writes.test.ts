import { describe, expect, it } from 'vitest';
import { type How, type Json, merge, type Stage, stage, strategic } from './practice.ts';
import { real, realStatus } from './recordings.ts';

const NODE = '/api/v1/nodes/worker-1';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';
const WEB = `${DEPLOYMENTS}/web`;
const PODS = '/api/v1/namespaces/shop/pods';
const FLOW = '/apis/flowcontrol.apiserver.k8s.io/v1';
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Names and numbers that are this cluster's own, and what newer API versions call otherwise; each cause counts once. */
function comparable(body: unknown): unknown {
  const text = JSON.stringify(body)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (uid) => (uid === NOBODY ? uid : 'UID'))
    .replace(/in record \(\d+\)/g, 'in record (VERSION)')
    .replace(/web-[a-z0-9]+-[a-z0-9]{5}/g, 'POD')
    .replace(/User \\"[^"]+\\"/g, 'User')
    .replace(/\/v1beta1/g, '/v1');
  const parsed = JSON.parse(text);
  const causes = parsed.details?.causes;
  if (causes)
    parsed.details.causes = [...new Map(causes.map((cause: Json) => [JSON.stringify(cause), cause])).values()];
  return parsed;
}

/** What a Status is about, whatever its words are. */
function gist({ reason, details, code }: Json): unknown {
  const causes = Object.values(details?.causes ?? {}).map((cause) => `${cause.reason} ${cause.field}`);
  return { code, reason, causes: [...new Set(causes)] };
}

async function podOf({ get }: Stage): Promise<{ name: string; uid: string }> {
  const { body } = await get(`${PODS}?labelSelector=app%3Dweb`);
  const [pod] = Object.values(body.items ?? {});
  return { name: String(pod?.metadata?.name), uid: String(pod?.metadata?.uid) };
}

interface Row {
  readonly recording: string;
  readonly method: 'PATCH' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body: unknown;
  readonly how: How;
}

function row(recording: string, method: Row['method'], path: string, body: unknown = {}, how: How = {}): Row {
  return { recording, method, path, body, how };
}

const otherUid = { metadata: { uid: NOBODY }, spec: { unschedulable: true } };
const stale = { metadata: { resourceVersion: '1' } };
const containers = (...list: readonly unknown[]) => ({ spec: { template: { spec: { containers: list } } } });
const web = (resources: unknown) => containers({ name: 'web', resources });
const preconditions = (own: object) => ({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions: own });
const eviction = (name: string, more: object = {}) => {
  return { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'shop' }, ...more };
};
const level = (spec: object, name = 'nightshift-x') => ({ metadata: { name }, spec });
const limited = level({
  type: 'Limited',
  limited: {
    nominalConcurrencyShares: 5,
    limitResponse: { type: 'Queue', queuing: { queues: 16, handSize: 4, queueLengthLimit: 50 } },
  },
});
const rules = [
  {
    subjects: [{ kind: 'ServiceAccount', serviceAccount: { namespace: 'shop', name: 'default' } }],
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
  },
];
const flow = (spec: object = {}, name: string | undefined = 'nightshift-x') => ({
  metadata: name === undefined ? {} : { name },
  spec: {
    priorityLevelConfiguration: { name: 'nightshift-x' },
    matchingPrecedence: 500,
    distinguisherMethod: { type: 'ByUser' },
    rules,
    ...spec,
  },
});

describe('a write is refused letter for letter as by a real API server', () => {
  const rows: readonly Row[] = [
    row('merge cordon uid wrong', 'PATCH', NODE, otherUid, merge),
    row('strategic cordon uid wrong', 'PATCH', NODE, otherUid, strategic),
    row('merge cordon uid wrong dry', 'PATCH', `${NODE}?dryRun=All`, otherUid, merge),
    row('merge cordon rv stale', 'PATCH', NODE, { ...stale, spec: { unschedulable: true } }, merge),
    row('merge cordon rv stale strategic', 'PATCH', NODE, { ...stale, spec: { unschedulable: true } }, strategic),
    row('merge cordon rv and uid wrong', 'PATCH', NODE, { metadata: { uid: NOBODY, resourceVersion: '1' } }, merge),
    row('taint bad effect', 'PATCH', NODE, { spec: { taints: [{ key: 'x', effect: 'Never' }] } }, merge),
    row('taint no effect', 'PATCH', NODE, { spec: { taints: [{ key: 'x' }] } }, merge),
    row('taint bad key', 'PATCH', NODE, { spec: { taints: [{ key: 'x y', effect: 'NoSchedule' }] } }, merge),
    row('annotation bad key', 'PATCH', NODE, { metadata: { annotations: { 'a b': 'x' } } }, merge),
    row('name change', 'PATCH', NODE, { metadata: { name: 'x' } }, merge),
    row('no such node', 'PATCH', '/api/v1/nodes/nosuch', { spec: { unschedulable: true } }, merge),
    row('json patch type plain', 'PATCH', NODE, { spec: { unschedulable: true } }),
    row('dryRun bad', 'PATCH', `${NODE}?dryRun=true`, { spec: { unschedulable: true } }, merge),
    row('deploy uid wrong', 'PATCH', WEB, { metadata: { uid: NOBODY }, spec: { replicas: 4 } }, merge),
    row('deploy rv stale', 'PATCH', WEB, { ...stale, spec: { replicas: 4 } }, strategic),
    row('scale uid wrong', 'PATCH', `${WEB}/scale`, { metadata: { uid: NOBODY }, spec: { replicas: 5 } }, merge),
    row('scale rv stale', 'PATCH', `${WEB}/scale`, { ...stale, spec: { replicas: 5 } }, merge),
    row('scale negative', 'PATCH', `${WEB}/scale`, { spec: { replicas: -1 } }, merge),
    row('scale nosuch', 'PATCH', `${DEPLOYMENTS}/nosuch/scale`, { spec: { replicas: 4 } }, merge),
    row('replicas negative', 'PATCH', WEB, { spec: { replicas: -1 } }, merge),
    row('limits below requests', 'PATCH', WEB, web({ limits: { memory: '1Mi' } }), strategic),
    row('container nosuch', 'PATCH', WEB, containers({ name: 'nosuch', resources: {} }), strategic),
    row('container merge patch replaces list', 'PATCH', WEB, web({ limits: { memory: '1Gi' } }), merge),
    row('template labels', 'PATCH', WEB, { spec: { template: { metadata: { labels: { app: 'other' } } } } }, strategic),
    row('evict name mismatch', 'POST', `${PODS}/POD/eviction`, eviction('other')),
    row('evict nosuch', 'POST', `${PODS}/nosuch/eviction`, eviction('nosuch')),
    row('evict dryRun bad', 'POST', `${PODS}/POD/eviction?dryRun=yes`, eviction('POD')),
    row(
      'evict uid wrong',
      'POST',
      `${PODS}/POD/eviction`,
      eviction('POD', { deleteOptions: preconditions({ uid: NOBODY }) }),
    ),
    row('pod delete uid wrong', 'DELETE', `${PODS}/POD`, preconditions({ uid: NOBODY })),
    row('pod delete rv wrong', 'DELETE', `${PODS}/POD`, preconditions({ resourceVersion: '1' })),
    row('pod delete nosuch', 'DELETE', `${PODS}/nosuch`, {}),
    row('fs invalid empty spec', 'POST', `${FLOW}/flowschemas`, { metadata: { name: 'y' }, spec: {} }),
    row('fs invalid precedence', 'POST', `${FLOW}/flowschemas`, flow({ matchingPrecedence: 10_001 }, 'y')),
    row('fs invalid name', 'POST', `${FLOW}/flowschemas`, flow({}, 'A_b')),
    row('fs no name', 'POST', `${FLOW}/flowschemas`, { ...flow(), metadata: {} }),
    row('fs delete again', 'DELETE', `${FLOW}/flowschemas/nightshift-x`, {}),
    row('plc invalid', 'POST', `${FLOW}/prioritylevelconfigurations`, level({ type: 'Limited' }, 'y')),
  ];

  it.each(rows)('$recording', async ({ recording, method, path, body, how }) => {
    await using on = await stage();
    const pod = await podOf(on);
    const asked = JSON.parse(JSON.stringify(body ?? {}).replaceAll('POD', pod.name));
    const { status, body: answer } = await on.send(method, path.replace('POD', pod.name), asked, how);

    expect(comparable(answer)).toEqual(comparable(real(recording)));
    expect(status).toBe(realStatus(recording));
  });

  it('two things of one name, however asked; and a deletion that means another of them', async () => {
    await using on = await stage();
    const levels = `${FLOW}/prioritylevelconfigurations`;
    await on.send('POST', levels, limited);
    await on.send('POST', `${FLOW}/flowschemas`, flow());
    const rowsAfter: readonly Row[] = [
      row('plc exists', 'POST', levels, limited),
      row('plc exists dry', 'POST', `${levels}?dryRun=All`, limited),
      row('fs exists', 'POST', `${FLOW}/flowschemas`, flow()),
      row('fs delete uid wrong', 'DELETE', `${FLOW}/flowschemas/nightshift-x`, preconditions({ uid: NOBODY })),
      row('plc delete', 'DELETE', `${levels}/nightshift-x`, {}),
    ];
    for (const { recording, method, path, body } of rowsAfter) {
      const { body: answer } = await on.send(method, path, body);
      expect(comparable(answer), recording).toEqual(comparable(real(recording)));
    }
  });

  it.each([
    ['403 evict', 'POST', `${PODS}/x/eviction`, {}, {}],
    ['403 scale', 'PATCH', `${WEB}/scale`, { spec: { replicas: 1 } }, merge],
    ['403 fs create', 'POST', `${FLOW}/flowschemas`, {}, {}],
    ['403 pod delete', 'DELETE', `${PODS}/x`, {}, {}],
    ['403 node patch', 'PATCH', NODE, {}, merge],
  ] as const)(
    '%s: rights come first, and the reader has none to change anything',
    async (recording, method, path, body, how) => {
      await using on = await stage();
      const { status, body: answer, headers } = await on.send(method, path, body, { ...how, as: 'reader' });

      expect(comparable(answer)).toEqual(comparable(real(recording)));
      expect([status, headers.get('x-content-type-options')]).toEqual([403, 'nosniff']);
    },
  );
});

describe('a write is refused in kind as by a real API server', () => {
  const rows: readonly Row[] = [
    row('unschedulable string', 'PATCH', NODE, { spec: { unschedulable: 'yes' } }, merge),
    row('unschedulable string S', 'PATCH', NODE, { spec: { unschedulable: 'yes' } }, strategic),
    row('annotation number', 'PATCH', NODE, { metadata: { annotations: { 'nightshift.dev/note': 1 } } }, merge),
    row(
      'taint twice',
      'PATCH',
      NODE,
      { spec: { taints: [1, 2].map(() => ({ key: 'x', effect: 'NoSchedule' })) } },
      merge,
    ),
    row('kind wrong in patch', 'PATCH', NODE, { kind: 'Pod' }, merge),
    row('patch array S', 'PATCH', NODE, [], strategic),
    row('scale string', 'PATCH', `${WEB}/scale`, { spec: { replicas: 'many' } }, merge),
    row('limits nonsense', 'PATCH', WEB, web({ limits: { memory: 'lots' } }), strategic),
    row('container without name', 'PATCH', WEB, containers({ resources: {} }), strategic),
    row('plc bare', 'POST', `${FLOW}/prioritylevelconfigurations`, level({ type: 'Limited', limited: {} }, 'y')),
    row('fs wrong kind', 'POST', `${FLOW}/flowschemas`, { ...limited, kind: 'PriorityLevelConfiguration' }),
    row('evict no body', 'POST', `${PODS}/POD/eviction`, ''),
  ];

  it.each(rows)('$recording', async ({ recording, method, path, body, how }) => {
    await using on = await stage();
    const { name } = await podOf(on);
    const { status, body: answer } = await on.send(method, path.replace('POD', name), body, how);

    expect(gist(answer)).toEqual(gist(real(recording)));
    expect(status).toBe(realStatus(recording));
  });

  it('a field nobody changes here: said, not dropped', async () => {
    await using on = await stage();
    for (const [path, body, field] of [
      [NODE, { spec: { providerID: 'other:///x' } }, 'spec.providerID'],
      [WEB, { spec: { minReadySeconds: 5 } }, 'spec.minReadySeconds'],
      [WEB, { spec: { strategy: { type: 'Recreate' } } }, 'spec.strategy'],
    ] as const) {
      const { status, body: answer } = await on.send('PATCH', path, body, merge);
      expect([status, String(answer.details?.causes?.[0]?.field)]).toEqual([422, field]);
    }
  });

  it('what cannot be done with a resource at all, and what is no part of it', async () => {
    await using on = await stage();
    const { name } = await podOf(on);

    expect((await on.get(`${PODS}/${name}/eviction`)).status).toBe(405);
    expect(await on.get(`${PODS}/${name}/scale`)).toMatchObject({ status: 404, body: { reason: 'NotFound' } });
    expect(await on.send('PUT', WEB, {})).toMatchObject({ status: 403 });
    expect(await on.send('DELETE', NODE)).toMatchObject({ status: 403 });
  });
});

describe('rights to write', () => {
  it('can be kept back one by one', async () => {
    await using on = await stage({ forbidden: ['patch nodes', 'create pods/eviction'] });
    const { name } = await podOf(on);
    const evicted = await on.send('POST', `${PODS}/${name}/eviction`, eviction(name));

    expect((await on.send('PATCH', NODE, {}, merge)).status).toBe(403);
    expect(String(evicted.body.message)).toContain('cannot create resource "pods/eviction"');
    expect((await on.get(NODE)).status).toBe(200);
    expect((await on.send('DELETE', `${PODS}/${name}?dryRun=All`)).status).toBe(200);
  });

  it('all of a resource at once', async () => {
    await using on = await stage({ forbidden: ['nodes'] });

    expect((await on.send('PATCH', NODE, {}, merge)).status).toBe(403);
    expect((await on.get(NODE)).status).toBe(403);
    expect((await on.send('PATCH', WEB, {}, merge)).status).toBe(200);
  });
});
