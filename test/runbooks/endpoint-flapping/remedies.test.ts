import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ManualStep } from '../../../engine/runbook.ts';
import { tempDir } from '../../harness/temp.ts';
import { look, reportOf } from './looking.ts';
import { flapping, late } from './told.ts';
import { quiet } from './world.ts';

const stalled = { ...flapping(), kubelet: { ...quiet.kubelet, late: 3 }, heartbeats: late(71) };

async function stepsOf(name: string, fix: string): Promise<readonly ManualStep[]> {
  const { manualSteps } = await reportOf(name);
  const found = manualSteps.find(({ id }) => id === fix);
  if (!found) throw new Error(`${name} does not list ${fix}`);
  return found.steps;
}

describe('the fixes the API can make', () => {
  const remediesIn = async (world: typeof stalled) => {
    const { remedies } = await look(world);
    return Object.fromEntries(
      remedies.map((remedy) => [remedy.id, 'changes' in remedy ? remedy.changes : remedy.unavailable]),
    );
  };

  it('keep pods off a node whose kubelet stands still, or move them away, of which only the first can be undone', async () => {
    expect(await remediesIn(stalled)).toEqual({
      cordon: [{ verb: 'cordon', node: 'worker-3' }],
      drain: [{ verb: 'drain', node: 'worker-3' }],
      drainWithData: [{ verb: 'drain', node: 'worker-3', allow: ['local-storage'] }],
    });
  });

  it('leave a node alone that is cordoned already, and drain none that nobody hears of', async () => {
    expect(await remediesIn({ ...stalled, node: { cordoned: true } })).toMatchObject({
      cordon: 'the node is cordoned already',
      drain: [{ verb: 'drain', node: 'worker-3' }],
    });
    expect(await remediesIn({ ...stalled, node: { ready: 'Unknown', since: 60 } })).toMatchObject({
      drain: expect.stringContaining('nothing there would end a container'),
      drainWithData: expect.stringContaining('nothing there would end a container'),
    });
  });

  it('are none against a grace period, a probe or a gate', async () => {
    for (const name of ['article', 'connection-hangs', 'probe-fails', 'readiness-gate', 'rollout-of-the-service'])
      expect(
        (await reportOf(name)).remedies.filter((remedy) => 'changes' in remedy),
        name,
      ).toEqual([]);
  });
});

describe('raising the grace period', () => {
  it('goes one control-plane node after the other, says its price, and how to go back', async () => {
    const steps = await stepsOf('article', 'raiseGrace');
    expect(steps.map(({ title }) => title)).toEqual([
      'On cp-1, and only then on the next one',
      'On cp-2, and only then on the next one',
      'On cp-3, and only then on the next one',
      'So that an upgrade keeps it',
    ]);
    expect(steps[0]?.warning).toContain('noticed later by as much');
    expect(steps[0]?.warning).toContain('sudo cp /root/kube-controller-manager.yaml.before');
  });

  it.each([
    ['without the flag', ''],
    ['with the flag of old', '    - --node-monitor-grace-period=40s\n'],
  ])('does to a manifest %s what it says', async (_, flag) => {
    await using folder = await tempDir('manifest');
    const manifest = join(folder.path, 'kube-controller-manager.yaml');
    const head = 'spec:\n  containers:\n  - command:\n    - kube-controller-manager\n';
    const tail = '    - --leader-elect=true\n    image: registry.k8s.io/kube-controller-manager:v1.31.4\n';
    writeFileSync(manifest, head + flag + tail);
    const [step] = await stepsOf('article', 'raiseGrace');
    const [, command = ''] = /^ssh cp-1 '(.+)'$/.exec((step?.kind === 'change' && step.command) || '') ?? [];
    const here = command
      .replaceAll('sudo ', '')
      .replaceAll('/etc/kubernetes/manifests', folder.path)
      .replaceAll('/root', folder.path);
    for (const _twice of [1, 2]) execFileSync('sh', ['-c', here]);

    expect(readFileSync(manifest, 'utf8')).toBe(`${head}    - --node-monitor-grace-period=50s\n${tail}`);
  });

  it('is for the provider where the control plane is managed', async () => {
    const { manualSteps } = await look({ ...flapping(), manager: null });
    expect(manualSteps.map(({ id }) => id)).not.toContain('raiseGrace');
    const steps = await stepsOf('article', 'raiseGrace');
    expect(JSON.stringify(steps)).toContain('not 60 to 120 s');
  });
});

describe('what is refused', () => {
  it('has its reason: long grace periods, images, verbosity; endpoints, and deleting pods that are well', async () => {
    const { manualSteps } = await reportOf('kubelet-stalled');
    const words = JSON.stringify(manualSteps);
    expect(words).toContain('Do not raise --node-monitor-grace-period to 60 or 120 s');
    expect(words).toContain('Do not blame images');
    expect(words).toContain('Do not edit EndpointSlices');
    expect(words).toContain('Do not delete the pods');
    expect(words).not.toContain('onto cp-1');
  });
});
