import type { Told } from './case.ts';
import { but } from './cases-api.ts';
import { byInstance, stale } from './cases-lead.ts';
import { ago, klog, lease, nodes, onMachine, own, unscraped, world } from './world.ts';

/** Clocks that are off, leases that mislead, and leaders that were. */
export const clocks: Readonly<Record<string, Told>> = {
  'clock-of-the-leader-behind': {
    about: "The leader's machine is 80 s behind: its kubelet's lease is as late as the scheduler's",
    world: world('kube-scheduler', (made) => {
      lease(made, { machine: 'cp-1', age: 80 });
      onMachine(made, 'cp-1', { leaseAge: 84 });
    }),
    open: [
      'certificate',
      'othersCertificate',
      'dependencySilent',
      'imageMissing',
      'badConfiguration',
      'outOfMemory',
      'probeFails',
      'crashLoop',
      'leadershipLost',
      'machineGone',
      'leaseStale',
    ],
    recovered: 'inconclusive',
  },
  'clock-of-the-leader-far-behind': {
    about: "The leader's clock is ten minutes behind, and its lease changes all the time",
    world: world('kube-scheduler', (made) => {
      lease(made, { machine: 'cp-1', age: 600 });
      onMachine(made, 'cp-1', { leaseAge: 603 });
    }),
  },
  'clock-of-the-leader-ahead': {
    about: "The leader's clock is a minute ahead: its lease is dated in the future",
    world: world('kube-scheduler', (made) => {
      lease(made, { machine: 'cp-1', age: -60 });
    }),
    open: ['leaseStale'],
    recovered: 'inconclusive',
  },
  'clock-of-the-leader-a-little-ahead': {
    about: "The leader's clock is five seconds ahead: no matter",
    world: world('kube-scheduler', (made) => lease(made, { machine: 'cp-1', age: -5 })),
  },
  'kubelet-of-the-leader-a-minute-behind': {
    about:
      'The clock of one machine is a minute behind, and its node is called Ready: for a while that looks like silence',
    world: world('kube-scheduler', (made) => onMachine(made, 'cp-3', { leaseAge: 65 })),
    open: byInstance.filter((id) => id !== 'manifestMissing'),
    recovered: 'inconclusive',
  },
  'kubelet-ahead-of-the-leader': {
    about: "The lease is 20 s old, dated by a machine whose kubelet's lease lies in the future",
    world: world('kube-scheduler', (made) => {
      lease(made, { machine: 'cp-1', age: 20 });
      onMachine(made, 'cp-1', { leaseAge: -30 });
    }),
    open: ['leaseStale'],
    recovered: 'inconclusive',
  },
  'our-clock-ahead': {
    about: 'Our own clock is ten minutes ahead of the API server, whose time is taken',
    world: world('kube-scheduler', (made) => {
      for (const name of ['kube-scheduler', 'kube-controller-manager'] as const)
        made.leases[name] = { machine: 'cp-1', age: 601 };
      for (const { name } of made.machines) onMachine(made, name, { leaseAge: 604 });
      made.readyz = { ...made.readyz, date: new Date(ago(600)).toUTCString() };
      made.work = { ...made.work, leaseMoves: 0 };
    }),
  },
  'our-clock-ahead-unseen': {
    about: 'All leases are 100 s late, and the API server sends no time: our own clock may be ahead',
    world: world('kube-scheduler', (made) => {
      for (const name of ['kube-scheduler', 'kube-controller-manager'] as const)
        made.leases[name] = { machine: 'cp-1', age: 101 };
      for (const { name } of made.machines) onMachine(made, name, { leaseAge: 104 });
      made.readyz = { ...made.readyz, date: undefined };
    }),
    open: [...byInstance.filter((id) => id !== 'manifestMissing'), 'leaseStale'],
    recovered: 'inconclusive',
  },
  'elects-nobody': {
    about: 'One scheduler with --leader-elect=false: an old lease of before is left over',
    world: world('kube-scheduler', (made) => {
      made.machines = made.machines.slice(0, 1);
      made.pods = made.pods.filter(({ node }) => node === 'cp-1');
      made.scrapes = made.scrapes.slice(0, 1);
      own(made, { flags: ['--leader-elect=false'] });
      stale(made, 90_000);
    }),
    open: ['leaseStale'],
  },
  'works-without-its-lease': {
    about: 'The lease is old, and a scheduler has looked at a pod since: it works by another lease',
    world: world('kube-scheduler', (made) => {
      stale(made);
      made.unbound = [{ name: 'too-big', seconds: 120, lookedSeconds: 119 }];
    }),
    open: ['leaseStale'],
  },
  'looked-before-the-lease-ran-out': {
    about: 'The last pod that a scheduler looked at was before its lease went stale',
    world: world('kube-scheduler', (made) => {
      stale(made);
      made.unbound = [{ name: 'too-big', seconds: 400, lookedSeconds: 290 }];
    }),
    confirmed: ['leaseStale'],
    recovered: 'ruled-out',
  },
  'leadership-lost': {
    about: 'Ten minutes ago the leader could not renew for 10 s and ended itself; it runs again',
    world: world('kube-controller-manager', (made) => {
      own(
        made,
        {
          ...{ restarts: 3, last: { reason: 'Error', exitCode: 1, seconds: 600 } },
          before: `${klog('I', 601, 'leaderelection.go:278] failed to renew lease kube-system/kube-controller-manager: timed out waiting for the condition')}\n${klog('F', 601, 'controllermanager.go:294] leaderelection lost')}`,
        },
        ['cp-2'],
      );
    }),
    confirmed: ['leadershipLost'],
  },
  'leadership-lost-an-hour-ago': {
    about: 'The same an hour ago: of another time',
    world: world('kube-controller-manager', (made) => {
      own(
        made,
        {
          restarts: 3,
          last: { reason: 'Error', exitCode: 1, seconds: 3600 },
          before: klog('F', 3600, 'controllermanager.go:294] leaderelection lost'),
        },
        ['cp-2'],
      );
    }),
  },
  'leadership-lost-unread': {
    about: 'The leader restarted ten minutes ago, and what it said then is gone',
    world: world('kube-controller-manager', (made) => {
      own(made, { restarts: 3, last: { reason: 'Error', exitCode: 1, seconds: 600 } }, ['cp-2']);
    }),
    open: ['leadershipLost'],
  },
  'restarted-for-something-else': {
    about: 'The leader restarted ten minutes ago for another reason, and runs again',
    world: world('kube-controller-manager', (made) => {
      own(
        made,
        {
          restarts: 1,
          last: { reason: 'Error', exitCode: 2, seconds: 600 },
          before: 'panic: runtime error: index out of range [3]',
        },
        ['cp-2'],
      );
    }),
  },
  'leadership-lost-again-and-again': {
    about: 'All controller managers end themselves: the API server is too slow to renew at',
    world: world('kube-controller-manager', (made) => {
      stale(made, 50);
      unscraped(made);
      own(made, {
        ...{ ready: false, restarts: 8, waiting: { reason: 'CrashLoopBackOff' } },
        ...{
          last: { reason: 'Error', exitCode: 1, seconds: 45 },
          now: klog('F', 45, 'controllermanager.go:294] leaderelection lost'),
        },
      });
    }),
    confirmed: ['leadershipLost'],
    recovered: 'ruled-out',
  },
  'leases-forbidden': {
    about: 'We may not read leases: nobody tells who leads',
    world: world('kube-scheduler', (made) => {
      for (const name of Object.keys(made.leases)) made.failing.set(`get Lease kube-system/${name}`, 'forbidden');
      for (const name of nodes) made.failing.set(`get Lease kube-node-lease/${name}`, 'forbidden');
    }),
    open: but('apiServersDown', 'wayBlocked', 'etcdLost', 'notScraped'),
    recovered: 'inconclusive',
  },
  'prometheus-blind': {
    about: 'Prometheus is down, and its alerts with it: the objects prove that the schedulers are well',
    world: world('kube-scheduler', (made) => {
      made.failing.set('Prometheus', 'unreachable');
    }),
    open: ['notScraped'],
  },
  'prometheus-blind-nobody-leads': {
    about: 'Prometheus is down, and the objects prove that nobody leads',
    world: world('kube-scheduler', (made) => {
      stale(made);
      made.failing.set('Prometheus', 'unreachable');
    }),
    confirmed: ['leaseStale'],
    open: ['notScraped'],
    recovered: 'ruled-out',
  },
};
