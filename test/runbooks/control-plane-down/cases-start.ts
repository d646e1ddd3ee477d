import type { Component } from '../../../runbooks/control-plane-down/target.ts';
import { type Told, whyItEnds } from './case.ts';
import { stale } from './cases-lead.ts';
import { klog, lease, own, type PodSpec, unscraped, type World, world } from './world.ts';

export const crashing = (said: string, exitCode = 1): Partial<PodSpec> => ({
  ...{
    ready: false,
    restarts: 6,
    waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' },
  },
  ...{ last: { reason: 'Error', exitCode, seconds: 70 }, now: said, before: said },
});
const refused = { seconds: 60, reason: 'Unhealthy', count: 14 } as const;
const probeRefused = {
  ...refused,
  message:
    'Startup probe failed: Get "https://127.0.0.1:10259/livez": dial tcp 127.0.0.1:10259: connect: connection refused',
};
export const probe500 = {
  ...refused,
  seconds: 20,
  message: 'Liveness probe failed: HTTP probe failed with statuscode: 500',
};
export const flag = 'Error: unknown flag: --address';
/** The last line of one that does not start (component-base/cli). */
export const failed = (error: string) => klog('E', 70, `run.go:74] "command failed" err="${error}"`);
export const open = (...ids: NonNullable<Told['open']>) => ids;
export const down = (made: World, change: Partial<PodSpec>, only?: readonly string[]) => {
  own(made, change, only);
  unscraped(made, { up: 0, scrapeSeconds: 0.0008, answeredAgo: 400 }, only ? [...only] : undefined);
};
/** The instance of one machine ends again and again, and this is what it says each time. */
export const endsSaying = (component: Component, said: string, { exitCode = 1, machine = 'cp-3' } = {}) =>
  world(component, (made) => down(made, crashing(said, exitCode), [machine]));
/** The instance of cp-3 runs, fails its probe, and says this. */
export const failsSaying = (component: Component, said: string) =>
  world(component, (made) => own(made, { ready: false, events: [probe500], now: said }, ['cp-3']));
/** It asks for its own lease, and this comes of it. */
export const askingForLease = (component: Component, seconds: number, error: string) =>
  klog('E', seconds, `leaderelection.go:332] error retrieving resource lock kube-system/${component}: ${error}`);
/** Of one instance that is away, what its container would say stays open. */
export const ofContainers = open(...whyItEnds);

/** Why an instance does not run. */
export const start: Readonly<Record<string, Told>> = {
  'flag-unknown-to-all': {
    about: 'After an upgrade no scheduler knows one of its flags; pods wait, the probes fail because of it',
    world: world('kube-scheduler', (made) => {
      stale(made);
      down(made, { ...crashing(flag), events: [probeRefused] });
      made.unbound = [{ name: 'web-1', seconds: 290 }];
    }),
    confirmed: ['badConfiguration'],
    recovered: 'ruled-out',
  },
  'flag-unknown-to-one': {
    about: 'One of three schedulers does not know a flag; the others do its work',
    world: endsSaying('kube-scheduler', flag),
    confirmed: ['badConfiguration'],
    recovered: 'ruled-out',
  },
  'flag-logs-forbidden': {
    about: 'A scheduler ends again and again, and its log may not be read',
    world: world('kube-scheduler', (made) => {
      down(made, crashing(flag), ['cp-3']);
      made.failing.set('logs', 'forbidden');
    }),
    open: open(
      'badConfiguration',
      'certificate',
      'othersCertificate',
      'dependencySilent',
      'probeFails',
      'crashLoop',
      'leadershipLost',
    ),
    recovered: 'ruled-out',
  },
  'flag-mended-just-now': {
    about: 'Half a minute ago a flag was wrong; the container runs, its pod is not Ready yet: it may be mended',
    world: world('kube-scheduler', (made) => {
      down(
        made,
        {
          ready: false,
          restarts: 6,
          last: { reason: 'Error', exitCode: 1, seconds: 30 },
          before: flag,
          now: klog('I', 5, 'serving.go:386] Generated self-signed cert in-memory'),
        },
        ['cp-3'],
      );
    }),
    open: open('badConfiguration', 'probeFails'),
    recovered: 'ruled-out',
  },
  'kubeconfig-missing': {
    about: 'The kubeconfig of the controller manager is not where its flag says',
    world: endsSaying(
      'kube-controller-manager',
      failed('stat /etc/kubernetes/controller-manager.conf: no such file or directory'),
      { machine: 'cp-1' },
    ),
    confirmed: ['badConfiguration'],
    recovered: 'ruled-out',
  },
  'certificate-of-another-ca': {
    about:
      'A controller manager does not start: what it is shown is of another CA than its own file. A warning about a file is no reason',
    world: endsSaying(
      'kube-controller-manager',
      [
        klog(
          'W',
          75,
          'authentication.go:373] failed to read in-cluster kubeconfig: open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory',
        ),
        failed('Get \\"https://10.0.0.9:6443/\\": x509: certificate signed by unknown authority'),
      ].join('\n'),
      { machine: 'cp-1' },
    ),
    confirmed: ['othersCertificate'],
    recovered: 'ruled-out',
  },
  'image-missing-on-one': {
    about: 'The tag in one manifest is misspelled',
    world: world('kube-scheduler', (made) =>
      down(
        made,
        {
          ...{ ready: false, image: 'registry.k8s.io/kube-scheduler:v1.33.44', now: undefined },
          waiting: {
            reason: 'ImagePullBackOff',
            message: 'Back-off pulling image "registry.k8s.io/kube-scheduler:v1.33.44"',
          },
        },
        ['cp-2'],
      ),
    ),
    confirmed: ['imageMissing'],
    recovered: 'ruled-out',
  },
  'flag-and-image': {
    about: 'Two mistakes at once: one scheduler does not know a flag, another has no image',
    world: world('kube-scheduler', (made) => {
      down(made, crashing(flag), ['cp-1']);
      down(made, { ready: false, waiting: { reason: 'ErrImagePull', message: 'manifest unknown' }, now: undefined }, [
        'cp-2',
      ]);
      lease(made, { machine: 'cp-3', age: 1 });
    }),
    confirmed: ['imageMissing', 'badConfiguration'],
    recovered: 'ruled-out',
  },
  'port-taken': {
    about: 'Another program has the port of a scheduler',
    world: endsSaying(
      'kube-scheduler',
      failed(
        'failed to create listener: failed to listen on 0.0.0.0:10259: listen tcp 0.0.0.0:10259: bind: address already in use',
      ),
      { machine: 'cp-2' },
    ),
    confirmed: ['probeFails'],
    recovered: 'ruled-out',
  },
  'probe-fails-while-it-runs': {
    about: 'A controller manager runs, and its health check fails',
    world: world('kube-controller-manager', (made) =>
      own(made, { ready: false, events: [{ ...probe500, seconds: 300 }] }, ['cp-3']),
    ),
    confirmed: ['probeFails'],
    recovered: 'ruled-out',
  },
  'probe-failed-half-an-hour-ago': {
    about: 'It is not Ready, and its probe failed long ago: what it is now nobody says',
    world: world('kube-controller-manager', (made) =>
      own(made, { ready: false, events: [{ ...probe500, seconds: 1700 }] }, ['cp-3']),
    ),
    open: open('probeFails'),
    recovered: 'ruled-out',
  },
  'probe-ends-it': {
    about: 'The probe asks the wrong port, and the kubelet ends a scheduler that works',
    world: world('kube-scheduler', (made) =>
      down(
        made,
        {
          ...crashing(klog('I', 75, 'leaderelection.go:254] attempting to acquire leader lease'), 137),
          events: [probe500],
        },
        ['cp-2'],
      ),
    ),
    confirmed: ['probeFails'],
    recovered: 'ruled-out',
  },
  'events-forbidden': {
    about: 'A controller manager is not Ready; its events may not be read',
    world: world('kube-controller-manager', (made) => {
      own(made, { ready: false }, ['cp-3']);
      made.failing.set(
        'list Event --namespace kube-system --field-selector involvedObject.kind=Pod,involvedObject.name=kube-controller-manager-cp-3 --limit 100 --fresh',
        'forbidden',
      );
    }),
    open: open('probeFails'),
    recovered: 'ruled-out',
  },
  'not-ready-for-its-certificate': {
    about: 'A controller manager runs, hears Unauthorized, and its probe fails because of that',
    world: failsSaying('kube-controller-manager', askingForLease('kube-controller-manager', 4, 'Unauthorized')),
    confirmed: ['certificate'],
    recovered: 'ruled-out',
  },
};
