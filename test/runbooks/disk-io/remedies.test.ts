import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../engine/alert.ts';
import { matchRunbook } from '../../../engine/match.ts';
import { resolveTarget } from '../../../engine/resolve.ts';
import { catalog } from '../../../runbooks/catalog.ts';
import { runbook } from '../../../runbooks/disk-io/index.ts';
import { manual } from '../../../runbooks/disk-io/remedies.ts';
import { commandsIn } from '../commands.ts';
import { look, reportOf } from './looking.ts';
import type { World } from './world.ts';
import { calm, flooded } from './worlds.ts';

const remedyIn = async (world: World, id: string) => (await look(world)).remedies.find((remedy) => remedy.id === id);

describe('rolling back', () => {
  it('is offered when the Deployment got a new version shortly before its log flooded the disk', async () => {
    expect(await remedyIn(flooded, 'rollBack')).toMatchObject({
      cause: 'logFlood',
      risk: 'medium',
      changes: [{ verb: 'undo', workload: { kind: 'Deployment', namespace: 'shop', name: 'export' } }],
    });
  });

  const set = { name: 'export-7d9f', deployment: 'export', madeMinutesAgo: 14, revision: 5 };
  it.each([
    [
      'its version is two hours older',
      { ...flooded, set: { ...set, madeMinutesAgo: 140 } },
      'going back would change something else',
    ],
    [
      'its version came while the disk was saturated already',
      { ...flooded, set: { ...set, madeMinutesAgo: 2 } },
      "it may be somebody's answer to it",
    ],
    ['it is the first version', { ...flooded, set: { ...set, revision: 1 } }, 'no earlier revision'],
    [
      'the pod is of a StatefulSet',
      {
        ...flooded,
        set: undefined,
        pods: [{ name: 'export-7d9f-abcde', owner: { kind: 'StatefulSet', name: 'export' } }],
      },
      'belongs to no Deployment',
    ],
  ])('is not when %s', async (_, world, why) => {
    expect(await remedyIn(world, 'rollBack')).toMatchObject({ unavailable: expect.stringContaining(why) });
  });
});

describe('evicting', () => {
  it('is of the pod that is proved, and says that it goes on elsewhere', async () => {
    expect(await remedyIn(flooded, 'evictPod')).toMatchObject({
      title: expect.stringContaining('it goes on elsewhere'),
      changes: [{ verb: 'evict', namespace: 'shop', pod: 'export-7d9f-abcde' }],
    });
    expect((await reportOf('backup')).remedies.find(({ id }) => id === 'evictPod')).toMatchObject({
      cause: 'otherWriter',
      changes: [{ verb: 'evict', namespace: 'shop', pod: 'db-0' }],
    });
  });

  const name = 'export-7d9f-abcde';
  const owner = { kind: 'ReplicaSet', name: 'export-7d9f' };
  it.each([
    ['gone', [], 'not on this node any more'],
    ['being ended', [{ name, owner, isEnding: true }], 'being ended already'],
    ['static', [{ name, owner: { kind: 'Node', name: 'worker-3' }, isStatic: true }], 'static pod'],
    ['without a controller', [{ name }], 'no controller'],
    ['of a DaemonSet', [{ name, owner: { kind: 'DaemonSet', name: 'agent' } }], 'DaemonSet agent would start it again'],
  ])('is not of a pod that is %s', async (_, pods, why) => {
    expect(await remedyIn({ ...flooded, set: undefined, pods }, 'evictPod')).toMatchObject({
      unavailable: expect.stringContaining(why),
    });
  });

  it('is of the writer to the disk, not of a loud log on another one', async () => {
    const { remedies } = await reportOf('loud-log-beside-a-volume');
    expect(remedies.find(({ id }) => id === 'evictPod')).toMatchObject({ changes: [{ verb: 'evict', pod: 'db-0' }] });
  });

  it('is not of either of two that are proved: which to end is for people to say', async () => {
    const { remedies } = await reportOf('two-pods-share-a-disk');
    expect(remedies.find(({ id }) => id === 'evictPod')).toMatchObject({
      unavailable: expect.stringMatching(/shop\/export-7d9f-abcde by its log and shop\/db-0 by its own writes/),
    });
  });

  it('is not when nothing is proved', async () => {
    expect(await remedyIn(calm, 'evictPod')).toHaveProperty('unavailable');
  });
});

it('a cordon is offered for pulls, not for a flood, and not twice', async () => {
  const cordonIn = async (name: string) => (await reportOf(name)).remedies.find(({ id }) => id === 'cordon');
  expect(await cordonIn('image-pulls')).toMatchObject({ changes: [{ verb: 'cordon', node: 'worker-3' }] });
  expect(await cordonIn('log-flood')).toHaveProperty('unavailable');
});

describe('what is done by hand', () => {
  it('is there for every cause, and every fix belongs to one', () => {
    const used = new Set(Object.values(runbook.causes).flatMap(({ remedies: names = [] }) => names));
    expect([...used].sort()).toEqual([...Object.keys(manual), ...Object.keys(runbook.remedies)].sort());
  });

  it('refuses a longer grace period, restarts and mending rights, with the reason', async () => {
    const { manualSteps } = await reportOf('log-flood');
    const steps = JSON.stringify(manualSteps.find(({ id }) => id === 'keepPatience'));
    expect(steps).toMatch(/grace-period.*hides the stall/);
    expect(steps).toMatch(/restart the kubelet.*read much when they start/);
  });

  it('names the log, the Deployment, and the command that verifies it', async () => {
    const { manualSteps } = await reportOf('log-flood');
    const steps = JSON.stringify(manualSteps.find(({ id }) => id === 'quietLog'));
    expect(steps).toContain('kubectl set env -n shop deployment/export');
    expect(steps).toContain('kubectl logs -n shop deployment/export -c app --since=10s');
  });

  it('tells how to find the writer where it cannot be seen', async () => {
    const { manualSteps } = await reportOf('kubelet-not-scraped');
    expect(manualSteps.map(({ id }) => id)).toEqual(['findWriter']);
  });

  it('asks the disk that was saturated for its health, and where none was all of them, not what lies in memory', async () => {
    const { manualSteps } = await reportOf('disk-with-errors');
    expect(JSON.stringify(manualSteps.find(({ id }) => id === 'replaceDisk'))).toContain('for disk in /dev/vda;');
    const target = { kind: 'Node', name: 'worker-3' } as const;
    const [look = ''] = manual.replaceDisk.steps({}, target).flatMap(commandsIn);
    const [, filter = ''] = /lsblk -dnpo NAME \| (grep [^)]*\)[^)]*)\)/.exec(look) ?? [];
    const devices = ['/dev/zram0', '/dev/loop0', '/dev/sr0', '/dev/sda', '/dev/nvme0n1', ''].join('\n');
    expect(execFileSync('sh', ['-c', filter], { input: devices, encoding: 'utf8' })).toBe('/dev/sda\n/dev/nvme0n1\n');
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

  it('on a disk come here, those on a node that comes and goes stay with node-not-ready', () => {
    expect(answers({ alertname: 'NodeDiskIOSaturation' })).toBe('disk-io');
    expect(answers({ alertname: 'NodeNotReadyIoSaturated', node: 'worker-3' })).toBe('disk-io');
    expect(answers({ alertname: 'KubeNodeReadinessFlapping', node: 'worker-3' })).not.toBe('disk-io');
  });

  it('lead to the node: of a flooded log by the label of its kubelet, not by its pod', async () => {
    const labels = {
      alertname: 'ContainerLogFlood',
      node: 'worker-3',
      namespace: 'shop',
      pod: 'export-1',
      container: 'app',
    };
    const match = matchRunbook(alert(labels), catalog)?.match;
    expect((await resolveTarget(alert(labels), match)).target).toEqual({ kind: 'Node', name: 'worker-3' });
  });
});
