import { type Told, whyItEnds } from './case.ts';
import { klog, lease, own, unscraped, type World, world } from './world.ts';

/** Everything that is judged by instances. */
export const byInstance = ['machineGone', 'manifestMissing', ...whyItEnds, 'leadershipLost'] as const;

const unbound = [
  { name: 'web-1', seconds: 290 },
  { name: 'web-2', seconds: 240 },
  { name: 'gated', seconds: 4000, isGated: true },
  { name: 'batch', seconds: 4000, scheduler: 'volcano' },
];
export const stale = (made: World, age = 300) => {
  lease(made, { machine: 'cp-1', age });
  made.work = { ...made.work, leaseMoves: 0 };
};
const managed = (made: World) => {
  made.machines = [];
  made.pods = [];
  made.scrapes = [];
};
const hangs = klog(
  'E',
  20,
  'leaderelection.go:429] "Failed to update lock optimistically" err="Put \\"https://10.0.0.9:6443/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler?timeout=5s\\": context deadline exceeded"',
);
const unauthorized = (seconds: number) =>
  klog('E', seconds, 'leaderelection.go:332] error retrieving resource lock kube-system/kube-scheduler: Unauthorized');

/** Who leads, and who sees it. */
export const lead: Readonly<Record<string, Told>> = {
  'scheduler-healthy': { about: 'Three schedulers, one leads, all scraped', world: world('kube-scheduler') },
  'manager-healthy': {
    about: 'Three controller managers, one leads, all scraped',
    world: world('kube-controller-manager'),
  },
  'kubeadm-not-scraped': {
    about: 'KubeSchedulerDown since the cluster exists: kubeadm binds it to 127.0.0.1',
    world: world('kube-scheduler', (made) => {
      made.scrapes = [];
      own(made, { flags: ['--bind-address=127.0.0.1', '--leader-elect=true'] });
    }),
    confirmed: ['notScraped'],
  },
  'scrapes-refused': {
    about: 'All three targets are known and refuse; the kubelets say that the schedulers are Ready',
    world: world('kube-scheduler', (made) => {
      unscraped(made, { up: 0, scrapeSeconds: 1.2, answeredAgo: 900 });
      own(made, { flags: ['--bind-address=127.0.0.1', '--leader-elect=true'] });
    }),
    confirmed: ['notScraped'],
  },
  'scrapes-swallowed': {
    about: 'Scrapes run into their time-out: a firewall, since the controller managers work',
    world: world('kube-controller-manager', (made) => unscraped(made, { up: 0, scrapeSeconds: 10, answeredAgo: 1200 })),
    confirmed: ['notScraped'],
  },
  'scrapes-fail-pods-unseen': {
    about: 'All targets fail, and we may not list pods: the lease is fresh, so that one of them at least works',
    world: world('kube-scheduler', (made) => {
      unscraped(made);
      made.failing.set('list Pod --namespace kube-system --selector tier=control-plane', 'forbidden');
    }),
    open: [...byInstance, 'notScraped'],
    recovered: 'inconclusive',
  },
  'strangers-not-scraped': {
    about: 'One target fails that is none of the machines we know',
    world: world('kube-scheduler', (made) => {
      made.scrapes = [...made.scrapes, { instance: '10.9.9.9:10259', up: 0, scrapeSeconds: 0.001, wasUp: 1 }];
    }),
    open: ['notScraped'],
  },
  'strangers-only': {
    about: 'The only target fails and is none of the machines we know; the lease is fresh',
    world: world('kube-scheduler', (made) => {
      made.scrapes = [{ instance: '10.9.9.9:10259', up: 0, scrapeSeconds: 0.001, wasUp: 1 }];
    }),
    confirmed: ['notScraped'],
  },
  'managed-not-scraped': {
    about: 'A provider runs the control plane: nothing to scrape, no pods, and the lease is fresh',
    world: world('kube-controller-manager', managed),
    confirmed: ['notScraped'],
    open: byInstance,
  },
  'managed-scheduler-stands': {
    about: "A provider's scheduler has not renewed its lease for ten minutes",
    world: world('kube-scheduler', (made) => {
      managed(made);
      stale(made, 600);
      lease(made, { machine: 'ip-10-7-0-3.internal', age: 600 });
      made.unbound = unbound;
    }),
    confirmed: ['leaseStale'],
    open: byInstance,
    recovered: 'ruled-out',
  },
  'lease-left-over': {
    about: 'K3s that elects nobody any more: its lease is two hours old, and no pod waits',
    world: world('kube-scheduler', (made) => {
      managed(made);
      lease(made, { machine: 'cp-1', age: 7_200 });
      made.work = { ...made.work, leaseMoves: 0 };
    }),
    open: [...byInstance, 'leaseStale', 'notScraped'],
    recovered: 'inconclusive',
  },
  'lease-of-last-month-and-pods-wait': {
    about: 'The same, and no scheduler has looked at pods for minutes',
    world: world('kube-scheduler', (made) => {
      managed(made);
      lease(made, { machine: 'cp-1', age: 2_592_000 });
      made.work = { ...made.work, leaseMoves: 0 };
      made.unbound = unbound;
    }),
    confirmed: ['leaseStale'],
    open: byInstance,
    recovered: 'ruled-out',
  },
  'managed-clock-unknown': {
    about: 'The same after a minute: whether the clock of its holder is right nobody tells',
    world: world('kube-scheduler', (made) => {
      managed(made);
      lease(made, { machine: 'ip-10-7-0-3.internal', age: 60 });
    }),
    open: [...byInstance, 'leaseStale', 'notScraped'],
    recovered: 'inconclusive',
  },
  'no-lease-at-all': {
    about: 'One process is the whole control plane (k3s): no lease, no pods, no target',
    world: world('kube-scheduler', (made) => {
      managed(made);
      made.leases = { 'kube-scheduler': null, 'kube-controller-manager': null };
    }),
    open: [...byInstance, 'leaseStale', 'notScraped'],
    recovered: 'inconclusive',
  },
  'no-lease-and-scraped': {
    about: 'No lease, but Ready pods that all answer Prometheus',
    world: world('kube-scheduler', (made) => {
      made.leases['kube-scheduler'] = null;
    }),
    open: ['leaseStale'],
  },
  'nobody-leads': {
    about: 'The schedulers run and are Ready, and hang on the API server: no lease for five minutes, pods wait',
    world: world('kube-scheduler', (made) => {
      stale(made);
      made.unbound = unbound;
      own(made, { now: hangs });
    }),
    confirmed: ['leaseStale'],
    recovered: 'ruled-out',
  },
  'leads-and-hangs': {
    about: 'A scheduler renews its lease and schedules nothing, for its queue hangs; kubeadm lets nobody scrape it',
    world: world('kube-scheduler', (made) => {
      made.scrapes = [];
      made.unbound = unbound;
    }),
    open: ['notScraped'],
    recovered: 'inconclusive',
  },
  'leads-and-hangs-and-scrapes-fail': {
    about: 'The same, and the targets there are get no answer',
    world: world('kube-scheduler', (made) => {
      unscraped(made, { up: 0, scrapeSeconds: 10, answeredAgo: 900 });
      made.unbound = unbound;
    }),
    open: ['notScraped'],
    recovered: 'inconclusive',
  },
  'manager-leads-and-hangs': {
    about: 'A controller manager renews its lease and does nothing: seven Deployments wait for it; nobody scrapes it',
    world: world('kube-controller-manager', (made) => {
      made.scrapes = [];
      made.work = { ...made.work, behind: 7 };
    }),
    open: ['notScraped'],
    recovered: 'inconclusive',
  },
  'manager-not-scraped-and-two-deployments-change': {
    about: 'Two Deployments change at this moment, which says nothing of it',
    world: world('kube-controller-manager', (made) => {
      made.scrapes = [];
      made.work = { ...made.work, behind: 2 };
    }),
    confirmed: ['notScraped'],
  },
  'elects-nobody-by-its-file': {
    about: 'A file of the scheduler says that it elects nobody: its lease is of 20 days ago, and no pod waits',
    world: world('kube-scheduler', (made) => {
      lease(made, { machine: 'cp-1', age: 1_728_000 });
      made.scrapes = [];
      made.work = { ...made.work, leaseMoves: 0 };
      own(made, { flags: ['--config=/etc/kubernetes/scheduler.yaml', '--bind-address=127.0.0.1'] });
    }),
    open: ['leaseStale', 'notScraped'],
    recovered: 'inconclusive',
  },
  'nobody-leads-and-not-scraped': {
    about: 'The controller managers run, do not renew, and have never been scraped: the lease tells down from unseen',
    world: world('kube-controller-manager', (made) => {
      stale(made);
      made.scrapes = [];
      made.work = { ...made.work, behind: 7 };
    }),
    confirmed: ['leaseStale'],
    recovered: 'ruled-out',
  },
  'nobody-leads-logs-forbidden': {
    about: 'The schedulers run and do not renew; their logs may not be read',
    world: world('kube-scheduler', (made) => {
      stale(made);
      made.failing.set('logs', 'forbidden');
    }),
    open: ['certificate', 'othersCertificate', 'leaseStale'],
    recovered: 'ruled-out',
  },
  'lease-of-25s': {
    about: 'The lease is 25 s old: another one may be about to take over',
    world: world('kube-scheduler', (made) => lease(made, { machine: 'cp-1', age: 25 })),
  },
  'certificate-expired-and-ready': {
    about: 'The certificates of all schedulers expired: they run, are Ready, and hear Unauthorized',
    world: world('kube-scheduler', (made) => {
      stale(made, 900);
      own(made, { now: unauthorized(3) });
      made.unbound = unbound;
    }),
    confirmed: ['certificate'],
    recovered: 'ruled-out',
  },
  'certificate-was-refused-once': {
    about: 'Unauthorized stands in the log of an hour ago; what holds the lease up now is something else',
    world: world('kube-scheduler', (made) => {
      stale(made);
      own(made, {
        now: [unauthorized(3600), klog('I', 3500, 'leaderelection.go:258] successfully acquired lease')].join('\n'),
      });
    }),
    confirmed: ['leaseStale'],
    recovered: 'ruled-out',
  },
  'certificate-and-not-scraped': {
    about: 'Expired certificates, and no target either: what does not work is not only unseen',
    world: world('kube-controller-manager', (made) => {
      stale(made, 900);
      own(made, { now: unauthorized(5).replaceAll('scheduler', 'controller-manager') });
      made.scrapes = made.scrapes.map(({ up, scrapeSeconds, ...line }) => line);
    }),
    confirmed: ['certificate'],
    recovered: 'ruled-out',
  },
};
