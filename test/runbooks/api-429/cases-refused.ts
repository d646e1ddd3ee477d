import type { Written } from './cases.ts';
import { readyWith, type Waiting, type World, world } from './world.ts';

const open = 'inconclusive' as const;
const broken = { recovered: 'ruled-out' } as const;

const scanner: Waiting = {
  level: 'workload-low',
  flow: 'service-accounts',
  user: 'system:serviceaccount:security:scanner',
  verb: 'list',
  resource: 'pods',
  count: 60,
};
const others: Waiting = {
  ...scanner,
  user: 'system:serviceaccount:shop:cart',
  verb: 'get',
  resource: 'configmaps',
  count: 6,
};

/** One client fills `workload-low`; etcd is well. */
function noisy(made: World, dispatched = 240): void {
  made.answers = [
    { all: 700, broken: 0, refusedNow: 62, endedNow: 62 },
    { verb: 'LIST', resource: 'pods', refused: 60, ended: 60 },
    { verb: 'GET', resource: 'configmaps', refused: 2, ended: 2 },
  ];
  made.flows = [
    ...made.flows.filter(({ priority_level }) => priority_level !== 'workload-low'),
    { priority_level: 'workload-low', flow_schema: 'service-accounts', reason: 'queue-full', rejected: 62 },
    {
      priority_level: 'workload-low',
      flow_schema: 'service-accounts',
      dispatched,
      usual: 55,
      took: 0.9,
      rejectedNow: 62,
      waiting: 126,
    },
    { priority_level: 'workload-low', seats: 1 },
  ];
  made.waiting = [scanner, others];
  made.deployments = [
    { name: 'scanner', serviceAccountName: 'scanner', replicas: 3 },
    { name: 'reports', serviceAccountName: 'reports', replicas: 1 },
  ];
  made.began = { seats: 400, rejected: 390 };
}

const refusedReads = (made: World) => {
  made.answers = [
    { all: 300, broken: 0, refusedNow: 8 },
    { verb: 'LIST', resource: 'pods', refused: 5 },
    { verb: 'WATCH', resource: 'secrets', refused: 3 },
  ];
};

export const refused: Readonly<Record<string, Written>> = {
  healthy: { about: 'All is well and all is seen', world: world(), differs: {} },
  'hardly-anything': {
    about: 'A request refused every minute, an overflow every other, an API server that started some hours ago',
    world: world((made) => {
      made.answers = [
        { all: 420, broken: 0, refusedNow: 0.02 },
        { verb: 'LIST', resource: 'pods', refused: 0.02 },
      ];
      made.flows.push({
        priority_level: 'workload-low',
        flow_schema: 'service-accounts',
        reason: 'time-out',
        rejected: 0.02,
      });
      made.machines = made.machines.map((row) => ({ ...row, overflows: 0.01 }));
      made.servers = made.servers.map((row, index) => (index === 0 ? { ...row, ageSeconds: 5000 } : row));
    }),
    differs: {},
  },
  'noisy-flow': {
    about: 'One ServiceAccount lists all pods again and again and fills workload-low',
    world: world(noisy),
    differs: { noisyFlow: 'confirmed', ...broken },
  },
  'noisy-flow-without-yesterday': {
    about: 'The same in a cluster too young for yesterday: its client is named by the queues',
    world: world((made) => {
      noisy(made);
      made.flows = made.flows.map((row) => ({ ...row, usual: undefined }));
    }),
    differs: { noisyFlow: 'confirmed', ...broken },
  },
  'noisy-flow-ownerless': {
    about: 'The flow has grown five times; who asks could not be read, since our own requests are refused as well',
    world: world((made) => {
      noisy(made);
      made.own = { status: 429, text: 'Too many requests, please try again later.\n' };
    }),
    differs: { noisyFlow: 'confirmed', ...broken },
  },
  'noisy-controller-manager': {
    about: 'A part of the cluster itself fills its level: 40 Deployments are rolled out at once',
    world: world((made) => {
      noisy(made);
      made.waiting = [{ ...scanner, user: 'system:kube-controller-manager', verb: 'create' }];
      made.rollouts = [
        { known: 140, count: 40 },
        { namespace: 'shop', deployment: 'cart', changed: 2 },
      ];
    }),
    differs: { noisyFlow: 'confirmed', ...broken },
  },
  'noisy-flow-hardly-waiting': {
    about: 'No yesterday to compare with, and only five requests wait, all of one client: that may be chance',
    world: world((made) => {
      noisy(made);
      made.flows = made.flows.map((row) => ({ ...row, usual: undefined }));
      made.waiting = [{ ...scanner, count: 5 }];
    }),
    differs: { noisyFlow: open, ...broken },
  },
  'crowd-not-one': {
    about: 'The level is full, no flow has grown threefold, and nobody has most of the queue',
    world: world((made) => {
      noisy(made, 70);
      made.waiting = [
        { ...scanner, count: 20 },
        { ...others, count: 30 },
      ];
      made.flows = made.flows.map((row) => (row.dispatched === 70 ? { ...row, usual: 60 } : row));
    }),
    differs: { noisyFlow: open, ...broken },
  },
  'several-levels-full': {
    about: 'Three priority levels reject at once although etcd is well',
    world: world((made) => {
      noisy(made);
      made.flows.push(
        {
          priority_level: 'workload-high',
          flow_schema: 'kube-controller-manager',
          reason: 'time-out',
          rejected: 30,
          rejectedNow: 30,
        },
        {
          priority_level: 'global-default',
          flow_schema: 'global-default',
          reason: 'queue-full',
          rejected: 20,
          rejectedNow: 20,
        },
      );
    }),
    differs: { noisyFlow: open, ...broken },
  },
  'noisy-flow-isolated': {
    about: 'The noisy client has a level of its own by now: it is refused there and disturbs nobody',
    world: world((made) => {
      noisy(made);
      const level = { priority_level: 'nightshift-security-scanner', flow_schema: 'nightshift-security-scanner' };
      made.flows = [
        ...world().flows,
        { ...level, reason: 'queue-full', rejected: 62 },
        { ...level, dispatched: 12, rejectedNow: 62 },
      ];
      made.waiting = [{ ...scanner, level: level.priority_level, flow: level.flow_schema, count: 50 }];
    }),
    differs: {},
  },
  'noisy-flow-and-slow-etcd': {
    about: 'One client asks five times as much, and etcd is slow: which is first cannot be told',
    world: world((made) => {
      noisy(made);
      made.etcd = made.etcd.map((row) => ({ ...row, mean: 0.5, meanNow: 0.5 }));
      made.began.etcdMean = 395;
    }),
    differs: { noisyFlow: open, etcdSlow: 'confirmed', ...broken },
  },
  'noisy-flow-and-slow-webhook': {
    about: 'Two at once: a client that asks five times as much, and a webhook that takes 8 s',
    world: world((made) => {
      noisy(made);
      made.webhooks = [{ name: 'policy.example.com', p99: 8.1, calls: 600, holds: 14 }, { writes: 2.2 }];
    }),
    differs: { noisyFlow: 'confirmed', slowWebhook: 'confirmed', ...broken },
  },
  'slow-webhook': {
    about: 'A webhook takes 8 s and holds every write for as long',
    world: world((made) => {
      made.webhooks = [{ name: 'policy.example.com', p99: 8.1, calls: 60, holds: 14 }, { writes: 2.2 }];
    }),
    differs: { slowWebhook: 'confirmed' },
  },
  'webhook-in-between': {
    about: 'A webhook takes 700 ms',
    world: world((made) => {
      made.webhooks = [{ name: 'policy.example.com', p99: 0.7, calls: 600, holds: 2 }, { writes: 0.2 }];
    }),
    differs: { slowWebhook: open },
  },
  'webhook-hardly-called': {
    about: 'A webhook was called four times and took 8 s: that holds no seats',
    world: world((made) => {
      made.webhooks = [{ name: 'policy.example.com', p99: 8.1, calls: 4, holds: 0.1 }, { writes: 0.03 }];
    }),
    differs: {},
  },
  'webhook-not-measured': {
    about: 'No webhook is measured, and writes take 400 ms',
    world: world((made) => {
      made.webhooks = [{ writes: 0.4 }];
    }),
    differs: { slowWebhook: open },
  },
  'eviction-budget': {
    about: 'A drain that a disruption budget holds up: every 429 answers an eviction',
    world: world((made) => {
      made.answers = [
        { all: 300, broken: 0 },
        { verb: 'POST', resource: 'pods', subresource: 'eviction', refused: 0.4 },
        { verb: 'LIST', resource: 'pods', refused: 0.02 },
      ];
    }),
    differs: { evictionBudget: 'confirmed' },
  },
  'evictions-and-others': {
    about: 'Evictions are refused, and lists as well, by priority and fairness',
    world: world((made) => {
      noisy(made);
      made.answers.push({ verb: 'POST', resource: 'pods', subresource: 'eviction', refused: 0.4 });
    }),
    differs: { evictionBudget: open, noisyFlow: 'confirmed', ...broken },
  },
  'watch-cache': {
    about: 'An API server started 90 s ago and fills its cache: lists and watches are refused, nothing else',
    world: world((made) => {
      refusedReads(made);
      made.servers = made.servers.map((row, index) => (index === 0 ? { ...row, ageSeconds: 90, restarts: 1 } : row));
    }),
    differs: { watchCache: 'confirmed', shuttingDown: open, ...broken },
  },
  'watch-cache-after-etcd': {
    about: 'etcd started anew, and the watch caches with it',
    world: world((made) => {
      refusedReads(made);
      made.members = made.members.map((row) => ({ ...row, restarts: 1 }));
    }),
    differs: { watchCache: 'confirmed', ...broken },
  },
  'watch-cache-without-a-start': {
    about: 'Lists and watches are refused although nobody started anew',
    world: world(refusedReads),
    differs: { watchCache: open, ...broken },
  },
  'shutting-down': {
    about: 'The API server that answered us says that it is shutting down',
    world: world((made) => {
      made.own = { status: 429, text: 'The apiserver is shutting down, please try again later.\n' };
      made.readyz = readyWith('shutdown');
      made.servers = made.servers.map((row, index) =>
        index === 0 ? { ...row, up: 0, scrapeSeconds: 0.002, ageSeconds: undefined } : row,
      );
    }),
    differs: { shuttingDown: 'confirmed', notObservable: open, ...broken },
  },
  'shutting-down-told-by-clients': {
    about: 'Clients count 429s that no API server counts, and one was started anew: it ended before',
    world: world((made) => {
      made.answers = [
        { all: 300, broken: 0 },
        { job: 'kubelet', clients: 3 },
      ];
      made.servers = made.servers.map((row, index) => (index === 0 ? { ...row, ageSeconds: 300, restarts: 1 } : row));
    }),
    differs: { shuttingDown: 'confirmed' },
  },
  'fairness-off': {
    about: 'Priority and fairness is switched off: the plain limits refuse whoever comes late',
    world: world((made) => {
      made.own = { status: 404, text: '404 page not found\n' };
      made.flows = [];
      made.answers = [
        { all: 700, broken: 0, endedNow: 30 },
        { verb: 'GET', resource: 'pods', ended: 30 },
      ];
    }),
    differs: {
      fairnessOff: 'confirmed',
      evictionBudget: 'ruled-out',
      noisyFlow: open,
      watchCache: 'ruled-out',
      recovered: open,
    },
  },
};
