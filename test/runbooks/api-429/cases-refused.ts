import type { Written } from './cases.ts';
import { noisy } from './noise.ts';
import { readyWith, type World, world } from './world.ts';

const open = 'inconclusive' as const;
const broken = { recovered: 'ruled-out' } as const;

const refusedReads = (made: World) => {
  made.answers = [
    { all: 300, broken: 0, refusedNow: 8 },
    { verb: 'LIST', resource: 'pods', refused: 5 },
    { verb: 'WATCH', resource: 'secrets', refused: 3 },
  ];
};

const restarted = (made: World, ageSeconds: number) => {
  made.servers = made.servers.map((row, index) => (index === 0 ? { ...row, ageSeconds, restarts: 1 } : row));
};

/** An API server has just begun, and fills its cache. */
export const filling = (made: World) => {
  refusedReads(made);
  restarted(made, 90);
};

const starved = (made: World) => {
  made.containers = made.containers.map((row) =>
    row.container === 'kube-apiserver' ? { ...row, throttled: 0.6 } : row,
  );
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
  'slow-webhook': {
    about: 'A webhook takes 8 s and holds every write for as long',
    world: world((made) => {
      made.webhooks = [{ name: 'policy.example.com', p99: 8.1, calls: 60, holds: 14 }, { writes: 2.2 }];
    }),
    differs: { slowWebhook: 'confirmed', recovered: 'ruled-out' },
  },
  'webhook-of-few-calls': {
    about: 'A webhook is called 60 times in five minutes and takes 1.4 s: it holds a quarter of a seat, of 600',
    world: world((made) => {
      made.webhooks = [{ name: 'policy.example.com', p99: 1.4, calls: 60, holds: 0.25 }, { writes: 0.2 }];
    }),
    differs: { slowWebhook: open },
  },
  'webhook-of-a-starved-server': {
    about: 'A CPU limit throttles the API servers, and their one webhook seems to take 1.4 s',
    world: world((made) => {
      starved(made);
      made.webhooks = [{ name: 'policy.example.com', p99: 1.4, calls: 600, holds: 2.4 }, { writes: 0.4 }];
    }),
    differs: { slowWebhook: open, starvedServer: 'confirmed' },
  },
  'slow-webhook-beside-a-quick-one': {
    about: 'The same, and another webhook is quick for the same servers: so it is the one that is slow',
    world: world((made) => {
      starved(made);
      made.webhooks = [
        { name: 'policy.example.com', p99: 1.4, calls: 600, holds: 2.4 },
        { name: 'names.example.com', p99: 0.03, calls: 600, holds: 0.1 },
        { writes: 0.4 },
      ];
    }),
    differs: { slowWebhook: 'confirmed', starvedServer: 'confirmed' },
  },
  'webhook-in-between': {
    about: 'A webhook takes 700 ms',
    world: world((made) => {
      made.webhooks = [{ name: 'policy.example.com', p99: 0.7, calls: 600, holds: 2 }, { writes: 0.2 }];
    }),
    differs: { slowWebhook: open },
  },
  'webhook-of-an-old-server': {
    about:
      'All calls of a webhook take 600 ms; an old server has no edge between 500 ms and 2.5 s, and finds a p99 of 2.5 s',
    world: world((made) => {
      made.webhooks = [{ name: 'mesh.example.com', p99: 2.48, calls: 600, holds: 1.2 }, { writes: 0.65 }];
      made.uncounted = ['withinSecond'];
    }),
    differs: { slowWebhook: open },
  },
  'slow-webhook-of-an-old-server': {
    about: 'The same server; the calls take 2 s on average',
    world: world((made) => {
      made.webhooks = [{ name: 'mesh.example.com', p99: 2.48, calls: 600, holds: 4 }, { writes: 2.1 }];
      made.uncounted = ['withinSecond'];
    }),
    differs: { slowWebhook: 'confirmed', recovered: 'ruled-out' },
  },
  'answers-5xx-in-part': {
    about: 'One in fourteen answers is a 5xx, of an aggregated API for instance; nothing else is wrong',
    world: world((made) => {
      made.answers = [{ all: 420, broken: 30 }];
    }),
    differs: { recovered: 'ruled-out' },
  },
  'answers-5xx-now-and-then': {
    about: 'One in 140 answers is a 5xx',
    world: world((made) => {
      made.answers = [{ all: 420, broken: 3 }];
    }),
    differs: {},
  },
  'answers-5xx-no-more': {
    about: 'Many answers were a 5xx until three minutes ago',
    world: world((made) => {
      made.answers = [{ all: 420, broken: 30, allNow: 420, brokenNow: 0 }];
    }),
    differs: {},
  },
  'writes-take-700-ms': {
    about: 'Writes take 700 ms, no webhook is slow, and etcd is quick',
    world: world((made) => {
      made.webhooks = [{ name: 'policy.example.com', p99: 0.2, calls: 900, holds: 0.05 }, { writes: 0.7 }];
    }),
    differs: {},
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
    world: world(filling),
    differs: { watchCache: 'confirmed', shuttingDown: open, ...broken },
  },
  'watch-cache-and-some-rejections': {
    about: 'The same, and a quarter of what is refused is rejected by priority and fairness',
    world: world((made) => {
      filling(made);
      made.flows.push({
        priority_level: 'workload-low',
        flow_schema: 'service-accounts',
        ...{ reason: 'time-out', rejected: 2, rejectedNow: 2 },
      });
    }),
    differs: { watchCache: open, noisyFlow: open, shuttingDown: open, ...broken },
  },
  'refusals-not-counted': {
    about: 'How much is refused in all is not there: none among the first ten kinds is not none',
    world: world((made) => {
      made.uncounted = ['allRefused', 'refusedNow'];
    }),
    differs: { evictionBudget: open, watchCache: open, recovered: open },
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
      restarted(made, 300);
    }),
    differs: { shuttingDown: 'confirmed' },
  },
  'told-by-clients-of-one-that-hangs': {
    about:
      'Clients count 429s that no API server counts, and one hangs: what it refuses nobody sees, and it is not ending',
    world: world((made) => {
      made.answers = [
        { all: 300, broken: 0 },
        { job: 'kubelet', clients: 3 },
      ];
      made.servers = made.servers.map((row, index) =>
        index === 2 ? { ...row, up: 0, scrapeSeconds: 10, ageSeconds: undefined, restarts: undefined } : row,
      );
    }),
    differs: { shuttingDown: open, stuckInstance: open, notObservable: open, recovered: open },
  },
  'told-by-clients-of-other-servers': {
    about: 'A program counts 429s, of a server nobody knows; one API server was started five minutes ago',
    world: world((made) => {
      made.answers = [
        { all: 300, broken: 0 },
        { job: 'fleet-agent', clients: 3 },
      ];
      restarted(made, 300);
    }),
    differs: { shuttingDown: open },
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
