import type { Written } from './cases.ts';
import { filling } from './cases-refused.ts';
import { type World, world } from './world.ts';

const open = 'inconclusive' as const;
const broken = { recovered: 'ruled-out' } as const;

const overflowing = (made: World, began: number) => {
  made.machines = made.machines.map((row, index) => (index === 0 ? { ...row, overflows: 0.1 } : row));
  made.began.overflows = began;
};
const firstServer = (made: World, figures: Record<string, number | undefined>) => {
  made.servers = made.servers.map((row, index) => (index === 0 ? { ...row, ...figures } : row));
};
const silent = { up: 0, scrapeSeconds: 10, ageSeconds: undefined, restarts: undefined };
const throttled = (made: World) => {
  made.containers = made.containers.map((row) =>
    row.container === 'kube-apiserver' ? { ...row, throttled: 0.6 } : row,
  );
};

export const falseLeads: Readonly<Record<string, Written>> = {
  'accept-queue-first': {
    about:
      'Connections come faster than they are accepted, and nothing else is wrong: the kubelet gets through no more',
    world: world((made) => {
      overflowing(made, 600);
      made.serversReady = [false, true, true];
    }),
    differs: { acceptQueue: 'confirmed' },
  },
  'accept-queue-of-another': {
    about: 'Some accept queue of a control plane machine overflows, and new connections to its API server are answered',
    world: world((made) => overflowing(made, 600)),
    differs: { acceptQueue: open },
  },
  'accept-queue-and-server-silent': {
    about: 'An accept queue overflows on the machine of an API server that answers nobody, also not who is connected',
    world: world((made) => {
      overflowing(made, 600);
      firstServer(made, silent);
      made.serversReady = [false, true, true];
    }),
    differs: {
      stuckInstance: 'confirmed',
      shuttingDown: open,
      notObservable: open,
      acceptQueue: open,
      recovered: open,
    },
  },
  'accept-queue-for-long': {
    about: 'The accept queue has been full for longer than half an hour',
    world: world((made) => overflowing(made, 1800)),
    differs: { acceptQueue: open },
  },
  'accept-queue-with-slow-etcd-at-once': {
    about: 'The accept queue fills in the same minute in which etcd becomes slow',
    world: world((made) => {
      overflowing(made, 600);
      made.began.etcdMean = 620;
      made.etcd = made.etcd.map((row) => ({ ...row, mean: 0.5, meanNow: 0.5 }));
    }),
    differs: { acceptQueue: open, etcdSlow: 'confirmed', ...broken },
  },
  'stuck-instance': {
    about: 'One API server of three never answers, nor its kubelet; everything around it is well',
    world: world((made) => {
      firstServer(made, silent);
      made.serversReady = [false, true, true];
    }),
    differs: { stuckInstance: 'confirmed', shuttingDown: open, notObservable: open, recovered: open },
  },
  'scrape-lost-on-its-way': {
    about:
      'One API server of three does not answer Prometheus and answers its own kubelet: something on the way swallows it',
    world: world((made) => firstServer(made, silent)),
    differs: { stuckInstance: open, shuttingDown: open, notObservable: open, recovered: open },
  },
  'stuck-instance-outside-kubernetes': {
    about: 'One API server of three does not answer Prometheus, and none of them is a static pod',
    world: world((made) => {
      firstServer(made, silent);
      made.serversReady = undefined;
    }),
    differs: { stuckInstance: open, shuttingDown: open, notObservable: open, recovered: open },
  },
  'server-age-not-scraped': {
    about: 'Since when the API servers run is not scraped: one may have started anew',
    world: world((made) => {
      made.uncounted = ['ageSeconds'];
    }),
    differs: { shuttingDown: open },
  },
  'down-not-stuck': {
    about: 'One API server of three refuses connections',
    world: world((made) =>
      firstServer(made, { up: 0, scrapeSeconds: 0.3, ageSeconds: undefined, restarts: undefined }),
    ),
    differs: { shuttingDown: open, notObservable: open, recovered: open },
  },
  'stuck-or-starved': {
    about: 'One API server does not answer, and its container is throttled',
    world: world((made) => {
      firstServer(made, silent);
      throttled(made);
    }),
    differs: {
      stuckInstance: open,
      starvedServer: 'confirmed',
      shuttingDown: open,
      notObservable: open,
      recovered: open,
    },
  },
  'starved-throttled': {
    about: 'A CPU limit throttles the API servers, etcd is well',
    world: world(throttled),
    differs: { starvedServer: 'confirmed' },
  },
  'starved-and-etcd-only-seems-slow': {
    about: 'The machines are 97 % busy; etcd seems slow to the API server, by its own figures it is not',
    world: world((made) => {
      made.machines = made.machines.map((row) => ({ ...row, busy: 0.97, load: 31 }));
      made.etcd = made.etcd.map((row) => ({ ...row, mean: 0.4, meanNow: 0.4 }));
    }),
    differs: { starvedServer: 'confirmed', etcdSlow: open, ...broken },
  },
  'starved-and-a-scrape-of-etcd-refused': {
    about: 'The same, and the scrape of one member is refused, which does not tell that it is slow',
    world: world((made) => {
      made.machines = made.machines.map((row) => ({ ...row, busy: 0.97, load: 31 }));
      made.etcd = made.etcd.map((row) => ({ ...row, mean: 0.4, meanNow: 0.4 }));
      made.members = made.members.map((row, index) =>
        index === 0 ? { ...row, up: 0, scrapeSeconds: 0.003, fsyncP99: undefined, restarts: undefined } : row,
      );
    }),
    differs: { starvedServer: open, etcdSlow: open, ...broken },
  },
  'accept-queue-after-full-level': {
    about: 'The accept queue overflows eight minutes after a priority level was full',
    world: world((made) => {
      overflowing(made, 120);
      made.began.seats = 600;
    }),
    differs: {},
  },
  'starved-waiting': {
    about: 'By the kernel the API servers wait for CPU 30 % of the time',
    world: world((made) => {
      made.containers = made.containers.map((row) =>
        row.container === 'kube-apiserver' ? { ...row, cpuWaiting: 0.3 } : row,
      );
    }),
    differs: { starvedServer: 'confirmed' },
  },
  'busy-machines': {
    about: 'The machines are 80 % busy: not short of CPU, and not well',
    world: world((made) => {
      made.machines = made.machines.map((row) => ({ ...row, busy: 0.8 }));
    }),
    differs: { starvedServer: open },
  },
  'starved-and-etcd-slow-too': {
    about: "The machines are 97 % busy, etcd seems slow to the API server, and etcd's own fsyncs take 20 ms",
    world: world((made) => {
      made.machines = made.machines.map((row) => ({ ...row, busy: 0.97, load: 31 }));
      made.etcd = made.etcd.map((row) => ({ ...row, mean: 0.4, meanNow: 0.4 }));
      made.members = made.members.map((row) => ({ ...row, fsyncP99: 0.02 }));
    }),
    differs: { starvedServer: open, etcdSlow: 'confirmed', ...broken },
  },
  'prometheus-down': {
    about: 'Prometheus refuses connections; the API server says that all is well with it',
    world: world((made) => made.failing.set('Prometheus', 'unreachable')),
    differs: {
      notObservable: open,
      evictionBudget: open,
      etcdAtMemoryLimit: open,
      etcdSlow: open,
      noisyFlow: open,
      slowWebhook: open,
      starvedServer: open,
      watchCache: open,
      shuttingDown: open,
      stuckInstance: open,
      acceptQueue: open,
      recovered: open,
    },
  },
  'kubernetes-down': {
    about: 'The API server refuses connections, Prometheus still tells what it answered before',
    world: world((made) => made.failing.set('Kubernetes', 'unreachable')),
    differs: { shuttingDown: open, fairnessOff: open, recovered: open },
  },
  'may-not-read': {
    about: 'Nightshift may not read the dumps of priority and fairness',
    world: world((made) => made.failing.set('ownAnswer', 'forbidden').set('clients', 'forbidden')),
    differs: { fairnessOff: open },
  },
  'watch-cache-and-some-rejected': {
    about: 'An API server fills its cache, and priority and fairness rejects a fifth as much',
    world: world((made) => {
      filling(made);
      made.flows.push({
        priority_level: 'workload-low',
        flow_schema: 'service-accounts',
        reason: 'time-out',
        rejected: 1.6,
      });
    }),
    differs: { watchCache: open, noisyFlow: open, shuttingDown: open, ...broken },
  },
};
