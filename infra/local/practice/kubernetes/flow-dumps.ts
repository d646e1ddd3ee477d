import type { Facts } from '../facts.ts';
import { askingAt } from '../noisy-client.ts';

const FOLDER = '/debug/api_priority_and_fairness/';
const LEVELS = [
  'catch-all',
  'exempt',
  'global-default',
  'leader-election',
  'node-high',
  'system',
  'workload-high',
  'workload-low',
];
/** Requests of the noisy client that stand in the queues of one API server, and of somebody else. */
const [WAITING, OTHERS] = [48, 3];

/** The tables an API server shows of its priority levels and of the requests that wait. `undefined`: not one of these. */
export function flowDump(facts: Facts, now: number, path: string): string | undefined {
  if (path === `${FOLDER}dump_priority_levels`) return levelsTable(facts, now);
  if (path === `${FOLDER}dump_requests`) return requestsTable(facts, now);
  return undefined;
}

function waiting(facts: Facts, now: number) {
  const { perSecond = 0, isolatedIn } = askingAt(facts, now) ?? {};
  if (perSecond === 0) return { level: '', own: 0, others: 0 };
  return { level: isolatedIn ?? 'workload-low', flow: isolatedIn, own: WAITING, others: isolatedIn ? 0 : OTHERS };
}

function levelsTable(facts: Facts, now: number): string {
  const { level, own, others } = waiting(facts, now);
  const names = [...new Set([...LEVELS, ...(level ? [level] : [])])];
  const rows = names.map((name) => {
    if (name === 'exempt') return ['exempt', '<none>', '<none>', '<none>', '<none>', '<none>'];
    return name === level
      ? [name, '4', 'false', 'false', `${own + others}`, '98']
      : [name, '0', 'true', 'false', '0', '0'];
  });
  return table(
    ['PriorityLevelName', 'ActiveQueues', 'IsIdle', 'IsQuiescing', 'WaitingRequests', 'ExecutingRequests'],
    rows,
  );
}

function requestsTable(facts: Facts, now: number): string {
  const { level, flow = 'service-accounts', own, others } = waiting(facts, now);
  const { user = '', verb = '', resource = '' } = facts.noisyClient ?? {};
  const arrived = new Date((now - 2) * 1000).toISOString();
  const row = (index: number, who: string, what: string, object: string) => {
    return [level, flow, '9', `${index}`, who, arrived, who, what, `/api/v1/${object}`, '', '', 'v1', object, ''];
  };
  const rows = [
    ...Array.from({ length: own }, (_, index) => row(index, user, verb, resource)),
    ...Array.from({ length: others }, (_, index) =>
      row(index, 'system:serviceaccount:shop:default', 'get', 'configmaps'),
    ),
  ];
  const head =
    'PriorityLevelName FlowSchemaName QueueIndex RequestIndexInQueue FlowDistingsher ArriveTime UserName Verb APIPath Namespace Name APIVersion Resource SubResource';
  return table(head.split(' '), rows);
}

/** Cells divided by commas and padded, as the API server writes them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, ...rows].map((cells) => `${cells.join(', ')}\n`).join('');
}
