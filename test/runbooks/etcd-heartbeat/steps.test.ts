import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ManualStep } from '../../../engine/runbook.ts';
import { editCommand } from '../../../runbooks/etcd-heartbeat/manual/timers.ts';
import { slowTimers } from '../../../runbooks/etcd-heartbeat/timers.ts';
import { commandsIn } from '../commands.ts';
import { written } from './cases.ts';
import { lose } from './members-lost.ts';
import { look, type MemberWorld, type World, world } from './world.ts';

type Change = (made: World, leader: MemberWorld, follower: MemberWorld) => void;

const slowLeader: Change = (_, leader) => {
  leader.heartbeats.late = 200;
  Object.assign(leader.fsync, { p99: 0.25, p95: 0.2, slow: 300, long: 250 });
};
const contended: Change = (made, leader, follower) => {
  slowLeader(made, leader, follower);
  made.nodeLoad = [{ instance: 'cp-1', device: 'vda', diskBusy: 0.99, diskQueue: 34 }];
};

async function stepsOf(id: string, change: Change, size?: number): Promise<readonly ManualStep[]> {
  const report = await look(world(change, size));
  return report.manualSteps.find((manual) => manual.id === id)?.steps ?? [];
}
const textOf = (steps: readonly ManualStep[]) => JSON.stringify(steps);

describe('the steps for the timers', () => {
  it('lead from 100/1000 to 500/2500, followers first, the leader last, each verified', async () => {
    const steps = await stepsOf('setTimers', slowLeader);
    const edit = steps.find((step) => commandsIn(step).join().includes('--heartbeat-interval=500'));

    expect(edit).toMatchObject({ command: expect.stringContaining('--election-timeout=2500') });
    expect(edit?.title).toMatch(/etcd-cp-2.*then etcd-cp-3.*then etcd-cp-1/);
    expect(edit).toMatchObject({
      verify: { shows: expect.stringContaining('--heartbeat-interval=500 and the pod Ready') },
    });
    expect(textOf(steps)).toContain('restore the saved manifest');
  });

  it('refuse 6000/30000 and say why', async () => {
    expect((await stepsOf('setTimers', slowLeader)).at(-1)).toMatchObject({
      title: expect.stringContaining('Refused: heartbeat 6000 ms, election 30000 ms'),
      warning: expect.stringMatching(
        /lost leader is noticed after 30 s.*65 s.*etcd check \(2 s\) fails.*hides a slow disk/,
      ),
    });
  });

  it.each([
    ['one member', 1, (() => {}) as Change, 'every restart is an outage'],
    [
      'a member away',
      3,
      ((made, _, follower) => lose(made, follower, 0.001)) as Change,
      '2 of 3 members are healthy, and 3 are needed',
    ],
    ['a NOSPACE alarm', 3, ((_, leader) => Object.assign(leader.space, { alarm: 1 })) as Change, 'make space first'],
    [
      'a defragmentation',
      3,
      ((_, leader) => Object.assign(leader.apply, { defrag: 1 })) as Change,
      'defragmentation ran',
    ],
  ] as const)('are refused with %s', async (_, size, trouble, why) => {
    const both: Change = (made, leader, follower) => {
      slowLeader(made, leader, follower);
      trouble(made, leader, follower);
    };
    const steps = await stepsOf('setTimers', both, size);

    expect(steps[0]).toMatchObject({ title: 'Not now', warning: expect.stringContaining(why) });
    expect(textOf(steps)).not.toContain('sudo sed');
  });

  it.each(['member-cut-off', 'log-unreached'])('are none against a cut: %s', async (name) => {
    const { causes, manualSteps } = await look(written[name]?.world ?? world());

    expect(causes.find(({ id }) => id === 'slowNetwork')?.verdict).toBe('confirmed');
    expect(manualSteps.map(({ id }) => id)).toContain('mendNetwork');
    expect(manualSteps.map(({ id }) => id)).not.toContain('setTimers');
  });

  it('undo timers that are too high', async () => {
    const steps = await stepsOf('setTimers', (made) => {
      for (const { pod } of made.members) pod.flags.push('--heartbeat-interval=6000', '--election-timeout=30000');
    });

    expect(textOf(steps)).toContain('--heartbeat-interval=100');
  });

  it('leave it to a person when the network asks for more than any advice', async () => {
    const steps = await stepsOf('setTimers', (made) => {
      for (const { peers } of made.members) Object.assign(peers, { rttP99: 0.8, rttMean: 0.7, rttUsual: 0.7 });
    });

    expect(steps[0]?.warning).toContain('A person must decide this');
  });

  it.each([
    ['without the flags', []],
    ['with the flags set', ['    - --heartbeat-interval=100', '    - --election-timeout=1000']],
  ])('edit a kubeadm manifest %s exactly once, and keep the rest', (_, flags) => {
    const folder = mkdtempSync(join(tmpdir(), 'manifest-'));
    try {
      const lines = [
        'spec:',
        '  containers:',
        '  - command:',
        '    - etcd',
        '    - --name=cp-1',
        ...flags,
        '    image: etcd:3.5',
      ];
      writeFileSync(join(folder, 'etcd.yaml'), `${lines.join('\n')}\n`);
      const command = editCommand(slowTimers)
        .replaceAll('sudo ', '')
        .replaceAll('/etc/kubernetes/manifests', folder)
        .replaceAll('/root', folder);

      execFileSync('sh', ['-c', command]);

      const edited = [
        'spec:',
        '  containers:',
        '  - command:',
        '    - etcd',
        '    - --heartbeat-interval=500',
        '    - --election-timeout=2500',
      ];
      expect(readFileSync(join(folder, 'etcd.yaml'), 'utf8')).toBe(
        [...edited, '    - --name=cp-1', '    image: etcd:3.5', ''].join('\n'),
      );
      expect(readFileSync(join(folder, 'etcd.before-timers.yaml'), 'utf8')).toBe(`${lines.join('\n')}\n`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('moving the leadership', () => {
  it('goes from the slow leader to a member whose disk is well, by its id', async () => {
    const [step] = await stepsOf('moveLeader', slowLeader);

    expect(step).toMatchObject({ command: expect.stringMatching(/exec etcd-cp-1 -- etcdctl .* move-leader a2$/) });
  });

  it('is refused when no other disk is known to be well', async () => {
    const steps = await stepsOf('moveLeader', (made) => {
      for (const { fsync } of made.members) Object.assign(fsync, { p99: 0.25, slow: 300, long: 250 });
    });

    expect(steps[0]?.warning).toContain('of no other member it is known that its disk is well');
  });
});

describe('making space', () => {
  it('compacts, defragments followers first and the leader last, then disarms', async () => {
    const steps = await stepsOf('freeSpace', (made) => {
      for (const { space } of made.members) Object.assign(space, { used: 1.04, live: 0.4 });
    });
    const order = steps.flatMap(({ title }) => title.match(/^Defragment (etcd-cp-\d)/)?.[1] ?? []);

    expect(order).toEqual(['etcd-cp-2', 'etcd-cp-3', 'etcd-cp-1']);
    expect(textOf(steps)).toContain('60 % of the file is free space');
    expect(steps.findIndex((step) => commandsIn(step).join().includes('compact'))).toBeLessThan(
      steps.findIndex(({ title }) => title.startsWith('Defragment')),
    );
    expect(steps.at(-1)).toMatchObject({ command: expect.stringContaining('alarm disarm') });
  });

  it('warns that one member means an outage', async () => {
    const steps = await stepsOf('freeSpace', (_, leader) => Object.assign(leader.space, { used: 1 }), 1);

    expect(steps.find(({ title }) => title.startsWith('Defragment'))?.warning).toContain('the API stands still');
  });
});

describe('other steps', () => {
  it('tell a stuck member at its memory limit that it will exit when the limit rises', async () => {
    const steps = await stepsOf('reviveMember', (made, _, follower) => lose(made, follower, 5));

    expect(textOf(steps)).toContain('Expect the member to exit at once when the limit rises');
  });

  it('name the limit that throttles etcd', async () => {
    const steps = await stepsOf('giveCpu', (made, leader) => {
      leader.heartbeats.late = 100;
      leader.pod.limits.cpu = '200m';
      made.container = [{ pod: 'etcd-cp-1', throttled: 0.6 }];
    });

    expect(steps[0]?.title).toContain('etcd-cp-1: 200m');
  });

  it('say how to expose the metrics: kubeadm by flag, the clouds by their own ways', async () => {
    const unscraped: Change = (made) => {
      made.without.add('members');
      for (const { pod } of made.members) pod.flags = []; // etcd itself offers them with its clients' port only
    };
    const managed: Change = (made) => {
      made.without.add('members');
      Object.assign(made, { staticPods: false, provider: 'gce' });
    };

    expect(textOf(await stepsOf('exposeMetrics', unscraped))).toContain('--listen-metrics-urls=http://0.0.0.0:2381');
    expect(textOf(await stepsOf('exposeMetrics', unscraped))).toContain('10.0.0.2:2381');
    expect(textOf(await stepsOf('exposeMetrics', managed))).toContain('GKE offers');
  });
});

describe('keeping pods off the slow disk', () => {
  const remedyOf = async (change: Change) =>
    (await look(world(change))).remedies.find(({ id }) => id === 'cordonLeaderNode');

  it("cordons the leader's node when others compete for its disk", async () => {
    expect(await remedyOf(contended)).toMatchObject({ risk: 'low', changes: [{ verb: 'cordon', node: 'cp-1' }] });
  });

  it.each([
    ['nobody competes', slowLeader, 'CPU and disks'],
    [
      'its node is not known',
      ((made, leader, follower) => {
        contended(made, leader, follower);
        made.staticPods = false;
      }) as Change,
      'is not known',
    ],
  ] as const)('is not offered when %s', async (_, change, why) => {
    expect(await remedyOf(change)).toMatchObject({ unavailable: expect.stringContaining(why) });
  });
});
