import type { Told } from './case.ts';
import { stale } from './cases-lead.ts';
import { askingForLease, crashing, down, endsSaying, failsSaying, flag } from './cases-start.ts';
import { klog, own, world } from './world.ts';

const EXPIRED =
  'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-21T08:28:50Z is after 2026-11-20T00:00:00Z';
const REFUSED = 'remote error: tls: bad certificate';
const LEASE = 'Get "https://10.0.0.9:6443/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler"';

/** What gRPC writes of an API server's connection to its etcd, while it tries again and again. */
const toEtcd = (seconds: number, error: string) =>
  klog(
    'W',
    seconds,
    `logging.go:55] [core] [Channel #1 SubChannel #3]grpc: addrConn.createTransport failed to connect to {Addr: "127.0.0.1:2379", ServerName: "127.0.0.1:2379", }. Err: connection error: desc = "transport: ${error}"`,
  );
const gaveUp = klog(
  'F',
  70,
  'instance.go:226] Error creating leases: error creating storage factory: context deadline exceeded',
);
const started = klog('I', 92, 'options.go:238] external host was not specified, using 10.0.0.9');
const ofEtcd = (error: string) => [started, toEtcd(90, error), toEtcd(80, error), gaveUp].join('\n');
const handshake = (error: string) => `authentication handshake failed: ${error}`;

/** Whose certificate it is: whoever checks one says x509, and the other side is told an alert of TLS, or Unauthorized. */
export const certificates: Readonly<Record<string, Told>> = {
  'etcds-certificate-expired': {
    about: 'An API server ends: it warns that the certificate of its etcd has expired, and gives up at a deadline',
    world: endsSaying('kube-apiserver', ofEtcd(handshake(EXPIRED))),
    confirmed: ['othersCertificate'],
    recovered: 'ruled-out',
  },
  'etcd-refuses-the-certificate': {
    about: 'An API server ends: its etcd does not accept its client certificate',
    world: endsSaying('kube-apiserver', ofEtcd(handshake(REFUSED))),
    confirmed: ['certificate'],
    recovered: 'ruled-out',
  },
  'etcd-refuses-connections': {
    about: 'An API server ends: nothing listens where its etcd should',
    world: endsSaying(
      'kube-apiserver',
      ofEtcd('Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused'),
    ),
    confirmed: ['dependencySilent'],
    recovered: 'ruled-out',
  },
  'api-servers-certificate-expired': {
    about: 'The serving certificate of the API server expired: schedulers run, are Ready, and do not get their lease',
    world: world('kube-scheduler', (made) => {
      stale(made, 900);
      own(made, { now: askingForLease('kube-scheduler', 3, `${LEASE}: ${EXPIRED}`) });
    }),
    confirmed: ['othersCertificate'],
    recovered: 'ruled-out',
  },
  'api-servers-certificate-expired-and-a-flag': {
    about: 'The same while one of the schedulers ends for a flag: those that run are asked as well why nobody leads',
    world: world('kube-scheduler', (made) => {
      stale(made, 900);
      own(made, { now: askingForLease('kube-scheduler', 3, `${LEASE}: ${EXPIRED}`) });
      down(made, crashing(flag), ['cp-3']);
    }),
    confirmed: ['badConfiguration', 'othersCertificate'],
    recovered: 'ruled-out',
  },
  'api-servers-certificate-expired-and-watches': {
    about: 'The same; the last that a controller manager says is of a watch of its own',
    world: world('kube-controller-manager', (made) => {
      stale(made, 900);
      own(made, {
        now: klog(
          'E',
          12,
          `reflector.go:200] "Failed to watch" err="failed to list *v1.Node: Get \\"https://10.0.0.9:6443/api/v1/nodes\\": ${EXPIRED}"`,
        ),
      });
    }),
    confirmed: ['othersCertificate'],
    recovered: 'ruled-out',
  },
  'not-ready-for-the-api-servers-certificate': {
    about: 'A controller manager runs, does not accept the certificate of its API server, and its probe fails',
    world: failsSaying('kube-controller-manager', askingForLease('kube-controller-manager', 4, `${LEASE}: ${EXPIRED}`)),
    confirmed: ['othersCertificate'],
    recovered: 'ruled-out',
  },
  'clients-do-not-accept-the-certificate': {
    about:
      'An API server ends, and wrote that a client did not accept what it was shown: that is the matter of that client',
    world: endsSaying(
      'kube-apiserver',
      [
        klog('E', 75, `log.go:245] http: TLS handshake error from 10.0.0.77:51234: ${REFUSED}`),
        'panic: runtime error: invalid memory address or nil pointer dereference',
      ].join('\n'),
    ),
    confirmed: ['crashLoop'],
    recovered: 'ruled-out',
  },
};
