import { spawnSync } from 'node:child_process';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../engine/alert.ts';
import type { NodeDirectory } from '../../../engine/directory.ts';
import { matchRunbook } from '../../../engine/match.ts';
import type { Source } from '../../../engine/readers.ts';
import { requestKey } from '../../../engine/request.ts';
import { resolveTarget } from '../../../engine/resolve.ts';
import { catalog } from '../../../runbooks/catalog.ts';
import { runbook } from '../../../runbooks/pod-network/index.ts';
import { bytesOf, mebibytes } from '../../../runbooks/pod-network/quantity.ts';
import { manual } from '../../../runbooks/pod-network/remedies.ts';
import { tempDir } from '../../harness/temp.ts';
import { readCase, replay } from '../case-files.ts';
import { commandsIn } from '../commands.ts';
import { causeIn } from '../reported.ts';
import { look, reportOf } from './looking.ts';
import type { World } from './objects.ts';
import { calm, crashing, flannel, klog, LOCK, lines, proxy, started, unready } from './worlds.ts';

const remedyOf = async (name: string, id: string) => (await reportOf(name)).remedies.find((one) => one.id === id);
const remedyIn = async (world: World, id: string) => (await look(world)).remedies.find((one) => one.id === id);
const stepsOf = async (name: string, id: string) =>
  JSON.stringify((await reportOf(name)).manualSteps.find((one) => one.id === id));
const locked = { log: lines(started, ...[8, 6, 4].map((minute) => klog(minute, LOCK))) };
const oom = { minutesAgo: 3, reason: 'OOMKilled' } as const;
const killed = (memory: string | undefined, more: object = {}): World => ({
  ...calm,
  agents: [{ ...flannel(crashing(oom, lines(started)), unready), ...more }, proxy()].map((agent) => ({
    ...agent,
    containers: agent.containers.map(({ memory: _, ...one }) => (memory === undefined ? one : { ...one, memory })),
  })),
});

describe('raising the memory limit', () => {
  it('doubles it, in the DaemonSet of what is ended for its memory', async () => {
    expect(await remedyOf('agent-killed-for-memory', 'raiseMemory')).toMatchObject({
      cause: 'agentMemory',
      risk: 'medium',
      changes: [
        {
          verb: 'set-resources',
          workload: { kind: 'DaemonSet', namespace: 'kube-flannel', name: 'kube-flannel-ds' },
          container: 'kube-flannel',
          limits: { memory: '100Mi' },
        },
      ],
    });
  });

  it('is offered for a child that is ended as well, though its container goes on', async () => {
    expect(await remedyOf('child-killed-for-memory', 'raiseMemory')).toMatchObject({
      cause: 'agentLimits',
      changes: [{ container: 'kube-proxy', limits: { memory: '128Mi' } }],
    });
  });

  it.each<[string, World, string]>([
    ['it has no limit', killed(undefined), 'the machine itself ran out of memory'],
    ['its limit is high already', killed('700Mi'), '1400Mi would be much'],
    ['nobody reads its limit', killed('5e7'), 'no plain quantity'],
    ['no DaemonSet makes it', killed('50Mi', { daemonSet: undefined }), 'belongs to no DaemonSet'],
  ])('is not when %s', async (_, world, why) => {
    expect(await remedyIn(world, 'raiseMemory')).toMatchObject({ unavailable: expect.stringContaining(why) });
  });

  it('reads quantities as Kubernetes writes them', () => {
    expect(['50Mi', '1Gi', '64M', '100k', '1000', '0.5Gi'].map(bytesOf)).toEqual([
      52_428_800, 1_073_741_824, 64_000_000, 100_000, 1000, 536_870_912,
    ]);
    expect([bytesOf('5e7'), bytesOf('a lot')]).toEqual([undefined, undefined]);
    expect(mebibytes(104_857_601)).toBe('101Mi');
  });
});

describe('making the agent anew', () => {
  it('is offered where it would write what is missing', async () => {
    const changes = [{ verb: 'delete-pod', namespace: 'kube-flannel', pod: 'kube-flannel-ds-x2x9q' }];
    expect(await remedyOf('subnet-file-taken-away', 'remakeAgent')).toMatchObject({ cause: 'subnetMissing', changes });
    expect(await remedyOf('configuration-missing', 'remakeAgent')).toMatchObject({ cause: 'pluginMissing', changes });
    expect(await remedyOf('error-of-its-own', 'remakeAgent')).toMatchObject({ cause: 'agentFails', changes });
    expect(await remedyOf('token-no-good', 'remakeAgent')).toMatchObject({
      cause: 'apiUnreached',
      changes: [{ verb: 'delete-pod', pod: 'calico-node-f4x2p' }],
    });
    expect(await remedyOf('api-not-trusted', 'remakeAgent')).toMatchObject({ cause: 'apiUnreached' });
  });

  it.each([
    ['no-pod-cidr', 'would find none either'],
    ['bridge-of-another-lease', 'the bridge on the machine'],
    ['agent-without-its-rights', 'its rights are gone'],
    ['api-does-not-finish-tls', 'the way to the API server is missing'],
    ['agent-image-unreached', 'its image cannot be had'],
    ['no-way-to-the-api', 'the way to the API server is missing'],
    ['recorded-configuration-missing', 'no agent of a plug-in is on this node'],
  ])('is not in the case %s, where it would change nothing', async (name, why) => {
    expect(await remedyOf(name, 'remakeAgent')).toMatchObject({ unavailable: expect.stringContaining(why) });
  });

  it('of all nodes is offered only where it fails on several', async () => {
    expect(await remedyOf('error-of-its-own', 'restartAgents')).toMatchObject({
      unavailable: expect.stringContaining("it is this node's alone"),
    });
    expect(await remedyOf('error-of-its-own-on-three-nodes', 'restartAgents')).toMatchObject({
      risk: 'high',
      changes: [{ verb: 'restart', workload: { kind: 'DaemonSet', name: 'kube-flannel-ds' } }],
    });
  });
});

describe('what is done by hand', () => {
  it('is there for every cause, and every fix belongs to one', () => {
    const used = new Set(Object.values(runbook.causes).flatMap(({ remedies: names = [] }) => names));
    expect([...used].sort()).toEqual([...Object.keys(manual), ...Object.keys(runbook.remedies)].sort());
  });

  it('names the agent, its DaemonSet and its container', async () => {
    expect(await stepsOf('agent-killed-for-memory', 'giveMemory')).toContain(
      'kubectl set resources daemonset -n kube-flannel kube-flannel-ds -c kube-flannel',
    );
    expect(await stepsOf('lock-of-iptables', 'shareLock')).toContain('hostPath /run/xtables.lock');
    expect(await stepsOf('configuration-missing', 'restorePlugin')).toContain('containerd 1.6.20 had not taken it up');
  });

  it('gives the lock to the DaemonSet that lacks it, and reads the log of its new pod on this node', async () => {
    const steps = (await look({ ...calm, agents: [flannel(locked), proxy({}, { sharesLock: false })] })).manualSteps;
    const commands = steps
      .find(({ id }) => id === 'shareLock')
      ?.steps.flatMap(commandsIn)
      .join('\n');
    expect(commands).toContain('kubectl edit daemonset -n kube-system kube-proxy\n');
    expect(commands).not.toContain('kube-flannel');
    expect(commands).toContain(
      'kubectl get pods -n kube-system -o name --field-selector spec.nodeName=worker-3 | grep -E "^pod/kube-proxy-[a-z0-9]+$"',
    );
    expect(await stepsOf('lock-held-long', 'shareLock')).toContain('kubectl edit daemonset -n <namespace> <daemonset>');
  });

  it('makes the agent of this node anew by its name, where one is known', async () => {
    expect(await stepsOf('configuration-missing', 'restorePlugin')).toContain(
      'kubectl delete pod -n kube-flannel kube-flannel-ds-x2x9q',
    );
    expect(JSON.stringify(manual.restorePlugin.steps({}, { kind: 'Node', name: 'worker-3' }))).toContain(
      'kubectl delete pod -n <namespace> <agent of this node>',
    );
  });

  it('sends whoever lacks PIDs to the runbook that tells who takes them', async () => {
    expect(await stepsOf('forks-refused', 'morePids')).toContain(
      'npx nightshift investigate pid-exhaustion --target node/worker-3',
    );
  });

  it('refuses a flush of iptables, a new installation, a reboot first, and to delete pods that wait', async () => {
    const steps = await stepsOf('addresses-leaked', 'keepNetwork');
    expect(steps).toMatch(/Do not flush iptables.*docker 1\.13/);
    expect(steps).toMatch(/Do not install the plug-in anew/);
    expect(steps).toMatch(/Do not reboot the node first.*subnet\.env/);
  });

  it('gives back addresses of sandboxes that are gone, and of no other network on that machine', async () => {
    await using machine = await tempDir('host-local');
    const at = (...path: string[]) => join(machine.path, ...path);
    const old = new Date(Date.now() - 7_200_000);
    const write = async (path: string, text: string, mode = 0o644) => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text, { mode });
      await utimes(path, old, old);
    };
    const conf = (name: string) =>
      JSON.stringify({ cniVersion: '1.0.0', name, plugins: [{ type: 'bridge' }] }, null, 2);
    await write(at('etc/cni/net.d/10-flannel.conflist'), conf('cbr0'));
    await write(at('etc/cni/net.d/87-podman-bridge.conflist'), conf('podman'));
    const kept = (network: string, address: string) => at('var/lib/cni/networks', network, address);
    await write(kept('cbr0', '10.244.1.2'), 'lives\r\neth0');
    await write(kept('cbr0', '10.244.1.3'), 'gone\r\neth0');
    await write(kept('cbr0', 'last_reserved_ip.0'), '10.244.1.3');
    await write(kept('podman', '10.88.0.2'), 'a-container-of-podman\r\neth0');
    await write(at('bin/crictl'), '#!/bin/sh\necho lives\n', 0o755);
    await write(at('bin/sudo'), '#!/bin/sh\nexec "$@"\n', 0o755);

    const steps = manual.freeAddresses.steps({}, { kind: 'Node', name: 'worker-3' }).flatMap(commandsIn);
    const [command = ''] = steps.flatMap((text) => /ssh worker-3 '(ids=.*)'$/.exec(text)?.[1] ?? []);
    const there = command.replaceAll('/etc/cni', at('etc/cni')).replaceAll('/var/lib/cni', at('var/lib/cni'));
    const { status, stderr } = spawnSync('bash', ['-c', there], {
      encoding: 'utf8',
      env: { PATH: `${at('bin')}:${process.env.PATH}` },
    });

    expect(status, stderr).toBe(0);
    expect(await readdir(at('var/lib/cni/networks/cbr0'))).toEqual(['10.244.1.2', 'last_reserved_ip.0']);
    expect(await readdir(at('var/lib/cni/networks/podman'))).toEqual(['10.88.0.2']);
  });

  it('consists of commands that a shell can read', () => {
    const target = { kind: 'Node', name: "it's" } as const;
    const commands = Object.values(manual).flatMap(({ steps }) => steps({}, target).flatMap(commandsIn));
    expect(commands.length).toBeGreaterThan(20);
    for (const command of commands.map((text) => text.replaceAll(/<[^>]*>/g, 'NAME'))) {
      const { status, stderr } = spawnSync('bash', ['-n', '-c', command], { encoding: 'utf8' });
      expect(status, `${command}\n${stderr}`).toBe(0);
    }
  });
});

describe('which alerts it answers', () => {
  const answering = (alertname: string, labels: Readonly<Record<string, string>> = {}) => {
    const alert: Alert = {
      fingerprint: '',
      status: 'firing',
      annotations: {},
      startsAt: '',
      labels: { ...labels, alertname },
    };
    return matchRunbook(alert, catalog)?.runbook.id;
  };

  it('are those of an agent that ends again and again, by its container, and of no other pod', () => {
    expect(answering('KubePodCrashLooping', { container: 'kube-flannel' })).toBe('pod-network');
    expect(answering('KubePodCrashLooping', { container: 'kube-proxy' })).toBe('pod-network');
    expect(answering('KubePodCrashLooping', { container: 'reports' })).not.toBe('pod-network');
  });

  it('lead from the pod of an agent to its node, whatever the other labels of kube-state-metrics are', async () => {
    const labels = {
      alertname: 'KubePodCrashLooping',
      container: 'kube-flannel',
      namespace: 'kube-flannel',
      pod: 'kube-flannel-ds-x2x9q',
      instance: '10.244.9.9:8080',
      job: 'kube-state-metrics',
    };
    const alert: Alert = { fingerprint: '', status: 'firing', annotations: {}, startsAt: '', labels };
    const source: Source = {
      read: async (request) => ({
        body: { metadata: { uid: 'u' }, spec: { nodeName: 'worker-3' } },
        bytes: 0,
        asked: requestKey(request),
        asOf: new Date(0),
      }),
    };
    const nodes: NodeDirectory = { rows: async () => [], find: async () => [] };
    const { target } = await resolveTarget(alert, matchRunbook(alert, catalog)?.match, { nodes, source });
    expect(target).toEqual({ kind: 'Node', name: 'worker-3' });
  });

  it('are not those that say only that a Node has no network: node-not-ready names the plug-in there', () => {
    expect(answering('KubernetesNodeNetworkUnavailable')).toBe('node-not-ready');
    expect(answering('KubeNodeNotReady')).toBe('node-not-ready');
  });

  it.each(['cni-missing', 'recorded-configuration-missing'])(
    'agree with node-not-ready about the same recorded minutes: %s',
    async (file) => {
      const id = file === 'cni-missing' ? 'node-not-ready' : 'pod-network';
      const cause = id === 'node-not-ready' ? 'networkPlugin' : 'pluginMissing';
      const found = catalog.find((one) => one.id === id);
      if (!found) throw new Error(`no runbook ${id}`);
      const { report } = await replay(found, readCase(found, `${file}.json`));
      expect(causeIn(report, cause)).toMatchObject({
        verdict: 'confirmed',
        reason: expect.stringContaining('NetworkPluginNotReady message:Network plugin returns error'),
      });
    },
  );
});
