import { describe, expect, it } from 'vitest';
import { investigate } from '../../../engine/investigate.ts';
import { type Case, caseClock, caseSource } from '../../../engine/replay.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { nodeObject } from '../../../runbooks/evidence/node.ts';
import type { Maybe, Seen } from '../../../runbooks/node-not-ready/evidence.ts';
import { runbook } from '../../../runbooks/node-not-ready/index.ts';
import { manual, remedies } from '../../../runbooks/node-not-ready/remedies.ts';
import { commandsIn } from '../commands.ts';
import { cases } from './cases.ts';
import { lease, node } from './judging.ts';

const target = { kind: 'Node', name: 'worker-3' } as const;

async function reportOf(name: string) {
  const one: Case | undefined = cases[name];
  if (!one) throw new Error(`no case ${name}`);
  const options = { source: caseSource(one), clock: caseClock(one), cluster: one.cluster };
  return investigate(anyRunbook(runbook), one.target, options);
}

describe('cordon', () => {
  const healthy = { status: 200, etcd: true, failing: [] };
  const propose = (seen: Maybe) => remedies.cordon.propose(seen as Seen, target);

  it('is one change of low risk', () => {
    const params = propose({ node: node('Unknown'), readyz: healthy });
    expect(params).toEqual({ node: 'worker-3' });
    expect(remedies.cordon.changes({ node: 'worker-3' })).toEqual([{ verb: 'cordon', node: 'worker-3' }]);
    expect(remedies.cordon.risk).toBe('low');
  });

  it('is not offered for a node that is cordoned already', () => {
    expect(propose({ node: node('Unknown', '', { cordoned: true }), readyz: healthy })).toEqual({
      unavailable: 'the node is cordoned already',
    });
  });

  it('is not offered while the API server cannot write', () => {
    const readyz = { status: 500, etcd: false, failing: ['etcd'] };
    expect(propose({ node: node('Unknown'), readyz })).toHaveProperty('unavailable');
  });

  it('is not offered for pressure: the node has its taint, and the cordon would only silence the alert', async () => {
    const { remedies: offered } = await reportOf('disk-pressure-filled');
    expect(offered).toMatchObject([
      { id: 'cordon', unavailable: expect.any(String) },
      { id: 'uncordon', unavailable: expect.any(String) },
    ]);
  });

  it('comes with its digest when a cause that needs it is confirmed', async () => {
    const { remedies: offered } = await reportOf('kubelet-killed');
    expect(offered.find(({ id }) => id === 'cordon')).toMatchObject({
      cause: 'kubeletStopped',
      changes: [{ verb: 'cordon', node: 'rig-node-1' }],
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
});

describe('uncordon', () => {
  const uncordonIn = async (name: string) => (await reportOf(name)).remedies.find(({ id }) => id === 'uncordon');

  it('is offered for a cordoned node that is Ready, with a fresh lease, and nothing else found', async () => {
    expect(await uncordonIn('cordoned-and-well')).toMatchObject({
      cause: 'plannedWork',
      risk: 'medium',
      changes: [{ verb: 'uncordon', node: 'rig-node-1' }],
    });
  });

  it.each([
    ['healthy', 'its cause is not confirmed: Planned work'],
    ['disk-pressure-while-cordoned', 'its cause is not confirmed: Planned work'],
    ['cordoned-while-nobody-controls', 'the cordon may be there because of it: Nobody judges the nodes'],
    ['cordoned-and-its-runtime-hangs', 'could not be seen: '],
    ['no-prometheus-cordon-drain', 'could not be seen: '],
    ['cordon-drain', 'could not be seen: '],
  ])('is not offered in the case %s', async (name, why) => {
    expect(await uncordonIn(name)).toMatchObject({ unavailable: expect.stringContaining(why) });
  });

  const cordoned = node('True', '', { cordoned: true });
  it.each([
    ['the node is not cordoned', { node: node('True'), lease: lease(4) }, 'the node is not cordoned'],
    ['it is not Ready', { node: node('False', '', { cordoned: true }), lease: lease(4) }, 'Ready=False'],
    ['its lease is late', { node: cordoned, lease: lease(16), history: {} }, 'which is late'],
    ['its lease is ahead', { node: cordoned, lease: lease(-60), history: {} }, 'in the future'],
    [
      'its readiness comes and goes',
      { node: cordoned, lease: lease(4), history: { readinessChanges: 3 } },
      'comes and',
    ],
  ] as const)('is not offered when %s', (_, seen, why) => {
    const proposed = remedies.uncordon.propose(seen as Maybe as Seen, target);
    expect(proposed).toMatchObject({ unavailable: expect.stringContaining(why) });
  });
});

describe('manual steps', () => {
  const stepsOf = async (name: string) => {
    const { manualSteps } = await reportOf(name);
    return Object.fromEntries(manualSteps.map(({ id, steps }) => [id, JSON.stringify(steps)]));
  };

  it('restart the runtime of this node, and warn not to judge too early', async () => {
    const steps = await stepsOf('runtime-killed');
    expect(steps.restartRuntime).toMatch(/ssh rig-node-1 'sudo systemctl restart containerd'/);
    expect(steps.restartRuntime).toMatch(/up to 45 s when it was gone/);
    expect(steps.restartRuntime).toMatch(/Draining is impossible/);
  });

  it('restart the runtime after bringing the CNI file back, because the file alone does not heal', async () => {
    const { restoreNetworkPlugin } = await stepsOf('cni-missing');
    expect(restoreNetworkPlugin).toMatch(/The file alone does not do it/);
  });

  it('refuse a restart of the kubelet under pressure, with the reason', async () => {
    const steps = await stepsOf('disk-pressure-filled');
    expect(steps.keepKubelet).toMatch(/all running pods of the node are failed at once/);
    expect(steps.freeResource).toMatch(/df -h/);
    expect(steps.freeResource).not.toMatch(/pid_max/);
    expect(steps.restartKubelet).toBeUndefined();
  });

  it('refuse force-deleting pods and a longer grace period while a node is silent', async () => {
    const { keepPods } = await stepsOf('kubelet-killed');
    expect(keepPods).toMatch(/Do not force-delete/);
    expect(keepPods).toMatch(/Do not raise --node-monitor-grace-period/);
  });

  it('are there for every confirmed cause but a removed node', () => {
    const without = Object.entries(runbook.causes).filter(([, { remedies: names = [] }]) => names.length === 0);
    expect(without.map(([cause]) => cause)).toEqual(['removed']);
    const used = new Set(Object.values(runbook.causes).flatMap(({ remedies: names = [] }) => names));
    expect([...used].sort()).toEqual([...Object.keys(manual), ...Object.keys(remedies)].sort());
  });

  it.each([
    ['v1.32.1', ['control-plane'], 'kubelet', 'containerd'],
    ['v1.32.1+k3s1', [], 'k3s-agent', 'k3s-agent'],
    ['v1.19.5+k3s2', ['master'], 'k3s', 'k3s'],
    ['v1.31.4+rke2r1', ['worker'], 'rke2-agent', 'rke2-agent'],
    ['v1.31.4+rke2r1', ['etcd'], 'rke2-server', 'rke2-server'],
  ])('name the services of a node of version %s with the roles %j', (kubelet, roles, its, runtimes) => {
    const told = nodeObject.schema.parse({
      metadata: {
        ...{ name: 'worker-3', creationTimestamp: '2026-10-01T06:00:00Z' },
        labels: Object.fromEntries(roles.map((role) => [`node-role.kubernetes.io/${role}`, 'true'])),
      },
      status: { nodeInfo: { bootID: '1', kubeletVersion: kubelet, containerRuntimeVersion: 'containerd://1.7.22' } },
    });
    const commands = ({ steps }: typeof manual.restartRuntime) => JSON.stringify(steps({ node: told }, target));
    expect(commands(manual.restartKubelet)).toContain(`systemctl restart ${its}'`);
    expect(commands(manual.restartRuntime)).toContain(`systemctl restart ${runtimes}'`);
  });

  it('name the runtime the node has, and containerd when it could not be seen', () => {
    const commands = (maybe: Maybe) => JSON.stringify(manual.restartRuntime.steps(maybe, target));
    expect(commands({ node: node('False', '', { runtime: 'cri-o://1.32.0' }) })).toMatch(/systemctl restart crio/);
    expect(commands({})).toMatch(/systemctl restart containerd/);
  });

  it('never let a name out of its quotes', () => {
    const hostile = { kind: 'Node', name: '$(reboot)' } as const;
    for (const { steps } of Object.values(manual)) {
      for (const command of steps({}, hostile).flatMap(commandsIn)) {
        expect(command.replaceAll("'$(reboot)'", '').replaceAll("'system:node:$(reboot)'", '')).not.toMatch(/reboot/);
      }
    }
  });
});
