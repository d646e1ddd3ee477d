import { describe, expect, it } from 'vitest';
import { alerts } from '../../../runbooks/api-429/alerts.ts';
import { refuserOf } from '../../../runbooks/api-429/dumps.ts';
import { limits } from '../../../runbooks/api-429/limits.ts';
import { written } from './cases.ts';
import { scanner } from './noise.ts';
import { look, type World, world } from './world.ts';

async function saidOf(made: World, id: string) {
  const cause = (await look(made)).causes.find((one) => one.id === id);
  if (!cause) throw new Error(`no cause ${id}`);
  return cause;
}
function worldOf(name: string): World {
  const made = written[name]?.world;
  if (!made) throw new Error(`no case ${name}`);
  return made;
}

describe('who wrote a 429', () => {
  it.each([
    ['priority and fairness, or the plain limits', 'Too many requests, please try again later.\n', 'fairness'],
    ['the watch cache', '{"kind":"Status","message":"storage is (re)initializing","code":429}', 'cache'],
    ['a server that ends', 'The apiserver is shutting down, please try again later.\n', 'shutdown'],
    [
      'a disruption budget',
      '{"kind":"Status","message":"Cannot evict pod as it would violate the pod\'s disruption budget.","details":{"causes":[{"reason":"DisruptionBudget"}]}}',
      'budget',
    ],
    ['somebody else', 'slow down', 'unclear'],
  ])('%s', (_, text, who) => {
    expect(refuserOf(text)).toBe(who);
  });
});

describe('accept queues that do not overflow', () => {
  it('leave it open while those of some API servers are not counted, or how many there are is not known', async () => {
    const some = (count: number) => world((made) => made.machines.splice(count));
    const alone = some(1);
    alone.failing.set('servers', 'unreachable');

    expect((await saidOf(some(1), 'acceptQueue')).reason).toBe(
      'no accept queue overflows on 1 machine; there are 3 API servers, and the rest is not counted',
    );
    expect((await saidOf(some(2), 'acceptQueue')).reason).toMatch(
      /^no accept queue overflows on 2 machines; there are 3/,
    );
    expect((await saidOf(alone, 'acceptQueue')).reason).toBe(
      'no accept queue overflows on 1 machine; how many API servers there are is not known',
    );
  });
});

describe("the old article's story", () => {
  it('a limit of 512 MiB is below the quota of 2 GiB, and so is the 1024M it was raised to', async () => {
    expect(512 * 2 ** 20).toBe(536_870_912);
    expect(limits.defaultQuotaBytes).toBe(2_147_483_648);
    const made = worldOf('etcd-at-memory-limit');
    const raised = world((one) => Object.assign(one, made, { failing: new Map(made.failing) }));
    raised.containers = made.containers.map((row) =>
      row.container === 'etcd' ? { ...row, memoryBytes: 1020 * 2 ** 20, limitBytes: 1024 * 2 ** 20 } : row,
    );

    expect((await saidOf(made, 'etcdAtMemoryLimit')).reason).toContain('below the quota of its database (2 GiB)');
    expect((await saidOf(raised, 'etcdAtMemoryLimit')).reason).toContain('below the quota of its database (2 GiB)');
  });

  it('its false leads are refuted with the reason: the accept queue came last, and a restart did not help', async () => {
    const made = worldOf('etcd-at-memory-limit-backlog-and-restart');

    expect(await saidOf(made, 'acceptQueue')).toMatchObject({
      verdict: 'ruled-out',
      reason: expect.stringMatching(/only since 07:47:30, after an etcd member silent \(07:44:00\): a symptom/),
    });
    expect(await saidOf(made, 'stuckInstance')).toMatchObject({
      verdict: 'ruled-out',
      reason: expect.stringMatching(/refused again, while all clients list anew: a restart does not help/),
    });
  });

  it('has a limit raised, with a warning that the member ends at once, and refuses restart and sysctl', async () => {
    const { manualSteps } = await look(worldOf('etcd-at-memory-limit'));
    const steps = manualSteps.flatMap((fix) =>
      fix.steps.map(({ title, warning = '' }) => `${fix.id}: ${title}. ${warning}`),
    );

    expect(manualSteps.map(({ id }) => id)).toEqual(['raiseMemory', 'askEtcd', 'whatNotToDo']);
    expect(steps.join('\n')).toMatch(/set its memory limit to 2 GiB at least/);
    expect(steps.join('\n')).toMatch(/Expect that member to end at once/);
    expect(steps.join('\n')).toMatch(/Never --oom-kill-disable/);
    expect(steps.join('\n')).toMatch(/Do not raise --max-requests-inflight/);
    expect(steps.join('\n')).toMatch(/Do not raise net.ipv4.tcp_max_syn_backlog/);
  });
});

describe('the noisy client', () => {
  it('is isolated by name, or stopped where one Deployment is it', async () => {
    const { remedies } = await look(worldOf('noisy-flow'));

    expect(remedies).toMatchObject([
      {
        id: 'isolateFlow',
        changes: [
          {
            verb: 'isolate-flow',
            flow: 'security-scanner',
            subject: { kind: 'ServiceAccount', namespace: 'security', name: 'scanner' },
            shares: 10,
          },
        ],
      },
      {
        id: 'stopClient',
        changes: [
          { verb: 'scale', workload: { kind: 'Deployment', namespace: 'security', name: 'scanner' }, replicas: 0 },
        ],
      },
    ]);
  });

  it.each([
    ['noisy-controller-manager', /system:kube-controller-manager is a part of the cluster itself/],
    ['noisy-flow-ownerless', /the API server does not tell whose requests wait/],
    ['crowd-not-one', /its cause is not confirmed/],
  ])('is not touched in %s', async (name, why) => {
    for (const remedy of (await look(worldOf(name))).remedies)
      expect(remedy).toMatchObject({ unavailable: expect.stringMatching(why) });
  });

  it.each([
    ['security:scanner', { priorityClassName: 'system-cluster-critical' }, /has the priority class system-cluster/],
    ['security:scanner', { tolerations: [{ operator: 'Exists' }] }, /tolerates every taint/],
    ['security:scanner', { containers: [{ ports: [{ name: 'webhook-server' }] }] }, /serves a webhook/],
    ['calico-system:calico-node', {}, /calico-node is a part of the cluster itself/],
    ['openshift-ovn-kubernetes:ovn', {}, /is a part of the cluster itself/],
    ['kyverno:scanner', {}, /is a part of the cluster itself/],
    ['security:agent', {}, /no Deployment carries the ServiceAccount of .*:agent: it may be an agent/],
    ['ops:nightshift-reader', {}, /is Nightshift itself/],
  ])('is left alone where others cannot wait for it: %s %j', async (account, pod, why) => {
    const made = worldOf('noisy-flow');
    const user = `system:serviceaccount:${account}`;
    const { remedies } = await look({
      ...made,
      waiting: made.waiting.map((one, index) => (index === 0 ? { ...one, user } : one)),
      deployments: made.deployments.map((one) => ({ ...one, pod })),
    });

    expect(remedies.map(({ id }) => id)).toEqual(['isolateFlow', 'stopClient']);
    for (const remedy of remedies) expect(remedy).toMatchObject({ unavailable: expect.stringMatching(why) });
  });

  it('is never mistaken for the one that is louder in another level', async () => {
    const made = worldOf('noisy-flow');
    const louder = { ...scanner, level: 'workload-high', user: 'system:serviceaccount:shop:scanner', count: 200 };
    const { remedies } = await look({ ...made, waiting: [...made.waiting, louder] });

    for (const remedy of remedies)
      expect(remedy).toMatchObject({ unavailable: expect.stringMatching(/no Deployment carries .*security:scanner/) });
  });

  it('may be a person, who has no Deployment to stop', async () => {
    const made = worldOf('noisy-flow');
    const byHand = {
      ...made,
      waiting: made.waiting.map((one, index) => (index === 0 ? { ...one, user: 'jane@example.com' } : one)),
    };
    const { remedies } = await look(byHand);

    expect(remedies).toMatchObject([
      { changes: [{ flow: 'jane-example-com', subject: { kind: 'User', name: 'jane@example.com' } }] },
      { unavailable: 'jane@example.com is no ServiceAccount: it runs elsewhere' },
    ]);
  });
});

describe('without Prometheus', () => {
  it('the API server itself still tells that etcd does not answer, and whose requests wait', async () => {
    const made = worldOf('etcd-at-memory-limit');
    const blind = { ...made, failing: new Map([...made.failing, ['Prometheus', 'unreachable'] as const]) };
    const report = await look(blind);

    expect(report.causes.find(({ id }) => id === 'etcdSlow')?.verdict).toBe('confirmed');
    expect(report.causes.find(({ id }) => id === 'etcdAtMemoryLimit')?.verdict).toBe('inconclusive');
    expect(report.evidence.find(({ id }) => id === 'clients')?.shown).toContain(
      'system:serviceaccount:heavy:reader 203 requests',
    );
  });
});

it('its alerts are about the API servers, whatever job they carry', () => {
  expect(new Set(alerts.map(({ component }) => component))).toEqual(new Set(['kube-apiserver']));
  expect(alerts.map(({ name }) => name)).not.toContain('KubeAPIDown');
});
