import type { Told } from './case.ts';
import { stale } from './cases-lead.ts';
import { crashing, down, endsSaying, open, probe500 } from './cases-start.ts';
import { klog, own, world } from './world.ts';

const refusedOnce = (seconds: number) =>
  klog(
    'E',
    seconds,
    'reflector.go:150] failed to list *v1.Node: Get "https://10.0.0.9:6443/api/v1/nodes": dial tcp 10.0.0.9:6443: connect: connection refused',
  );
const callingWebhook = (seconds: number, error: string) =>
  klog(
    'E',
    seconds,
    `replica_set.go:560] sync "shop/web" failed with Internal error occurred: failed calling webhook "policy.example.com": failed to call webhook: Post "https://policy.shop.svc:443/validate": ${error}`,
  );
const kms = (error: string) =>
  klog(
    'E',
    70,
    `run.go:72] "command failed" err="failed to create EncryptionConfig: kms plugin: error while dialing: dial unix /var/run/kmsplugin/socket.sock: connect: ${error}"`,
  );
/** More lines than are taken for why it ended. */
const goesOn = Array.from({ length: 8 }, (_, at) => klog('I', 80 - at, 'shared_informer.go:320] Caches are synced'));

/** Instances that end, for their memory or for a reason of their own. */
export const ends: Readonly<Record<string, Told>> = {
  'out-of-memory': {
    about: 'A controller manager of a cluster that has grown reaches its limit',
    world: world('kube-controller-manager', (made) =>
      down(
        made,
        {
          ...crashing(klog('I', 75, 'shared_informer.go:320] Caches are synced'), 137),
          memoryLimit: '512Mi',
          last: { reason: 'OOMKilled', exitCode: 137, seconds: 70 },
        },
        ['cp-2'],
      ),
    ),
    confirmed: ['outOfMemory'],
    recovered: 'ruled-out',
  },
  'key-service-refuses': {
    about: 'An API server ends: the plug-in of its machine that encrypts Secrets does not run; its etcd is well',
    world: endsSaying('kube-apiserver', kms('connection refused')),
    confirmed: ['crashLoop'],
    recovered: 'ruled-out',
  },
  'key-service-never-began': {
    about: 'The same, and it has never run: there is no socket',
    world: endsSaying('kube-apiserver', kms('no such file or directory')),
    confirmed: ['crashLoop'],
    recovered: 'ruled-out',
  },
  'cloud-tells-it-nothing': {
    about: 'A controller manager ends: its cloud tells the machine nothing about itself; the API server is well',
    world: endsSaying(
      'kube-controller-manager',
      klog(
        'F',
        70,
        'controllermanager.go:255] cloud provider could not be initialized: Get "http://169.254.169.254/latest/meta-data/instance-id": dial tcp 169.254.169.254:80: i/o timeout',
      ),
    ),
    confirmed: ['crashLoop'],
    recovered: 'ruled-out',
  },
  'lease-lost-beside-a-file-that-is-missing': {
    about: 'A controller manager loses its lease; a plug-in that has no directory is said in passing, and is not why',
    world: endsSaying(
      'kube-controller-manager',
      [
        klog(
          'E',
          75,
          'plugins.go:609] "Failed to probe flexvolume" err="open /usr/libexec/kubernetes: no such file or directory"',
        ),
        klog('F', 70, 'controllermanager.go:302] leaderelection lost'),
      ].join('\n'),
    ),
    confirmed: ['leadershipLost'],
    recovered: 'ruled-out',
  },
  'out-of-memory-long-ago': {
    about: 'It was ended for its memory an hour ago; it is not Ready now because its probe fails',
    world: world('kube-controller-manager', (made) =>
      down(
        made,
        {
          ready: false,
          restarts: 1,
          memoryLimit: '512Mi',
          last: { reason: 'OOMKilled', exitCode: 137, seconds: 3600 },
          events: [probe500],
        },
        ['cp-2'],
      ),
    ),
    confirmed: ['probeFails'],
    recovered: 'ruled-out',
  },
  'how-it-ended-is-not-told': {
    about: 'It has restarted, and its status says nothing of how it ended',
    world: world('kube-scheduler', (made) => own(made, { ready: false, restarts: 3, events: [probe500] }, ['cp-2'])),
    confirmed: ['probeFails'],
    open: open('outOfMemory'),
    recovered: 'ruled-out',
  },
  panics: {
    about: 'All schedulers panic again and again',
    world: world('kube-scheduler', (made) => {
      stale(made);
      down(made, crashing('panic: assignment to entry in nil map\n\ngoroutine 1 [running]:', 2));
    }),
    confirmed: ['crashLoop'],
    recovered: 'ruled-out',
  },
  'panics-after-a-webhook': {
    about: "A controller manager panics; a webhook's certificate, of which it wrote before, is another matter",
    world: endsSaying(
      'kube-controller-manager',
      [
        klog(
          'E',
          90,
          'garbagecollector.go:253] "Unhandled Error" err="failed calling webhook: x509: certificate has expired"',
        ),
        ...goesOn,
        'panic: index out of range [3] with length 3',
      ].join('\n'),
      { exitCode: 2 },
    ),
    confirmed: ['crashLoop'],
    recovered: 'ruled-out',
  },
  'panics-right-after-a-webhook': {
    about: 'The same with three lines between; also that another webhook did not answer',
    world: endsSaying(
      'kube-controller-manager',
      [
        callingWebhook(90, 'tls: failed to verify certificate: x509: certificate has expired'),
        callingWebhook(89, 'context deadline exceeded'),
        'panic: runtime error: invalid memory address or nil pointer dereference',
        '[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x1f4e2a1]',
      ].join('\n'),
      { exitCode: 2 },
    ),
    confirmed: ['crashLoop'],
    recovered: 'ruled-out',
  },
  'panics-right-after-it-was-refused': {
    about: 'It panics; just before it was refused once, as while an API server starts',
    world: endsSaying('kube-controller-manager', `${refusedOnce(72)}\npanic: assignment to entry in nil map`, {
      exitCode: 2,
    }),
    confirmed: ['crashLoop'],
    recovered: 'ruled-out',
  },
  'ends-long-after-it-was-refused': {
    about: 'It was refused once while an API server started, went on, and ends for something it does not say',
    world: endsSaying('kube-controller-manager', [refusedOnce(90), ...goesOn].join('\n')),
    confirmed: ['crashLoop'],
    recovered: 'ruled-out',
  },
  'ended-once': {
    about: 'A scheduler has ended once, just now',
    world: world('kube-scheduler', (made) =>
      down(made, { ...crashing('bye', 0), restarts: 0, waiting: { reason: 'ContainerCreating' } }, ['cp-2']),
    ),
    open: open('crashLoop'),
    recovered: 'ruled-out',
  },
};
