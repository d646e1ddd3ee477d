import type { Written } from './cases.ts';
import { noisy, others, scanner } from './noise.ts';
import { type World, world } from './world.ts';

const open = 'inconclusive' as const;
const broken = { recovered: 'ruled-out' } as const;

const slowWebhook = (made: World) => {
  made.webhooks = [{ name: 'policy.example.com', p99: 8.1, calls: 600, holds: 14 }, { writes: 2.2 }];
};
const throttled = (made: World) => {
  made.containers = made.containers.map((row) =>
    row.container === 'kube-apiserver' ? { ...row, throttled: 0.6 } : row,
  );
};
/** The flow is served as much as yesterday. */
const asUsual = (made: World, served: number) => {
  noisy(made, served);
  made.flows = made.flows.map((row) => (row.dispatched === served ? { ...row, usual: served } : row));
};
/** In the same level one flow is served four times as much and refused; a client of another, as ever, waits for its turn. */
const ofAnotherFlow = (made: World) => {
  noisy(made);
  const robots = { priority_level: 'workload-low', flow_schema: 'batch-robots' };
  const accounts = { priority_level: 'workload-low', flow_schema: 'service-accounts' };
  made.flows = [
    ...made.flows.filter(({ flow_schema }) => flow_schema !== 'service-accounts'),
    { ...robots, reason: 'queue-full', rejected: 62 },
    { ...robots, dispatched: 240, usual: 55, lastWeek: 55, took: 0.9, rejectedNow: 62, waiting: 100 },
    { ...accounts, dispatched: 60, usual: 58, lastWeek: 58, took: 0.05 },
  ];
};
/** Its flow schema was made today. */
const ofToday = (made: World) => {
  noisy(made);
  made.flows = made.flows.map((row) =>
    row.dispatched === 240 ? { ...row, usual: undefined, lastWeek: undefined } : row,
  );
  made.flows.push({ priority_level: 'system', flow_schema: 'system-nodes', dispatched: 8, usual: 8, took: 0.01 });
};
/** Yesterday all flows were served a third of it. */
const monday = (made: World) => {
  noisy(made, 240);
  made.flows = made.flows.map((row) =>
    row.dispatched === undefined ? row : { ...row, usual: Number(row.dispatched) / 3.2 },
  );
};
/** What the noisy flow was served at this hour a week ago. */
const weekly = (made: World, lastWeek: number) => {
  made.flows = made.flows.map((row) => (row.dispatched === 240 ? { ...row, lastWeek } : row));
};
/** It is served as yesterday, and all that is refused is asked again. */
const refusedMore = (made: World) => {
  noisy(made, 60);
  made.flows = made.flows.map((row) => (row.rejected === undefined ? row : { ...row, rejected: 200 }));
};

/** A client that asks too much, or one that waits for something else. */
export const noisyCases: Readonly<Record<string, Written>> = {
  'noisy-flow': {
    about: 'One ServiceAccount lists all pods again and again and fills workload-low',
    world: world(noisy),
    differs: { noisyFlow: 'confirmed', ...broken },
  },
  'noisy-flow-of-today': {
    about:
      'The same by a flow schema that was made today: the queues name its client, and what its flow asked yesterday nobody knows',
    world: world(ofToday),
    differs: { noisyFlow: open, ...broken },
  },
  'flow-of-today-and-nobody-waits': {
    about: 'A flow schema that was made today is refused, and no one client stands out in the queues',
    world: world((made) => {
      ofToday(made);
      made.waiting = [];
    }),
    differs: { noisyFlow: open, ...broken },
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
  'noisy-flow-and-a-client-of-another': {
    about:
      'One flow of the level is served four times as much and refused; who has most of the queue is of another, as ever',
    world: world(ofAnotherFlow),
    differs: { noisyFlow: 'confirmed', ...broken },
  },
  'client-of-a-flow-not-refused': {
    about: 'No yesterday to compare with, and who has most of the queue is of a flow of which nothing is refused',
    world: world((made) => {
      ofAnotherFlow(made);
      made.flows = made.flows.map((row) => ({ ...row, usual: undefined, lastWeek: undefined }));
    }),
    differs: { noisyFlow: open, ...broken },
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
    differs: { noisyFlow: open, slowWebhook: 'confirmed', ...broken },
  },
  'noisy-flow-and-a-webhook-of-twelve-calls': {
    about: 'As noisy-flow; a webhook is slow and called twelve times: it holds 0.05 seats, for which nobody waits',
    world: world((made) => {
      noisy(made);
      made.webhooks.push({ name: 'audit.example.com', p99: 1.4, calls: 12, holds: 0.05 });
    }),
    differs: { noisyFlow: 'confirmed', slowWebhook: open, ...broken },
  },
  'monday-and-a-slow-webhook': {
    about: 'Monday: all are served three times what they were on Sunday, as every week. A webhook holds the seats',
    world: world((made) => {
      monday(made);
      slowWebhook(made);
    }),
    differs: { noisyFlow: open, slowWebhook: 'confirmed', ...broken },
  },
  monday: {
    about: 'Monday: all flows are served three times what they were on Sunday, and one client has most of the queue',
    world: world(monday),
    differs: { noisyFlow: open, ...broken },
  },
  'noisy-flow-on-unseen-machines': {
    about:
      'As noisy-flow, at a provider who shows no machines: it asks five times what it asked yesterday and a week ago',
    world: world((made) => {
      noisy(made);
      weekly(made, 50);
      made.failing.set('machines', 'not-found');
    }),
    differs: { noisyFlow: 'confirmed', starvedServer: open, stuckInstance: 'ruled-out', acceptQueue: open, ...broken },
  },
  'noisy-every-week-on-unseen-machines': {
    about: 'The same, and it asked as much at this hour a week ago',
    world: world((made) => {
      noisy(made);
      weekly(made, 230);
      made.failing.set('machines', 'not-found');
    }),
    differs: { noisyFlow: open, starvedServer: open, acceptQueue: open, ...broken },
  },
  'usual-client-and-slow-webhook': {
    about: 'A webhook holds the seats; who waits most is a client that asks what it asked yesterday',
    world: world((made) => {
      asUsual(made, 240);
      slowWebhook(made);
    }),
    differs: { noisyFlow: open, slowWebhook: 'confirmed', ...broken },
  },
  'usual-client-and-starved-server': {
    about: 'The API servers are throttled; who waits most is a client that asks what it asked yesterday',
    world: world((made) => {
      asUsual(made, 240);
      throttled(made);
    }),
    differs: { noisyFlow: open, starvedServer: 'confirmed', ...broken },
  },
  'usual-client-waits': {
    about: 'Nothing else is wrong, one client has most of the queue, and asks what it asked yesterday',
    world: world((made) => asUsual(made, 240)),
    differs: { noisyFlow: open, ...broken },
  },
  'slow-webhook-and-no-yesterday': {
    about: 'A webhook holds the seats; one client has most of the queue, and there is no yesterday to compare with',
    world: world((made) => {
      noisy(made);
      slowWebhook(made);
      made.flows = made.flows.map((row) => ({ ...row, usual: undefined }));
    }),
    differs: { noisyFlow: open, slowWebhook: 'confirmed', ...broken },
  },
  'refused-more-and-slow-webhook': {
    about: 'A webhook holds the seats; what is refused is asked again, and served is as much as yesterday',
    world: world((made) => {
      refusedMore(made);
      slowWebhook(made);
    }),
    differs: { noisyFlow: open, slowWebhook: 'confirmed', ...broken },
  },
  'refused-more': {
    about: 'Nothing else is wrong, and a flow asks almost five times as much as yesterday, most of it refused',
    world: world(refusedMore),
    differs: { noisyFlow: 'confirmed', ...broken },
  },
  'rejections-not-counted': {
    about:
      'What priority and fairness rejects in all is not there: nobody knows whether the levels that reject are all seen',
    world: world((made) => {
      made.uncounted = ['allRejected', 'allRejectedNow'];
    }),
    differs: { noisyFlow: open, recovered: open },
  },
  'rejections-not-told-by-level': {
    about: 'Rejections are counted, and by which level and flow is dropped',
    world: world((made) => {
      noisy(made);
      made.uncounted = ['rejected'];
    }),
    differs: { noisyFlow: open, ...broken },
  },
};
