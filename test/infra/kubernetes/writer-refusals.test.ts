import { describe, expect, it } from 'vitest';
import { type Action, WriteFailure } from '../../../engine/action.ts';
import { actions, limits } from './actions.ts';
import { type Given, mockedServer } from './mocked.ts';

const { answers, takes, writer, another } = mockedServer();

const node = { verb: 'PATCH', path: '/api/v1/nodes/worker-3?fieldManager=nightshift', action: actions.cordon } as const;
const pod = { verb: 'DELETE', path: '/api/v1/namespaces/shop/pods/web-1', action: actions.delete } as const;
const scale = {
  verb: 'PATCH',
  path: '/apis/apps/v1/namespaces/shop/deployments/web/scale?fieldManager=nightshift',
  action: actions.scale,
} as const;

type Write = { readonly verb: 'PATCH' | 'DELETE'; readonly path: string; readonly action: Action };

async function refusal({ verb, path, action }: Write, answer: string | Given): Promise<WriteFailure> {
  takes(verb, path, answer);
  return failureOf(writer().apply(action, limits));
}

async function evictionRefusal(answer: string | Given): Promise<WriteFailure> {
  const { writer: fresh, close } = await another();
  answers('/api/v1', 200, { resources: [{ name: 'pods/eviction', version: 'v1' }] });
  takes('POST', '/api/v1/namespaces/shop/pods/web-1/eviction', answer);
  return failureOf(fresh.apply(actions.evict, limits).finally(close));
}

async function failureOf(writing: Promise<unknown>): Promise<WriteFailure> {
  const thrown = await writing.then(
    () => new Error('the write succeeded'),
    (reason: unknown) => reason,
  );
  if (thrown instanceof WriteFailure) return thrown;
  throw thrown;
}

const status = (code: number, reason: string, message: string): Given => ({
  status: code,
  body: { kind: 'Status', status: 'Failure', message, reason, code },
});

describe('an object that is not as it was', () => {
  it.each([
    ['it was changed', node, 'conflict-409-stale-rv-mergepatch', 'Node worker-3 was changed by somebody since'],
    ['another has its name: a deletion', pod, 'conflict-409-uid-precondition', 'Pod shop/web-1 is another object now'],
    ['another has its name: a patch, as 422', node, 'conflict-422-other-uid', 'Node worker-3 is another object now'],
    ['another has its name: its scale', scale, 'conflict-409-scale-other-uid', 'Deployment shop/web is another object'],
  ])('%s', async (_how, write, recorded, words) => {
    const failure = await refusal(write, recorded);
    expect(failure).toMatchObject({ kind: 'conflict', ambiguous: false });
    expect(failure.message).toContain(words);
  });

  it('exists already', async () => {
    const { writer: fresh, close } = await another();
    const group = '/apis/flowcontrol.apiserver.k8s.io';
    answers(group, 200, { versions: [{ version: 'v1beta1' }] });
    const path = `${group}/v1beta1/prioritylevelconfigurations?fieldManager=nightshift`;
    takes('POST', path, 'exists-409-priority-level');
    const failure = await failureOf(fresh.apply(actions.isolate, limits).finally(close));
    expect(failure).toMatchObject({
      kind: 'conflict',
      message: 'PriorityLevelConfiguration noisy exists already',
      ambiguous: false,
    });
  });

  it('is quoted when it is something else', async () => {
    const failure = await refusal(pod, status(409, 'Conflict', 'the pod is bound to a node that is being deleted'));
    expect(failure.message).toBe(
      'Pod shop/web-1 cannot be changed as it is: the pod is bound to a node that is being deleted',
    );
  });

  it('is gone', async () => {
    const gone = {
      kind: 'Status',
      message: 'nodes "worker-3" not found',
      reason: 'NotFound',
      details: { name: 'worker-3' },
    };
    const failure = await refusal(node, { status: 404, body: gone });
    expect(failure).toMatchObject({ kind: 'not-found', message: 'nodes "worker-3" not found', ambiguous: false });
  });
});

it('a body that is not accepted is named field by field, each once', async () => {
  const failure = await refusal(node, 'invalid-422-two-fields');
  expect(failure).toMatchObject({ kind: 'invalid', ambiguous: false });
  expect(failure.message).toMatch(/^the API server does not accept it \(422\): metadata\.taints\[0\]\.key: Invalid/);
  expect(failure.message.match(/metadata\.taints\[0\]\.effect: Unsupported value: "Nope"/g)).toHaveLength(1);
});

it.each([400, 405, 413, 415])('a request that makes no sense is quoted: %i', async (code) => {
  const failure = await refusal(node, status(code, 'BadRequest', 'what is this?'));
  expect(failure).toMatchObject({ kind: 'invalid', ambiguous: false });
  expect(failure.message).toBe(`the API server does not accept it (${code}): what is this?`);
});

describe('too many requests', () => {
  it('by a budget: it is named with what it needs', async () => {
    expect(await evictionRefusal('evict-pdb-blocked-429')).toMatchObject({
      kind: 'budget',
      message: 'disruption budget shop/web does not allow it: it needs 2 healthy pods and has 2 currently',
      ambiguous: false,
      retryAfterMs: undefined,
    });
  });

  it('by a budget that is not worked out yet, which newer servers ask to wait for', async () => {
    const early = await evictionRefusal('evict-budget-not-processed-429');
    expect(early.message).toBe(
      'disruption budget shop/one does not allow it: it is still being processed by the server.',
    );
    const body = {
      kind: 'Status',
      message: 'Cannot evict pod',
      details: { retryAfterSeconds: 10, causes: [{ reason: 'DisruptionBudget', message: 'not yet' }] },
    };
    const newer = await evictionRefusal({ status: 429, body, headers: { 'retry-after': '10' } });
    expect(newer).toMatchObject({ kind: 'budget', message: 'not yet', retryAfterMs: 10_000 });
  });

  it('by two budgets, which no server can decide between, although it says 500', async () => {
    const failure = await evictionRefusal('evict-two-budgets-500');
    expect(failure).toMatchObject({ kind: 'budget', ambiguous: false });
    expect(failure.message).toBe('several disruption budgets select pod shop/web-1: no such pod can be evicted');
    expect(failure.remedy).toContain('kubectl get poddisruptionbudgets --namespace shop');
  });

  it('by priority and fairness: not waited for, not sent again', async () => {
    const failure = await evictionRefusal('apf-429-queue-full');
    expect(failure).toMatchObject({ kind: 'throttled', ambiguous: false, retryAfterMs: 1000 });
    expect(failure.message).toContain('priority and fairness');
  });
});

describe('not allowed', () => {
  it('by RBAC: the account and the rule to add', async () => {
    const failure = await refusal(node, 'forbidden-403-sa-patch-node-dryrun');
    expect(failure).toMatchObject({
      kind: 'forbidden',
      message: 'ServiceAccount shop/default may not patch nodes',
      ambiguous: false,
    });
    expect(failure.remedy).toBe(
      [
        '# rule of a ClusterRole bound to ServiceAccount shop/default',
        '- apiGroups: [""]',
        '  resources: ["nodes"]',
        '  verbs: ["patch"]',
      ].join('\n'),
    );
  });

  it('by RBAC, for part of an object', async () => {
    const failure = await evictionRefusal(
      status(
        403,
        'Forbidden',
        'pods "web-1" is forbidden: User "jane" cannot create resource "pods/eviction" in API group "" in the namespace "shop"',
      ),
    );
    expect(failure.message).toBe('jane may not create pods/eviction in namespace shop');
    expect(failure.remedy).toBe(
      [
        '# rule of a Role in namespace shop, or a ClusterRole, bound to jane',
        '- apiGroups: [""]',
        '  resources: ["pods/eviction"]',
        '  verbs: ["create"]',
      ].join('\n'),
    );
  });

  it.each([
    ['a quota', 'forbidden-403-quota', /exceeded quota: compute/],
    [
      'a webhook',
      'denied-400-webhook',
      /^admission webhook "freeze\.example\.com" denied the request: nodes are frozen/,
    ],
    ['a webhook with a status of its own', 'denied-409-webhook', /^admission webhook "freeze\.example\.com" denied/],
    [
      'pod security',
      status(403, 'Forbidden', 'pods "web-1" is forbidden: violates PodSecurity "restricted:latest": privileged'),
      /violates PodSecurity/,
    ],
    [
      'an admission policy',
      status(
        422,
        'Invalid',
        `deployments.apps "web" is forbidden: ValidatingAdmissionPolicy 'calm.example.com' with binding 'calm' denied request: not at night`,
      ),
      /calm\.example\.com.* not at night/,
    ],
    [
      'a webhook that cannot tell a rehearsal from the real thing',
      status(400, 'BadRequest', 'admission webhook "x.example.com" does not support dry run'),
      /does not support dry run/,
    ],
  ])('by %s, and RBAC is not blamed', async (_who, answer, words) => {
    const failure = await refusal(node, answer);
    expect(failure).toMatchObject({ kind: 'admission', ambiguous: false, remedy: undefined });
    expect(failure.message).toMatch(words);
  });

  it('because a webhook cannot be asked: a 500, but surely nothing was done', async () => {
    const failure = await refusal(node, 'denied-500-webhook-unreachable');
    expect(failure).toMatchObject({ kind: 'admission', ambiguous: false });
    expect(failure.message).toMatch(
      /^admission webhook "gone\.example\.com" could not be asked: .*connection refused$/,
    );
    expect(failure.remedy).toContain('the pods behind its service');
  });

  it('by something in front of the API server', async () => {
    const failure = await refusal(node, { status: 403, body: '<html><title>Access denied by WAF</title></html>' });
    expect(failure).toMatchObject({ kind: 'forbidden', ambiguous: false });
    expect(failure.remedy).toContain('RBAC is not the reason');
  });

  it('because the token is not accepted: not sent again, and the token is not quoted', async () => {
    const failure = await refusal(node, 'unauthorized-401');
    expect(failure).toMatchObject({ kind: 'unauthorized', ambiguous: false });
    expect(failure.message).toContain('does not accept the token of user "viewer"');
    expect(`${failure.message}${failure.remedy}`).not.toContain('secret');
  });
});

describe('answers after which nobody knows', () => {
  it.each([
    ['the API server lost etcd', 500, 'etcdserver: request timed out'],
    ['the API server gave up', 504, 'Timeout: request did not complete within requested timeout 34s'],
    ['a proxy lost the API server', 502, '<html><title>502 Bad Gateway</title></html>'],
    ['a proxy has no API server', 503, 'upstream connect error'],
    ['a proxy has waited too long', 408, 'Request Time-out'],
    ['a proxy redirects', 307, ''],
  ])('%s', async (_why, code, body) => {
    const given = { status: code, body, headers: { location: 'https://login.example/', 'retry-after': '1' } };
    const failure = await refusal(node, given);
    expect(failure).toMatchObject({ kind: 'server-error', ambiguous: true });
    expect(failure.message).toMatch(/; it may have been done all the same$/);
  });

  it.each(['<html>Sign in</html>', '', '{"kind":"No'])('a success that is none of an API server: %j', async (body) => {
    const failure = await refusal(node, { status: 200, body });
    expect(failure).toMatchObject({ kind: 'server-error', ambiguous: true });
    expect(failure.message).toContain('but not as an API server does');
  });

  it('but a rehearsal never did anything', async () => {
    for (const code of [500, 502, 504]) {
      takes('PATCH', `${node.path}&dryRun=All`, { status: code, body: 'oops' });
      const failure = await failureOf(writer().rehearse(actions.cordon, limits));
      expect(failure).toMatchObject({ kind: 'server-error', ambiguous: false });
      expect(failure.message).not.toContain('may have been done');
    }
    takes('PATCH', `${node.path}&dryRun=All`, { status: 200, body: '<html>' });
    expect(await failureOf(writer().rehearse(actions.cordon, limits))).toMatchObject({ ambiguous: false });
  });
});
