import type { Waiting, World } from './world.ts';

export const scanner: Waiting = {
  level: 'workload-low',
  flow: 'service-accounts',
  user: 'system:serviceaccount:security:scanner',
  verb: 'list',
  resource: 'pods',
  count: 60,
};
export const others: Waiting = {
  ...scanner,
  user: 'system:serviceaccount:shop:cart',
  verb: 'get',
  resource: 'configmaps',
  count: 6,
};

/** One client fills `workload-low`; etcd is well. */
export function noisy(made: World, dispatched = 240): void {
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
