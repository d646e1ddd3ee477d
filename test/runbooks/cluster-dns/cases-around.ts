import type { Told } from './case.ts';
import { kubeDns, lines, type PodIs } from './objects.ts';
import { crashing, deaf, first, ofPods, one, second } from './told.ts';
import { quiet, UPSTREAM, type World, wellAnswers, wellUpstream } from './world.ts';

const pending = { phase: 'Pending', ready: false, containersReady: false } as const;

/** Its pods bear the common label, and those of its Helm chart. */
const onRke2 = (is: PodIs): PodIs => ({
  ...is,
  image: 'rancher/hardened-coredns:v1.12.3-build20250807',
  labels: { ...kubeDns, 'app.kubernetes.io/name': 'rke2-coredns', 'app.kubernetes.io/instance': 'rke2-coredns' },
});
const rke2 = { named: 'rke2-coredns-rke2-coredns', deployment: null } as const;
const ofRke2: World = { ...quiet, ...rke2, pods: quiet.pods.map(onRke2) };

/** Pods that are not there, and what leads to them. */
export const aroundCases: Readonly<Record<string, Told>> = {
  'evicted-and-replaced': {
    about: 'What is left of a pod that was evicted is no pod of it any more.',
    world: { ...quiet, pods: [{ name: 'coredns-0', phase: 'Failed', ready: false, changed: 4_000 }, first, second] },
    expect: { recovered: 'confirmed' },
  },
  'replaced-right-now': {
    about: 'A pod that is ended on purpose ends, and does not keep ending.',
    world: {
      ...quiet,
      pods: [
        {
          name: 'coredns-0',
          ready: false,
          changed: 5,
          ending: true,
          ended: { reason: 'Completed', exitCode: 0, secondsAgo: 5 },
        },
        first,
        second,
      ],
      logs: { 'coredns-0': { last: lines.quiet } },
    },
    expect: {},
  },
  'no-node-takes-it': {
    about: 'No node has room for it.',
    world: {
      ...quiet,
      pods: [
        { ...pending, name: 'coredns-a', node: null, unscheduled: '0/3 nodes are available: 3 Insufficient memory.' },
        second,
      ],
    },
    expect: { confirmed: ['notStarted'], recovered: 'ruled-out' },
  },
  'image-not-found': {
    about: 'Its new image cannot be pulled; the version is half an hour old.',
    world: {
      ...quiet,
      pods: [
        {
          ...pending,
          name: 'coredns-a',
          created: 1_700,
          waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "coredns:v9"' },
        },
        second,
      ],
      deployment: { revision: 2, made: 1_800 },
    },
    expect: { confirmed: ['notStarted'], inconclusive: ['nodeNetwork'] },
  },
  'pending-for-100-seconds': {
    about: 'It may still be starting.',
    world: {
      ...quiet,
      pods: [{ ...pending, name: 'coredns-a', created: 100, waiting: { reason: 'ContainerCreating' } }, second],
    },
    expect: { inconclusive: ['nodeNetwork', 'notStarted'] },
  },
  'pending-for-17-minutes': {
    about: 'Nothing says why it does not start.',
    world: {
      ...quiet,
      pods: [{ ...pending, name: 'coredns-a', created: 1_000, waiting: { reason: 'ContainerCreating' } }, second],
    },
    expect: { confirmed: ['notStarted'], inconclusive: ['nodeNetwork'] },
  },
  'node-silent': {
    about: 'Its container is ready; nobody hears of its node.',
    world: one({ ready: false, containersReady: true, changed: 200 }),
    expect: { confirmed: ['nodeSilent'], inconclusive: ['nodeNetwork'], recovered: 'ruled-out' },
  },
  'node-silent-old-server': {
    about: 'A server before 1.11 does not say whether containers are ready.',
    world: one({ ready: false, containersReady: null, changed: 200 }),
    expect: { inconclusive: ['nodeNetwork', 'nodeSilent'] },
  },

  'scaled-to-zero': {
    about: 'Somebody has scaled it to zero.',
    world: { ...quiet, pods: [], deployment: { replicas: 0 }, answers: {}, upstreams: {}, apiCalls: {}, processes: {} },
    expect: {
      confirmed: ['scaledToZero'],
      inconclusive: [...ofPods, 'cpuThrottled', ...deaf.filter((cause) => cause !== 'nodeNetwork')],
      recovered: 'inconclusive',
    },
  },
  'no-deployment': {
    about: 'A DaemonSet makes its pods, as with kops.',
    world: { ...quiet, deployment: null },
    expect: { inconclusive: ['scaledToZero'], recovered: 'confirmed' },
  },
  'deployment-forbidden': {
    about: 'The Deployment may not be read.',
    world: one(crashing, lines.parse, null),
    failing: ['get Deployment'],
    expect: { confirmed: ['configRefused'], inconclusive: ['nodeNetwork', 'scaledToZero'] },
  },

  'no-service': {
    about: 'Somebody has deleted the Service.',
    world: { ...quiet, service: null, notInSlices: ['coredns-a', 'coredns-b'] },
    expect: { confirmed: ['serviceAstray'], inconclusive: ['nodeNetwork'], recovered: 'ruled-out' },
  },
  'service-of-another-name': {
    about: 'A chart of its own calls all of it otherwise.',
    world: { ...quiet, service: null, deployment: null, corefile: null, notInSlices: ['coredns-a', 'coredns-b'] },
    expect: { inconclusive: ['serviceAstray', 'scaledToZero', 'nodeNetwork'], recovered: 'inconclusive' },
  },
  'rke2-and-well': {
    about: 'RKE2 calls all of it after its chart.',
    world: ofRke2,
    expect: { inconclusive: ['scaledToZero'], recovered: 'confirmed' },
  },
  'rke2-without-its-service': {
    about: 'RKE2, and somebody has deleted the Service.',
    world: { ...ofRke2, service: null, notInSlices: ['coredns-a', 'coredns-b'] },
    expect: { confirmed: ['serviceAstray'], inconclusive: ['scaledToZero', 'nodeNetwork'], recovered: 'ruled-out' },
  },
  'rke2-with-a-broken-corefile': {
    about: 'RKE2, and a Corefile with which it cannot start.',
    world: { ...one(crashing, lines.parse, null), ...rke2, pods: one(crashing, lines.parse, null).pods.map(onRke2) },
    expect: { confirmed: ['configRefused'], inconclusive: ['nodeNetwork', 'scaledToZero'] },
  },
  'openshift-or-cloud-dns': {
    about: 'No pod in kube-system bears the label: OpenShift runs CoreDNS elsewhere, Cloud DNS of GKE nowhere.',
    world: {
      ...quiet,
      pods: [],
      service: null,
      deployment: null,
      corefile: null,
      answers: {},
      upstreams: {},
      apiCalls: {},
      processes: {},
    },
    expect: {
      inconclusive: [...ofPods, 'cpuThrottled', 'scaledToZero', ...deaf.filter((cause) => cause !== 'nodeNetwork')],
      recovered: 'inconclusive',
    },
  },
  'selector-of-nobody': {
    about: 'The selector names a label that no pod has.',
    world: { ...quiet, service: { selector: { 'k8s-app': 'coredns' } }, notInSlices: ['coredns-a', 'coredns-b'] },
    expect: { confirmed: ['serviceAstray'], inconclusive: ['nodeNetwork'], recovered: 'ruled-out' },
  },
  'service-leads-to-another-dns': {
    about: 'The selector is that of a new DNS, whose pods are ready endpoints: to patch it would lead nowhere.',
    world: {
      ...quiet,
      service: { selector: { app: 'dns-next' } },
      notInSlices: ['coredns-a', 'coredns-b'],
      alsoInSlices: ['dns-next-1', 'dns-next-2'],
    },
    expect: { inconclusive: ['serviceAstray', 'nodeNetwork'], recovered: 'ruled-out' },
  },
  'slices-not-kept': {
    about: 'Pods are ready and no endpoint: the controller manager is down.',
    world: { ...quiet, notInSlices: ['coredns-a'] },
    expect: { confirmed: ['serviceAstray'], inconclusive: ['nodeNetwork'], recovered: 'ruled-out' },
  },
  'slices-not-kept-yet': {
    about: 'A pod has become ready half a minute ago.',
    world: { ...quiet, pods: [{ ...first, changed: 30 }, second], notInSlices: ['coredns-a'] },
    expect: { inconclusive: ['nodeNetwork', 'serviceAstray'], recovered: 'ruled-out' },
  },
  'slices-not-kept-for-three-minutes': {
    about: 'That is too long.',
    world: { ...quiet, pods: [{ ...first, changed: 200 }, second], notInSlices: ['coredns-a'] },
    expect: { confirmed: ['serviceAstray'], inconclusive: ['nodeNetwork'] },
  },
  'service-without-a-selector': {
    about: 'Somebody else keeps its endpoints.',
    world: { ...quiet, service: { selector: {} } },
    expect: { inconclusive: ['serviceAstray'] },
  },
  'slices-forbidden': {
    about: 'Endpoints may not be read.',
    world: quiet,
    failing: ['list EndpointSlice'],
    expect: { inconclusive: ['nodeNetwork', 'serviceAstray'], recovered: 'inconclusive' },
  },

  'another-dns': {
    about: 'GKE runs kube-dns under the same label.',
    world: {
      ...quiet,
      pods: [{ ...first, image: 'gke.gcr.io/k8s-dns-kube-dns:1.22' }],
      deployment: null,
      answers: {},
      upstreams: {},
      apiCalls: {},
      processes: {},
    },
    expect: {
      inconclusive: [...ofPods, 'cpuThrottled', 'scaledToZero', ...deaf.filter((cause) => cause !== 'nodeNetwork')],
      recovered: 'inconclusive',
    },
  },
  'more-pods-than-are-read': {
    about: 'Those that were looked at are well; there are others.',
    world: { ...quiet, more: true },
    expect: { inconclusive: [...ofPods, 'cpuThrottled'], recovered: 'inconclusive' },
  },
  'etcd-lost': {
    about: 'The API server has lost etcd: its objects may be old copies, what CoreDNS writes and counts is not.',
    world: { ...quiet, etcdLost: true },
    expect: { inconclusive: [...ofPods, 'scaledToZero', 'panics'], recovered: 'inconclusive' },
  },
  'objects-forbidden': {
    about: 'Nothing of Kubernetes may be read: figures tell what they can.',
    world: { ...quiet, upstreams: { [UPSTREAM]: { ...wellUpstream, p99: 6 } } },
    failing: ['list ', 'get ', 'logs ', 'probe '],
    expect: {
      confirmed: ['upstreamSlow'],
      inconclusive: [...ofPods, 'scaledToZero', 'apiUnreachable', 'upstreamFails', 'cpuThrottled', 'panics'],
      recovered: 'inconclusive',
    },
  },
  'ready-for-100-seconds': {
    about: 'Well, and not for long.',
    world: { ...quiet, pods: [{ ...first, changed: 100, started: 110 }, second] },
    expect: { inconclusive: ['nodeNetwork'], recovered: 'ruled-out' },
  },
  'ready-for-17-minutes': {
    about: 'Well, and for long enough.',
    world: { ...quiet, pods: [{ ...first, changed: 1_000, started: 1_010 }, second] },
    expect: { recovered: 'confirmed' },
  },
  'answers-not-timed': {
    about:
      'A Prometheus that drops histograms for their many series: how long answers take is not known, and nothing closes on it.',
    world: {
      ...quiet,
      answers: { questions: 420, servfail: 0.001, nxdomain: 0.4, panics: 0, refusedReloads: 0, pods: 2 },
    },
    expect: { recovered: 'inconclusive' },
  },
  'answers-of-one-pod-counted': {
    about: 'Of two pods one is scraped: its answers are well, and nobody knows those of the other.',
    world: { ...quiet, answers: { ...wellAnswers, pods: 1 } },
    expect: { recovered: 'inconclusive' },
  },
  'ready-and-slow': {
    about: 'Its own answers take six seconds, and its upstream does not.',
    world: { ...quiet, answers: { ...wellAnswers, p99: 6 } },
    expect: { recovered: 'ruled-out' },
  },
};
