import { readFileSync } from 'node:fs';
import { type CauseId, causeIds, type Told, whyItEnds } from './case.ts';
import { type Line, lease, onMachine, own, readyWith, unscraped, type World, world } from './world.ts';

export const unreachable = (made: World) => {
  made.failing.set('Kubernetes', 'unreachable').set('logs', 'unreachable');
};
export const but = (...not: readonly CauseId[]) => causeIds.filter((id) => !not.includes(id));
const down = { up: 0, scrapeSeconds: 0.0008, answeredAgo: 700 };

const recorded = (path: string) => readFileSync(new URL(`../../recorded/${path}`, import.meta.url), 'utf8');
/** `up` as a real Prometheus had it after its API server was stopped; kubelets, too, fail their scrapes then. */
const ups: readonly Line[] = JSON.parse(recorded('prometheus/up-api-server-stopped.json'));
const stopped = (made: World) => {
  unreachable(made);
  made.scrapes = ups.flatMap(({ job, instance, up }) => (job === 'apiserver' ? [{ instance, up, wasUp: 1 }] : []));
  // Of its machine etcd answers, at ports that are not the usual ones.
  const hostOf = ({ instance }: Line) => String(instance).replace(/:\d+$/, '');
  const others = ups.filter(({ job, up }) => up === 1 && job !== 'prometheus' && job !== 'apiserver').map(hostOf);
  const silent = made.scrapes.filter((line) => !others.includes(hostOf(line)));
  made.work = { apiUp: 0, apiAll: 1, apiMachinesSilent: silent.length, machinesUp: 0 };
};

/** Nobody has renewed anything for minutes. */
const frozen = (made: World) => {
  for (const name of ['kube-scheduler', 'kube-controller-manager'] as const) {
    made.leases[name] = { machine: 'cp-1', age: 240 };
  }
  for (const { name } of made.machines) onMachine(made, name, { leaseAge: 241 });
};

/** The API server itself, and etcd behind it. */
export const api: Readonly<Record<string, Told>> = {
  'api-server-healthy': { about: 'Three API servers, all well and scraped', world: world('kube-apiserver') },
  'api-servers-down': {
    about: 'Nobody listens at the API servers, neither for us nor for Prometheus',
    world: world('kube-apiserver', (made) => {
      unreachable(made);
      unscraped(made, down);
      made.work = { unanswered: 0.98, apiUp: 0, apiAll: 3, apiMachinesSilent: 0, machinesUp: 40 };
    }),
    confirmed: ['apiServersDown'],
    open: but('apiServersDown', 'wayBlocked'),
    recovered: 'inconclusive',
  },
  'recorded-api-server-stopped': {
    about: 'Recorded: the one API server of a cluster was stopped. No client is left that could be scraped',
    world: world('kube-apiserver', stopped),
    confirmed: ['apiServersDown'],
    open: but('apiServersDown', 'wayBlocked'),
    recovered: 'inconclusive',
  },
  'recorded-etcd-lost': {
    about: 'Recorded: the checks of an API server whose etcd has no quorum',
    world: world('kube-controller-manager', (made) => {
      const [, text = ''] = recorded('kubernetes/etcdstop-readyz-verbose.txt').split(/\n\r?\n/);
      made.readyz = { ...readyWith(), status: 500, text };
      frozen(made);
    }),
    confirmed: ['etcdLost'],
    open: but('etcdLost', 'apiServersDown', 'wayBlocked', 'notScraped'),
    recovered: 'inconclusive',
  },
  'api-servers-down-seen-by-clients': {
    about: 'The controller manager is asked about; it is the API server that nobody gets an answer of',
    world: world('kube-controller-manager', (made) => {
      unreachable(made);
      unscraped(made);
      made.work = { unanswered: 0.97, apiUp: 0, apiAll: 3, apiMachinesSilent: 0, machinesUp: 40 };
    }),
    confirmed: ['apiServersDown'],
    open: but('apiServersDown', 'wayBlocked'),
    recovered: 'inconclusive',
  },
  'api-servers-down-or-so': {
    about: 'We get no answer; a fifth of what others ask gets none: neither proves anything',
    world: world('kube-scheduler', (made) => {
      unreachable(made);
      made.work = { unanswered: 0.2 };
    }),
    open: but('notScraped'),
    recovered: 'inconclusive',
  },
  'all-blind': {
    about: 'Neither Kubernetes nor Prometheus answers us: nothing is known',
    world: world('kube-apiserver', (made) => {
      unreachable(made);
      made.failing.set('Prometheus', 'unreachable');
    }),
    open: causeIds,
    recovered: 'inconclusive',
  },
  'way-blocked': {
    about: 'The load balancer is down: Prometheus scrapes the API servers at their own addresses',
    world: world('kube-apiserver', (made) => {
      unreachable(made);
      made.work = { ...made.work, unanswered: 0.3, unansweredBefore: 0.3 };
    }),
    confirmed: ['wayBlocked'],
    open: but('wayBlocked', 'apiServersDown', 'notScraped'),
    recovered: 'inconclusive',
  },
  'way-blocked-for-us-alone': {
    about:
      'We get no answer while all other clients do, or did: whether the API servers hang since the last scrape is not told',
    world: world('kube-scheduler', (made) => {
      unreachable(made);
      made.work = { ...made.work, unanswered: 0.01, unansweredBefore: 0.01 };
    }),
    open: but('notScraped'),
    recovered: 'inconclusive',
  },
  'api-server-froze-after-its-scrape': {
    about: 'The one API server hangs; twenty seconds ago, before that, it answered Prometheus, and clients until then',
    world: world('kube-apiserver', (made) => {
      made.failing.set('Kubernetes', 'timed-out').set('logs', 'timed-out');
      made.scrapes = made.scrapes.slice(0, 1);
      made.work = { ...made.work, apiUp: 1, apiAll: 1, machinesUp: 3 };
    }),
    open: but('notScraped'),
    recovered: 'inconclusive',
  },
  'way-blocked-and-no-client-scraped': {
    about: 'The same of the load balancer: no client is scraped that would tell since when',
    world: world('kube-apiserver', (made) => {
      unreachable(made);
      made.work = { ...made.work, unanswered: undefined, unansweredBefore: undefined };
    }),
    open: but('notScraped'),
    recovered: 'inconclusive',
  },
  'way-blocked-and-scraped-long-ago': {
    about: 'Clients have had no answers for minutes, and Prometheus has not asked for as long',
    world: world('kube-apiserver', (made) => {
      unreachable(made);
      made.work = { ...made.work, unanswered: 0.3, unansweredBefore: 0.3, apiAnsweredAgo: 240 };
    }),
    open: but('notScraped'),
    recovered: 'inconclusive',
  },
  'one-request-timed-out': {
    about: 'One request of ours gets no answer, the others do, and Prometheus is refused: no proof of anything',
    world: world('kube-apiserver', (made) => {
      made.failing.set('probe /readyz?verbose', 'timed-out');
      unscraped(made, down);
    }),
    open: ['apiServersDown', 'wayBlocked', 'dependencySilent', 'notScraped'],
    confirmed: [],
    recovered: 'inconclusive',
  },
  'api-server-not-discovered': {
    about: 'KubeAPIDown: Prometheus discovers no API server any more, and they work',
    world: world('kube-apiserver', (made) => {
      made.job = 'apiserver';
      made.scrapes = made.scrapes.map(({ up, scrapeSeconds, ...line }) => line);
    }),
    confirmed: ['notScraped'],
  },
  'api-server-not-ready-not-discovered': {
    about: 'No target, and its own checks fail: that is not only a matter of seeing it',
    world: world('kube-apiserver', (made) => {
      made.scrapes = [];
      made.readyz = readyWith('informer-sync');
    }),
    recovered: 'ruled-out',
  },
  'api-server-instance-refuses-prometheus': {
    about: 'One API server is Ready, and its scrape is refused',
    world: world('kube-apiserver', (made) => unscraped(made, down, ['cp-2'])),
    confirmed: ['notScraped'],
  },
  'api-server-instance-down': {
    about: 'KubeAPIInstanceUnreachable: one of three API servers cannot talk to etcd, whose certificate has expired',
    world: world('kube-apiserver', (made) => {
      unscraped(made, down, ['cp-3']);
      own(
        made,
        {
          ...{ ready: false, restarts: 9, waiting: { reason: 'CrashLoopBackOff' } },
          last: { reason: 'Error', exitCode: 1, seconds: 90 },
          now: 'W1121 08:28:12.000123       1 logging.go:59] [core] grpc: addrConn.createTransport failed\nE1121 08:28:30.000123       1 run.go:72] "command failed" err="context deadline exceeded: x509: certificate has expired or is not yet valid: current time 2026-11-21T08:28:30Z is after 2026-11-20T09:00:00Z"',
        },
        ['cp-3'],
      );
    }),
    confirmed: ['othersCertificate'],
    recovered: 'ruled-out',
  },
  'api-server-hears-of-expired-clients': {
    about: 'An API server that restarted writes of clients whose certificate has expired: that is not its own',
    world: world('kube-apiserver', (made) => {
      unscraped(made, down, ['cp-3']);
      own(
        made,
        {
          ...{ ready: false, restarts: 2, waiting: { reason: 'CrashLoopBackOff' } },
          last: { reason: 'Error', exitCode: 255, seconds: 60 },
          now: 'E1121 08:28:30.000123       1 authentication.go:74] "Unable to authenticate the request" err="[x509: certificate has expired or is not yet valid]"\npanic: runtime error: invalid memory address or nil pointer dereference',
        },
        ['cp-3'],
      );
    }),
    confirmed: ['crashLoop'],
    recovered: 'ruled-out',
  },
  'etcd-lost': {
    about: "The API server's etcd check fails; what it says of the rest may be an old copy",
    world: world('kube-scheduler', (made) => {
      made.readyz = readyWith('etcd', 'etcd-readiness');
      frozen(made);
      own(made, {
        ready: false,
        waiting: { reason: 'CrashLoopBackOff' },
        restarts: 4,
        last: { reason: 'Error', exitCode: 1, seconds: 60 },
      });
      unscraped(made);
    }),
    confirmed: ['etcdLost'],
    open: but('etcdLost', 'apiServersDown', 'wayBlocked'),
    recovered: 'inconclusive',
  },
  'etcd-not-told-of': {
    about: 'The list of checks has no etcd, and nobody renewed anything for a while',
    world: world('kube-scheduler', (made) => {
      made.readyz = { status: 200, text: '[+]ping ok\n[+]log ok\n', date: undefined };
      for (const name of ['kube-scheduler', 'kube-controller-manager'] as const)
        made.leases[name] = { machine: 'cp-1', age: 90 };
      for (const { name } of made.machines) onMachine(made, name, { leaseAge: 92 });
    }),
    open: ['etcdLost', 'machineGone', ...whyItEnds, 'leaseStale', 'leadershipLost'],
    recovered: 'inconclusive',
  },
  'etcd-not-told-of-and-written': {
    about: 'The list of checks has no etcd; a lease was written a second ago',
    world: world('kube-scheduler', (made) => {
      made.readyz = { ...readyWith(), text: '[+]ping ok\n[+]log ok\n' };
    }),
  },
  'checks-forbidden-and-nothing-fresh': {
    about: 'We may not read the checks, and every lease is old: frozen answers look so',
    world: world('kube-controller-manager', (made) => {
      made.failing.set('probe /readyz?verbose', 'forbidden');
      for (const name of ['kube-scheduler', 'kube-controller-manager'] as const)
        made.leases[name] = { machine: 'cp-1', age: 400 };
      for (const { name } of made.machines) onMachine(made, name, { leaseAge: 405 });
    }),
    open: but('apiServersDown', 'wayBlocked', 'notScraped'),
    recovered: 'inconclusive',
  },
  'checks-forbidden': {
    about: 'We may not read the checks; fresh leases show that etcd takes writes',
    world: world('kube-scheduler', (made) => {
      made.failing.set('probe /readyz?verbose', 'forbidden');
      lease(made, { machine: 'cp-1', age: 2 });
    }),
  },
};
