import { describe, expect, it } from 'vitest';
import type { Eviction, PressureType } from '../../../runbooks/evidence/evicted.ts';
import { nodeObject } from '../../../runbooks/evidence/node.ts';
import { ago, answering, event, lease, node, now, scrapes, silence, verdict, verdictOf } from './judging.ts';

describe('KubeletDown although the kubelet lives', () => {
  const seen = {
    node: node('False', 'container runtime is down'),
    lease: lease(6),
    kubeletScrapes: scrapes([false, 10], [true, 0.011]),
  };
  it('is the runtime that hangs, not the kubelet', () => {
    expect(verdict('runtimeHangs', seen)).toBe('confirmed');
    for (const cause of [...silence, 'runtimeGone']) expect(verdict(cause, seen), cause).toBe('ruled-out');
  });

  it('may be a slow disk as long as the kubelet has not said so, and the disk could not be seen', () => {
    const early = { ...seen, node: node('True') };
    expect(verdict('runtimeHangs', early)).toBe('inconclusive');
    expect(verdict('runtimeHangs', { ...early, machine: { ioStalledShare: 0.01 } })).toBe('confirmed');
    expect(verdictOf('runtimeHangs', { ...early, machine: { ioStalledShare: 0.7 } })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/70 % of the time: look at the disk/),
    });
  });

  it('may be only a scrape refused during a restart, while the other path answers', () => {
    const restarting = { ...seen, node: node('True'), kubeletScrapes: scrapes([false, 0.003], [true, 0.019]) };
    expect(verdict('runtimeHangs', restarting)).toBe('ruled-out');
    expect(verdict('kubeletStopped', restarting)).toBe('ruled-out');
  });
});

describe('"container runtime is down"', () => {
  const said = { node: node('False', 'container runtime is down'), lease: lease(5) };
  it('is said of a runtime that is gone and of one that hangs: alone it decides neither', () => {
    for (const cause of ['runtimeGone', 'runtimeHangs']) {
      expect(verdictOf(cause, said)).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringMatching(/\/metrics\/cadvisor \(1 and 1: gone; 0 and 1: hangs\)/),
      });
    }
  });

  it('with a port that answers at once is a runtime that is gone', () => {
    const seen = { ...said, kubeletScrapes: answering };
    expect(verdict('runtimeGone', seen)).toBe('confirmed');
    expect(verdict('runtimeHangs', seen)).toBe('ruled-out');
  });

  it('joined with an unhealthy PLEG does not turn a runtime that is gone into one that hangs', () => {
    const both = node('False', '[container runtime is down, PLEG is not healthy: pleg was last seen active 4m ago]');
    const kubelet = { runtimeCallsPerSecond: 1.3, runtimeErrorsPerSecond: 1.3, plegAgeSeconds: 240, plegMoves: 0 };
    const seen = { node: both, lease: lease(5), kubeletScrapes: answering, kubelet };
    expect(verdict('runtimeGone', seen)).toBe('confirmed');
    expect(verdict('runtimeHangs', seen)).toBe('ruled-out');
    expect(verdict('clockJumped', seen)).toBe('ruled-out');
  });

  it('is not said by an unhealthy PLEG alone: that runtime answers, but its lists do not come', () => {
    const seen = { node: node('False', 'PLEG is not healthy: pleg was last seen active 3m2s ago'), lease: lease(5) };
    expect(verdict('runtimeHangs', { ...seen, machine: { ioStalledShare: 0.01 } })).toBe('confirmed');
    expect(verdict('runtimeHangs', { ...seen, machine: { ioStalledShare: 0.8 } })).toBe('inconclusive');
    expect(verdict('runtimeHangs', seen)).toBe('inconclusive'); // a slow disk does the same
    expect(verdict('runtimeGone', seen)).toBe('ruled-out');
  });

  it('is not meant by a PLEG that has yet to be successful: so says every kubelet that has just been started', () => {
    const message = 'PLEG is not healthy: pleg has yet to be successful';
    const seen = { node: node('False', message), lease: lease(5), machine: { ioStalledShare: 0.01 } };
    expect(verdictOf('runtimeHangs', seen)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('it has just been started'),
    });
    const half = { ...seen, kubeletScrapes: scrapes([false, 10], [true, 0.01]) };
    expect(verdict('runtimeHangs', half)).toBe('confirmed');
  });

  it('is as good as said by a shim that finds nobody, and not by what follows of the network', () => {
    const shim = 'container runtime not ready: RuntimeReady=false reason:DockerDaemonNotReady message:docker: ';
    const network =
      'container runtime network not ready: NetworkReady=false message: dial unix: connect: connection refused';
    const gone = (message: string) => verdict('runtimeGone', { node: node('False', message), lease: lease(5) });
    expect(gone(`${shim}dial unix /var/run/docker.sock: connect: no such file or directory`)).toBe('confirmed');
    expect(gone(`[${shim}context deadline exceeded, ${network}]`)).toBe('inconclusive');
    expect(gone(network)).toBe('ruled-out');
    const hangs = { node: node('False', `[${shim}context deadline exceeded, ${network}]`), lease: lease(5) };
    expect(verdict('runtimeHangs', hangs)).toBe('inconclusive');
  });

  it('leaves the network open, of which the kubelet hears in the same answer', () => {
    for (const message of [
      'container runtime is down',
      '[container runtime status check may not have completed yet, network state unknown]',
      'container runtime not ready: RuntimeReady=false reason:DockerDaemonNotReady message:docker: failed to get docker version',
      '[container runtime is down, container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady]',
    ])
      expect(verdict('networkPlugin', { node: node('False', message), lease: lease(5) }), message).toBe('inconclusive');
    const pleg = node('False', 'PLEG is not healthy: pleg was last seen active 3m2s ago');
    expect(verdict('networkPlugin', { node: pleg, lease: lease(5) })).toBe('ruled-out');
  });

  it('whose message could not be seen rules nothing out', () => {
    const seen = { history: { ready: 0, unknown: 0, leaseAgeSeconds: 5 } };
    for (const cause of ['runtimeGone', 'runtimeHangs', 'networkPlugin', 'pressure']) {
      expect(verdict(cause, seen), cause).toBe('inconclusive');
    }
  });
});

describe('the Ready condition and a hanging runtime', () => {
  const seen = { node: node('True', 'kubelet is posting ready status'), lease: lease(5) };
  it('says nothing for the first two minutes, however long ago the first of the joined alerts came', () => {
    for (const since of [undefined, 60, 900, 3600]) {
      const alerted = since === undefined ? undefined : new Date(now.getTime() - since * 1000);
      expect(verdict('runtimeHangs', seen, alerted), `${since} s`).toBe('inconclusive');
    }
  });
});

describe('evicted pods', () => {
  const storm = (count: number, as: Eviction['as'], of: PressureType = 'DiskPressure', secondsAgo = 30): Eviction[] =>
    Array.from({ length: count }, () => ({ as, of: [of], at: ago(secondsAgo), created: undefined }));
  const pods = {
    total: 34,
    running: 0,
    pending: 0,
    terminating: 0,
    evictions: [...storm(4, 'victim'), ...storm(30, 'turned-away'), ...storm(14, 'victim', 'MemoryPressure')],
    markedNotReady: 0,
  };
  it('are counted as victims and as turned away, and are called no cause', () => {
    const pressed = node('True');
    const conditions = pressed.conditions.map((condition) =>
      condition.type === 'DiskPressure'
        ? { ...condition, status: 'True' as const, message: 'kubelet has disk pressure' }
        : condition,
    );
    const seen = { node: { ...pressed, conditions }, lease: lease(4), pods, machine: { diskAvailableShare: 0.28 } };
    const { verdict: word, reason } = verdictOf('pressure', seen);
    expect(word).toBe('confirmed');
    expect(reason).toMatch(/4 pods evicted to free it and 30 turned away.*none of them is the cause/);
    expect(reason).toMatch(/28 % of the fullest disk is available/);
  });

  it('come before the condition: the threshold event of a few seconds ago is enough', () => {
    const events = [event('EvictionThresholdMet', 'kubelet', 4, { message: 'Attempting to reclaim pids' })];
    expect(verdict('pressure', { node: node('True'), lease: lease(4), events })).toBe('confirmed');
    const old = [event('EvictionThresholdMet', 'kubelet', 900, { message: 'Attempting to reclaim pids' })];
    expect(verdict('pressure', { node: node('True'), lease: lease(4), events: old })).toBe('ruled-out');
  });
});

describe('a threshold that was met', () => {
  const under = (type: string, transition: number) => {
    const { conditions, ...rest } = node('True');
    const dated = (condition: (typeof conditions)[number]) =>
      condition.type === type ? { ...condition, lastTransitionTime: ago(transition) } : condition;
    return { ...rest, conditions: conditions.map(dated) };
  };
  const met = (what: string, seconds: number) => [
    event('EvictionThresholdMet', 'kubelet', seconds, { message: `Attempting to reclaim ${what}` }),
  ];
  const judge = (what: string, seconds: number, seen: ReturnType<typeof under>) =>
    verdictOf('pressure', { node: seen, lease: lease(4), events: met(what, seconds) });

  it('is past when its condition has turned False since, and is told for ten minutes', () => {
    expect(judge('ephemeral-storage', 16, under('DiskPressure', 6))).toMatchObject({
      verdict: 'inconclusive',
      reason:
        'Attempting to reclaim ephemeral-storage at 08:09:44; but that is past: DiskPressure=False since 08:09:54',
    });
    expect(judge('ephemeral-storage', 599, under('DiskPressure', 6)).verdict).toBe('inconclusive');
    expect(judge('ephemeral-storage', 601, under('DiskPressure', 6)).verdict).toBe('ruled-out');
  });

  it('is present when its condition has not changed since, whatever the other conditions did', () => {
    expect(judge('ephemeral-storage', 6, under('DiskPressure', 16)).verdict).toBe('confirmed');
    expect(judge('inodes', 6, under('MemoryPressure', 2)).verdict).toBe('confirmed');
    expect(judge('memory', 6, under('DiskPressure', 2)).verdict).toBe('confirmed');
    expect(judge('pids', 6, under('DiskPressure', 2)).verdict).toBe('confirmed');
    expect(judge('memory', 6, under('MemoryPressure', 2)).verdict).toBe('inconclusive');
    expect(judge('pids', 6, under('PIDPressure', 2)).verdict).toBe('inconclusive');
  });
});

describe('a cordon', () => {
  const cordoned = { cordoned: true, taints: ['node.kubernetes.io/unschedulable:NoSchedule'] };
  it('with all conditions good is planned work, and its taint is no trouble', () => {
    expect(verdict('plannedWork', { node: node('True', '', cordoned), lease: lease(4) })).toBe('confirmed');
    expect(verdict('plannedWork', { node: node('True', '', cordoned), lease: lease(60) })).toBe('inconclusive');
  });

  describe('beside conditions that others add', () => {
    const having = (...more: readonly (readonly [type: string, status: 'True' | 'False'])[]) => {
      const { conditions, ...rest } = node('True', 'kubelet is posting ready status', cordoned);
      const added = more.map(([type, status]) => ({ type, status, reason: '', message: `${type} is ${status}` }));
      return { ...rest, conditions: [...conditions, ...added] };
    };

    it('is planned work when they are good: those called …Ready when True, known troubles when False', () => {
      const eks = having(['KernelReady', 'True'], ['NetworkingReady', 'True'], ['KernelDeadlock', 'False']);
      expect(verdict('plannedWork', { node: eks, lease: lease(4) })).toBe('confirmed');
      expect(nodeObject.show(eks)).not.toContain('KernelReady');
    });

    it('is not when one is bad, and says which it could not judge', () => {
      for (const bad of [
        ['StorageReady', 'False'],
        ['KernelDeadlock', 'True'],
      ] as const) {
        expect(verdict('plannedWork', { node: having(bad), lease: lease(4) })).toBe('inconclusive');
        expect(nodeObject.show(having(bad))).toContain(`${bad[0]}=${bad[1]}`);
      }
      expect(verdictOf('plannedWork', { node: having(['Drained', 'True']), lease: lease(4) })).toMatchObject({
        verdict: 'confirmed',
        reason: expect.stringContaining('(not judged: Drained=True)'),
      });
    });
  });

  it('hides a broken node from its alert: resolved or not, it has not recovered, and the card says so', () => {
    const seen = { node: node('Unknown', '', cordoned), lease: lease(400) };
    expect(verdictOf('recovered', seen)).toMatchObject({
      verdict: 'ruled-out',
      reason: expect.stringMatching(/its cordon hides it from the alert/),
    });
    expect(verdict('plannedWork', seen)).toBe('inconclusive');
  });

  it('is told when the node is well again', () => {
    const seen = { node: node('True', '', cordoned), lease: lease(4), kubeletScrapes: answering };
    expect(verdictOf('recovered', seen)).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringMatching(/still cordoned/),
    });
  });
});

describe('what others on the machine report', () => {
  const having = (type: string, status: 'True' | 'False') => {
    const { conditions, ...rest } = node('True', 'kubelet is posting ready status');
    const told = { reason: 'R', message: 'it is bad', lastHeartbeatTime: ago(60), lastTransitionTime: ago(600) };
    const calm = { ...told, type: 'ReadonlyFilesystem', status: 'False' as const };
    return { ...rest, conditions: [...conditions, calm, { ...told, type, status }] };
  };
  const calls = { slowRelists: 0, runtimeCallsPerSecond: 5, restarts: 0 };
  const judged = (cause: string, type: string, status: 'True' | 'False' = 'True', more: object = {}) =>
    verdict(cause, { node: having(type, status), lease: lease(4), kubelet: calls, kubeletScrapes: answering, ...more });

  it('keeps open what their complaint is about, and nothing else', () => {
    for (const type of ['ContainerRuntimeUnhealthy', 'ContainerRuntimeProblem', 'FrequentContainerdRestart']) {
      expect(judged('runtimeGone', type), type).toBe('inconclusive');
      expect(judged('runtimeHangs', type), type).toBe('inconclusive');
      expect(judged('kubeletStuck', type), type).toBe('ruled-out');
    }
    expect(judged('runtimeHangs', 'ContainerRuntimeReady', 'False')).toBe('inconclusive');
    expect(judged('runtimeHangs', 'ContainerRuntimeReady')).toBe('ruled-out');
    for (const type of ['KubeletUnhealthy', 'KubeletProblem']) {
      expect(judged('kubeletStuck', type), type).toBe('inconclusive');
      expect(judged('runtimeHangs', type), type).toBe('ruled-out');
    }
    expect(judged('kernelTrouble', 'FrequentUnregisterNetDevice')).toBe('inconclusive');
    expect(judged('kernelTrouble', 'FrequentUnregisterNetDevice', 'False')).toBe('ruled-out');
    expect(judged('kernelTrouble', 'FilesystemCorruptionProblem')).toBe('confirmed');
  });

  it('does not keep open what its opposite rules out', () => {
    const half = { kubeletScrapes: scrapes([false, 10], [true, 0.01]), machine: { ioStalledShare: 0.01 } };
    expect(judged('runtimeGone', 'ContainerRuntimeUnhealthy', 'True', half)).toBe('ruled-out');
    expect(judged('runtimeHangs', 'ContainerRuntimeUnhealthy', 'True', half)).toBe('confirmed');
  });
});
