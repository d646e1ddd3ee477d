import { type Told, whyItEnds } from './case.ts';
import { but, unreachable } from './cases-api.ts';
import { askingForLease, crashing, endsSaying, failed, failsSaying, probe500 } from './cases-start.ts';
import { klog, lease, onMachine, own, readyWith, unscraped, type World, world } from './world.ts';

const REFUSED = 'dial tcp 127.0.0.1:2379: connect: connection refused';
const unauthorized = (seconds: number) => askingForLease('kube-scheduler', seconds, 'Unauthorized');

/** No API server answers us, nor Prometheus, after so many seconds; of machines more or fewer do. */
function answersNobody(made: World, scrapeSeconds: number, machines: World['work']): void {
  unreachable(made);
  unscraped(made, { up: 0, scrapeSeconds, answeredAgo: 200 });
  made.work = { apiUp: 0, apiAll: 3, ...machines };
}

/** A witness that looks strong, and is of another place, another time or somebody else. */
export const witnesses: Readonly<Record<string, Told>> = {
  'load-balancer-down-seen-by-clients': {
    about:
      'Nearly no client gets an answer, for all go through the load balancer, as we do; Prometheus asks each API server',
    world: world('kube-controller-manager', (made) => {
      unreachable(made);
      made.work = { ...made.work, unanswered: 0.97, unansweredBefore: 0.97 };
    }),
    confirmed: ['wayBlocked'],
    open: but('wayBlocked', 'apiServersDown', 'notScraped'),
    recovered: 'inconclusive',
  },
  'no-client-answered-and-api-servers-not-scraped': {
    about: 'Nearly no client gets an answer, and nobody scrapes the API servers: they, or the way to them',
    world: world('kube-controller-manager', (made) => {
      unreachable(made);
      made.work = { unanswered: 0.97, machinesUp: 40 };
    }),
    open: but('notScraped'),
    recovered: 'inconclusive',
  },
  'api-servers-just-died': {
    about: 'They died a minute ago: what clients counted in five minutes is of before',
    world: world('kube-controller-manager', (made) => {
      unreachable(made);
      made.work = { unanswered: 0.01, machinesUp: 40 };
    }),
    open: but('notScraped'),
    recovered: 'inconclusive',
  },
  'prometheus-cut-off-as-well': {
    about: 'Prometheus stands where we do, and gets an answer of nobody',
    world: world('kube-apiserver', (made) => {
      answersNobody(made, 10, { apiMachinesSilent: 3, machinesUp: 0 });
    }),
    open: but(),
    recovered: 'inconclusive',
  },
  'prometheus-cut-off-with-its-own-machine': {
    about: 'Prometheus stands where we do; what runs on its own machine answers it, and nothing beyond',
    world: world('kube-apiserver', (made) => {
      answersNobody(made, 10, { apiMachinesSilent: 3, machinesUp: 1 });
    }),
    open: but(),
    recovered: 'inconclusive',
  },
  'api-servers-down-in-a-small-cluster': {
    about: 'Of two machines both answer Prometheus, also those of the API servers, and no API server does',
    world: world('kube-apiserver', (made) => {
      answersNobody(made, 0.001, { apiMachinesSilent: 0, machinesUp: 2 });
    }),
    confirmed: ['apiServersDown'],
    open: but('apiServersDown', 'wayBlocked'),
    recovered: 'inconclusive',
  },
  'api-servers-down-and-their-machines-too': {
    about: 'No machine of the control plane answers, four others do: whatever ended them, no API server answers',
    world: world('kube-apiserver', (made) => {
      answersNobody(made, 10, { apiMachinesSilent: 3, machinesUp: 4 });
    }),
    confirmed: ['apiServersDown'],
    open: but('apiServersDown', 'wayBlocked'),
    recovered: 'inconclusive',
  },
  'etcd-check-of-one-instance': {
    about: 'The API server that answered has lost its own member of etcd; leases are seconds old',
    world: world('kube-scheduler', (made) => {
      made.readyz = readyWith('etcd', 'etcd-readiness');
    }),
  },
  'api-server-away-from-its-etcd': {
    about: 'The same, and it is the API servers that are asked about: its member is away, or was slow at that moment',
    world: world('kube-apiserver', (made) => {
      made.readyz = readyWith('etcd', 'etcd-readiness');
    }),
    open: ['dependencySilent'],
    recovered: 'ruled-out',
  },
  'node-not-ready-by-its-own-kubelet': {
    about: 'The kubelet says that its node is not Ready, for the network; its scheduler runs and leads',
    world: world('kube-scheduler', (made) => onMachine(made, 'cp-1', { ready: 'False', sinceSeconds: 300 })),
  },
  'mirror-pod-missing-and-nobody-scrapes': {
    about:
      'One machine that does not lead reports no pod of it, and Prometheus has no targets: it may run all the same',
    world: world('kube-scheduler', (made) => {
      made.pods = made.pods.filter(({ component, node }) => component !== 'kube-scheduler' || node !== 'cp-2');
      made.scrapes = [];
    }),
    confirmed: ['notScraped'],
    open: ['manifestMissing', 'machineGone', ...whyItEnds, 'leadershipLost'],
    recovered: 'inconclusive',
  },
  'elects-in-another-namespace': {
    about: 'A lease was left in kube-system; its flags name another namespace, as a word of its own',
    world: world('kube-controller-manager', (made) => {
      lease(made, { machine: 'cp-2', age: 90_000 });
      own(made, { flags: ['--leader-elect', '--leader-elect-resource-namespace', 'infra'] });
      delete made.work.leaseMoves;
    }),
    open: ['leaseStale'],
  },
  'refused-and-so-lost-its-lease': {
    about: 'The certificate of the leader expired: it hears Unauthorized, cannot renew, and ends itself',
    world: world('kube-scheduler', (made) => {
      own(
        made,
        {
          ...{ restarts: 2, last: { reason: 'Error', exitCode: 1, seconds: 300 } },
          before: [
            unauthorized(304),
            klog('I', 301, 'leaderelection.go:278] failed to renew lease kube-system/kube-scheduler: timed out'),
            klog('F', 301, 'server.go:220] leaderelection lost'),
          ].join('\n'),
        },
        ['cp-1'],
      );
    }),
    open: ['certificate'],
    recovered: 'inconclusive',
  },
  'api-server-ends-without-its-etcd': {
    about: 'One API server ends again and again, for its own member of etcd refuses it',
    world: world('kube-apiserver', (made) => {
      own(
        made,
        {
          ...{ ready: false, restarts: 6, waiting: { reason: 'CrashLoopBackOff' } },
          ...{
            last: { reason: 'Error', exitCode: 1, seconds: 60 },
            now: `W1121 transport: ${REFUSED}\nError: context deadline exceeded`,
          },
        },
        ['cp-3'],
      );
    }),
    confirmed: ['dependencySilent'],
    recovered: 'ruled-out',
  },
  'scheduler-ends-without-an-api-server': {
    about: 'A scheduler of one machine ends again and again: the API server that it asks there refuses it',
    world: endsSaying(
      'kube-scheduler',
      failed('Get \\"https://10.0.0.3:6443/api\\": dial tcp 10.0.0.3:6443: connect: connection refused'),
    ),
    confirmed: ['dependencySilent'],
    recovered: 'ruled-out',
  },
  'not-ready-without-its-api-server': {
    about: 'A controller manager runs, gets no answer about its lease, and its probe fails because of that',
    world: failsSaying(
      'kube-controller-manager',
      askingForLease(
        'kube-controller-manager',
        4,
        'Get "https://10.0.0.3:6443/apis/coordination.k8s.io": dial tcp 10.0.0.3:6443: i/o timeout',
      ),
    ),
    confirmed: ['dependencySilent'],
    recovered: 'ruled-out',
  },
  'not-ready-and-somebody-else-did-not-answer': {
    about:
      'A controller manager fails its probe; a metrics server did not answer it, which is another matter or the reason',
    world: failsSaying(
      'kube-controller-manager',
      klog('E', 20, 'horizontal.go:270] failed to get cpu utilization: dial tcp 10.96.7.7:443: i/o timeout'),
    ),
    confirmed: ['probeFails'],
    open: ['dependencySilent'],
    recovered: 'ruled-out',
  },
  'not-ready-and-its-api-server-was-away': {
    about: 'Its API server gave no answer about the lease four minutes ago, and does now: its probe fails all the same',
    world: failsSaying(
      'kube-controller-manager',
      askingForLease('kube-controller-manager', 240, 'dial tcp 10.0.0.3:6443: connect: connection refused'),
    ),
    confirmed: ['probeFails'],
    open: ['dependencySilent'],
    recovered: 'ruled-out',
  },
  'api-server-ended-by-its-kubelet': {
    about: 'The kubelet ends an API server whose probe fails; of its etcd it wrote warnings at most',
    world: world('kube-apiserver', (made) =>
      own(
        made,
        {
          ...crashing(klog('W', 75, 'logging.go:59] [core] grpc: addrConn.createTransport failed to connect'), 137),
          events: [probe500],
        },
        ['cp-3'],
      ),
    ),
    confirmed: ['probeFails'],
    open: ['dependencySilent'],
    recovered: 'ruled-out',
  },
  'ends-beside-a-certificate-of-who-knows-whom': {
    about: 'It ends again and again; the last error it wrote is about a certificate, and does not say whose',
    world: endsSaying(
      'kube-controller-manager',
      `${klog('E', 72, 'resource_quota_controller.go:180] failed to discover resources: x509: certificate has expired')}\nbye`,
    ),
    open: ['othersCertificate', 'crashLoop'],
    recovered: 'ruled-out',
  },
  'api-server-not-ready-and-metrics-server-refuses': {
    about: 'An API server is not ready; the metrics server refuses its aggregator, which is no certificate of its own',
    world: world('kube-apiserver', (made) => {
      own(
        made,
        {
          ready: false,
          now: klog(
            'E',
            20,
            'remote_available_controller.go:448] v1beta1.metrics.k8s.io failed with: 401 Unauthorized',
          ),
        },
        ['cp-3'],
      );
    }),
    open: ['probeFails', 'dependencySilent'],
    recovered: 'ruled-out',
  },
};
