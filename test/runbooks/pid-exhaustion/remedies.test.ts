import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../engine/alert.ts';
import { matchRunbook } from '../../../engine/match.ts';
import { resolveTarget } from '../../../engine/resolve.ts';
import { catalog } from '../../../runbooks/catalog.ts';
import { runbook } from '../../../runbooks/pid-exhaustion/index.ts';
import { manual } from '../../../runbooks/pid-exhaustion/remedies.ts';
import { commandsIn } from '../commands.ts';
import { look, reportOf } from './looking.ts';
import type { PodSpec, World } from './world.ts';
import { between, leaking, limited, owner, QUOTES } from './worlds.ts';

const remedyIn = async (world: World, id: string) => (await look(world)).remedies.find((remedy) => remedy.id === id);
const stepsOf = async (name: string, id: string) =>
  JSON.stringify((await reportOf(name)).manualSteps.find((one) => one.id === id));

describe('rolling back', () => {
  it('is offered when the version of the Deployment is young enough to have brought it', async () => {
    expect(await remedyIn(leaking, 'rollBack')).toMatchObject({
      cause: 'leakingPod',
      risk: 'medium',
      changes: [{ verb: 'undo', workload: { kind: 'Deployment', namespace: 'shop', name: 'quotes' } }],
    });
    expect(await remedyIn(limited, 'rollBackFull')).toMatchObject({ cause: 'podLimit', changes: [{ verb: 'undo' }] });
  });

  const set = { deployment: 'quotes', madeMinutesAgo: 62, revision: 5 };
  it.each<[string, World, string]>([
    [
      'its version is of yesterday',
      { ...leaking, sets: { 'quotes-7d9f': { ...set, madeMinutesAgo: 1_400 } } },
      'going back would change something else',
    ],
    [
      'its version came when PIDs were short already',
      { ...leaking, sets: { 'quotes-7d9f': { ...set, madeMinutesAgo: 5 } } },
      "it may be somebody's answer to it",
    ],
    [
      'it is the first version',
      { ...leaking, sets: { 'quotes-7d9f': { ...set, revision: 1 } } },
      'no earlier revision',
    ],
    [
      'nobody made its ReplicaSet',
      { ...leaking, sets: { 'quotes-7d9f': { madeMinutesAgo: 62, revision: 5 } } },
      'belongs to no Deployment',
    ],
  ])('is not when %s', async (_, world, why) => {
    expect(await remedyIn(world, 'rollBack')).toMatchObject({ unavailable: expect.stringContaining(why) });
  });
});

describe('evicting', () => {
  it('is of the pod that took what came, not of one that has as many as before', async () => {
    const fixIn = async (name: string) => (await reportOf(name)).remedies.find(({ id }) => id === 'evictPod');
    expect(await fixIn('steady-pod-beside-one-that-leaks')).toMatchObject({
      changes: [{ verb: 'evict', pod: QUOTES }],
    });
    expect(await fixIn('steady-pod-beside-a-surge-of-the-machine')).toHaveProperty('unavailable');
  });

  it('is not of a pool that is as large as its pod allows', async () => {
    const { remedies } = await reportOf('pool-near-its-limit');
    expect(remedies.find(({ id }) => id === 'evictFullPod')).toHaveProperty('unavailable');
  });

  it('is of the pod that takes the PIDs of its node, or of the one at its own limit: each of its own', async () => {
    const { remedies } = await reportOf('leak-and-another-pod-at-its-limit');
    const of = (id: string) => remedies.find((remedy) => remedy.id === id);

    expect(of('evictPod')).toMatchObject({ changes: [{ verb: 'evict', namespace: 'shop', pod: QUOTES }] });
    expect(of('evictFullPod')).toMatchObject({ unavailable: 'shop/batch-0 is not on this node any more' });
  });

  it('needs nothing about the machine where the pod is at its own limit', async () => {
    const { remedies } = await reportOf('no-node-exporter');
    expect(remedies.find(({ id }) => id === 'evictFullPod')).toMatchObject({
      changes: [{ verb: 'evict', pod: QUOTES }],
    });
  });

  const name = QUOTES;
  it.each<[string, readonly PodSpec[], string]>([
    ['gone', [], 'not on this node any more'],
    ['being ended', [{ name, owner, isEnding: true }], 'being ended already'],
    ['ended', [{ name, owner, endedAs: 'victim' }], 'has ended already'],
    ['static', [{ name, owner: { kind: 'Node', name: 'worker-3' }, isStatic: true }], 'static pod'],
    ['without a controller', [{ name }], 'no controller'],
    ['of a DaemonSet', [{ name, owner: { kind: 'DaemonSet', name: 'agent' } }], 'DaemonSet agent would start it again'],
  ])('is not of a pod that is %s', async (_, pods, why) => {
    expect(await remedyIn({ ...leaking, sets: {}, pods }, 'evictPod')).toMatchObject({
      unavailable: expect.stringContaining(why),
    });
  });

  it('is not of a pod that was full and is gone, which is told as over', async () => {
    const { causes, remedies } = await reportOf('limit-reached-and-gone');
    expect(causes.find(({ id }) => id === 'podLimit')?.reason).toMatch(
      /was at its limit from .* to 02:52: .*not seen since/,
    );
    expect(remedies.find(({ id }) => id === 'evictFullPod')).toHaveProperty('unavailable');
  });

  it('is not where there are PIDs again', async () => {
    const over = { ...leaking, machine: { ...leaking.machine, threads: between(20, 6, 31_400, 1_500) } };
    expect(await remedyIn(over, 'evictPod')).toMatchObject({ unavailable: expect.stringContaining('PIDs again') });
  });
});

describe('what is done by hand', () => {
  it('is there for every cause, and every fix belongs to one', () => {
    const used = new Set(Object.values(runbook.causes).flatMap(({ remedies: names = [] }) => names));
    expect([...used].sort()).toEqual([...Object.keys(manual), ...Object.keys(runbook.remedies)].sort());
  });

  it('names the pod and its Deployment, and says why exec proves nothing', async () => {
    const steps = await stepsOf('pod-at-its-limit', 'endLeak');
    expect(steps).toContain(`kubectl logs -n shop ${QUOTES} --tail=50`);
    expect(steps).toContain('kubectl set env -n shop deployment/quotes');
    expect(steps).toContain('works at 100 of 100');
    expect(steps).toContain('Threads that are not ended');
    expect(await stepsOf('pod-makes-processes', 'endLeak')).toContain('Processes that are not ended');
    expect(await stepsOf('leak-and-another-pod-at-its-limit', 'endLeak')).toContain('deployment/quotes');
  });

  it('refuses to raise limits blindly, to mend the evicted, and to look with what forks', async () => {
    const steps = await stepsOf('host-process-and-the-evicted', 'keepPatience');
    expect(steps).toMatch(/Do not raise kernel.pid_max or podPidsLimit.*A leak fills any limit/);
    expect(steps).toMatch(/not one of them had taken the PIDs/);
    expect(steps).toMatch(/kubectl exec.*take PIDs there/);
  });

  it('tells how to see the PIDs where they cannot be seen', async () => {
    const { manualSteps } = await reportOf('helm-chart');
    expect(manualSteps.map(({ id }) => id)).toEqual(['seeByHand']);
    expect(JSON.stringify(manualSteps)).toContain('cAdvisorMetricRelabelings');
  });

  it('finds the process on the machine with builtins alone: bash finds no other program', () => {
    const steps = manual.findHostProcess.steps({}, { kind: 'Node', name: 'worker-3' });
    const command = steps.flatMap((step) => (step.kind === 'look' ? [step.command] : []))[0] ?? '';
    const { stdout: said, stderr } = spawnSync(
      '/bin/bash',
      ['--norc', '-c', command.replaceAll('-gt 100', '-ge 1')],
      // Whatever is not built in would be "not found" here.
      { env: { PATH: '/nowhere' }, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' },
    );
    expect(stderr).not.toContain('not found');
    expect(said).toMatch(/\d+ threads: .+, \/proc\/\d+/);
    expect(said).toMatch(/\d+ processes: bash/);
    expect(said.trim().split('\n').at(-1)).toMatch(/^[\d.]+ [\d.]+ [\d.]+ \d+\/\d+ \d+$/);
  });

  it('never lets a name out of its quotes', () => {
    for (const { steps } of Object.values(manual)) {
      for (const command of steps({}, { kind: 'Node', name: '$(reboot)' }).flatMap(commandsIn)) {
        expect(command.replaceAll("'$(reboot)'", ''), command).not.toMatch(/reboot/);
      }
    }
  });
});

describe('alerts', () => {
  const alert = (labels: Record<string, string>) => ({ status: 'firing', labels, annotations: {} }) as Alert;
  const answers = (labels: Record<string, string>) => matchRunbook(alert(labels), catalog)?.runbook.id;

  it('about PIDs come here, the same names about disks and memory stay with node-not-ready', () => {
    expect(answers({ alertname: 'KubeNodePressure', condition: 'PIDPressure' })).toBe('pid-exhaustion');
    expect(answers({ alertname: 'KubeNodePressure', condition: 'DiskPressure' })).toBe('node-not-ready');
    expect(answers({ alertname: 'KubeNodeEviction', eviction_signal: 'pid.available' })).toBe('pid-exhaustion');
    expect(answers({ alertname: 'KubeNodeEviction', eviction_signal: 'memory.available' })).toBe('node-not-ready');
    expect(answers({ alertname: 'NodePidPressure', node: 'worker-3' })).toBe('pid-exhaustion');
  });

  it("lead to the node: of a pod's threads by the label of the kubelet that counted them", async () => {
    const labels = { alertname: 'PodThreadCountHigh', node: 'worker-3', namespace: 'shop', pod: QUOTES };
    const match = matchRunbook(alert(labels), catalog)?.match;
    expect((await resolveTarget(alert(labels), match)).target).toEqual({ kind: 'Node', name: 'worker-3' });
  });
});
