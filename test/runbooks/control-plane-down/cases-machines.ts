import type { Told } from './case.ts';
import { stale } from './cases-lead.ts';
import { crashing, down, flag, ofContainers, open } from './cases-start.ts';
import { lease, onMachine, own, unscraped, world } from './world.ts';

/** Machines that are away, and manifests. */
export const machines: Readonly<Record<string, Told>> = {
  'pods-forbidden': {
    about: 'We may not list the pods of kube-system: what becomes of single instances stays open',
    world: world('kube-scheduler', (made) => {
      made.failing.set('list Pod --namespace kube-system --selector tier=control-plane', 'forbidden');
      stale(made);
    }),
    open: [...ofContainers, 'machineGone', 'manifestMissing', 'leaseStale', 'leadershipLost'],
    recovered: 'inconclusive',
  },
  'machines-forbidden': {
    about: 'We may not list nodes: a Ready pod on a dead machine looks the same',
    world: world('kube-scheduler', (made) => {
      made.failing.set('list Node --selector node-role.kubernetes.io/control-plane', 'forbidden');
    }),
    open: [...ofContainers, 'machineGone', 'manifestMissing', 'leadershipLost'],
    recovered: 'inconclusive',
  },
  'machine-gone': {
    about: 'One machine of the control plane is gone; its scheduler led, another one took over',
    world: world('kube-scheduler', (made) => {
      lease(made, { machine: 'cp-2', age: 1 });
      onMachine(made, 'cp-1', { ready: 'Unknown', sinceSeconds: 500, leaseAge: 560 });
      unscraped(made, { up: 0, scrapeSeconds: 10, answeredAgo: 560 }, ['cp-1']);
      own(made, { ready: false }, ['cp-1']);
    }),
    confirmed: ['machineGone'],
    open: ofContainers,
    recovered: 'ruled-out',
  },
  'machine-silent-and-nobody-says-so': {
    about: 'The controller managers do not start, so that nobody turns the third, silent machine Unknown',
    world: world('kube-controller-manager', (made) => {
      stale(made);
      down(made, crashing(flag), ['cp-2', 'cp-3']);
      unscraped(made, { up: 0, scrapeSeconds: 10 }, ['cp-1']);
      onMachine(made, 'cp-1', { leaseAge: 250 });
    }),
    confirmed: ['machineGone', 'badConfiguration'],
    open: open(
      'imageMissing',
      'certificate',
      'othersCertificate',
      'dependencySilent',
      'outOfMemory',
      'probeFails',
      'crashLoop',
      'leaseStale',
    ),
    recovered: 'ruled-out',
  },
  'kubelet-late-and-judged': {
    about: "A kubelet's lease is 45 s old on a node that is still Ready: its controller manager will say",
    world: world('kube-scheduler', (made) => {
      onMachine(made, 'cp-3', { leaseAge: 45 });
      unscraped(made, { up: 0, scrapeSeconds: 10 }, ['cp-3']);
    }),
    open: [...ofContainers, 'machineGone', 'leadershipLost', 'notScraped'],
    recovered: 'inconclusive',
  },
  'machine-unknown-and-it-answers': {
    about: 'A node is Unknown, and the API server on it answers Prometheus: only its kubelet is away',
    world: world('kube-apiserver', (made) =>
      onMachine(made, 'cp-3', { ready: 'Unknown', sinceSeconds: 300, leaseAge: 350 }),
    ),
    confirmed: ['machineGone'],
    open: ofContainers,
    recovered: 'ruled-out',
  },
  'manifest-gone-from-one': {
    about: 'Somebody moved the manifest of one scheduler away; the other static pods of that machine run',
    world: world('kube-scheduler', (made) => {
      onMachine(made, 'cp-2', { createdSeconds: 3000 });
      made.pods = made.pods.filter(({ component, node }) => component !== 'kube-scheduler' || node !== 'cp-2');
      // Prometheus had it as a target within the day.
      made.scrapes = made.scrapes.map(({ up, scrapeSeconds, ...line }) =>
        line.pod === 'kube-scheduler-cp-2' ? line : { ...line, up, scrapeSeconds },
      );
    }),
    confirmed: ['manifestMissing'],
    recovered: 'ruled-out',
  },
  'manifest-gone-from-all': {
    about: 'No machine has a controller manager: its lease runs out, and nothing is repaired any more',
    world: world('kube-controller-manager', (made) => {
      stale(made, 700);
      made.pods = made.pods.filter(({ component }) => component !== 'kube-controller-manager');
      made.scrapes = made.scrapes.map(({ up, scrapeSeconds, ...line }) => line);
      made.work = { ...made.work, behind: 12 };
    }),
    confirmed: ['manifestMissing'],
    recovered: 'ruled-out',
  },
  'manifest-gone-and-the-lease-given-back': {
    about: 'The schedulers were ended in peace: the last leader gave its lease back, and it bears no name',
    world: world('kube-scheduler', (made) => {
      stale(made, 700);
      lease(made, { machine: '', age: 700 });
      made.pods = made.pods.filter(({ component }) => component !== 'kube-scheduler');
      made.scrapes = made.scrapes.map(({ up, scrapeSeconds, ...line }) => line);
      made.work = {};
    }),
    confirmed: ['manifestMissing'],
    recovered: 'ruled-out',
  },
  'manifest-gone-and-prometheus-blind': {
    about:
      'No scheduler is left, and Prometheus is down: the objects prove it, since nobody takes the lease that is free',
    world: world('kube-scheduler', (made) => {
      stale(made, 700);
      made.pods = made.pods.filter(({ component }) => component !== 'kube-scheduler');
      made.failing.set('Prometheus', 'unreachable');
      made.tooManyUnbound = true;
    }),
    confirmed: ['manifestMissing'],
    open: open('notScraped'),
    recovered: 'ruled-out',
  },
  'manifest-gone-from-one-and-prometheus-blind': {
    about: 'One machine reports no scheduler, another one leads, and Prometheus is down: it may run unreported',
    world: world('kube-scheduler', (made) => {
      made.pods = made.pods.filter(({ component, node }) => component !== 'kube-scheduler' || node !== 'cp-2');
      made.failing.set('Prometheus', 'unreachable');
    }),
    open: [...ofContainers, 'manifestMissing', 'machineGone', 'leadershipLost', 'notScraped'],
    recovered: 'inconclusive',
  },
  'machine-is-joining': {
    about: 'A third machine joined five minutes ago, and has no scheduler yet',
    world: world('kube-scheduler', (made) => {
      onMachine(made, 'cp-3', { createdSeconds: 300 });
      made.pods = made.pods.filter(({ component, node }) => component !== 'kube-scheduler' || node !== 'cp-3');
      made.scrapes = made.scrapes.slice(0, 2);
    }),
    open: [...ofContainers, 'manifestMissing', 'machineGone', 'leadershipLost'],
    recovered: 'inconclusive',
  },
  'machine-is-joining-and-nobody-leads': {
    about: 'The same while nobody leads: the new machine may still get its scheduler',
    world: world('kube-scheduler', (made) => {
      stale(made);
      onMachine(made, 'cp-3', { createdSeconds: 300 });
      made.pods = made.pods.filter(({ component, node }) => component !== 'kube-scheduler' || node !== 'cp-3');
      made.scrapes = made.scrapes.slice(0, 2);
    }),
    confirmed: ['leaseStale'],
    open: [...ofContainers, 'manifestMissing', 'machineGone', 'leadershipLost'],
    recovered: 'ruled-out',
  },
  'mirror-pod-missing': {
    about: 'A controller manager leads, and no pod of it is reported: its mirror pod was refused',
    world: world('kube-controller-manager', (made) => {
      made.pods = made.pods.filter(({ component, node }) => component !== 'kube-controller-manager' || node !== 'cp-2');
    }),
    open: [...ofContainers, 'manifestMissing', 'machineGone', 'leadershipLost'],
    recovered: 'inconclusive',
  },
};
