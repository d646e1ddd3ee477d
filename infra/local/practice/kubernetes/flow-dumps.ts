import { phaseAt } from '../etcd-stall.ts';
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

/** Who waits in one priority level, and how many run in it. */
interface Standing {
  readonly level: string;
  readonly flow: string;
  readonly executing: number;
  readonly waiting: readonly Waiting[];
}

interface Waiting {
  readonly user: string;
  readonly verb: string;
  readonly resource: string;
  readonly requests: number;
}

const account = (namespace: string) => `system:serviceaccount:${namespace}:default`;
const others: Waiting = { user: account('shop'), verb: 'get', resource: 'configmaps', requests: OTHERS };

/** While etcd hangs all wait, of every namespace, and nobody stands out (as many as recorded). */
const everybody: readonly Waiting[] = [
  { user: account('monitoring'), verb: 'list', resource: 'pods', requests: 61 },
  { user: account('shop'), verb: 'get', resource: 'configmaps', requests: 52 },
  { user: account('checkout'), verb: 'get', resource: 'configmaps', requests: 47 },
  { user: account('search'), verb: 'list', resource: 'endpointslices', requests: 43 },
];

function standing(facts: Facts, now: number): Standing | undefined {
  const shared = { level: 'workload-low', flow: 'service-accounts' };
  if (phaseAt(facts, now) === 'full') return { ...shared, executing: 245, waiting: everybody };
  const { perSecond = 0, isolatedIn } = askingAt(facts, now) ?? {};
  if (perSecond === 0) return undefined;
  const { user = '', verb = '', resource = '' } = facts.noisyClient ?? {};
  const own = { user, verb, resource, requests: WAITING };
  return isolatedIn === undefined
    ? { ...shared, executing: 98, waiting: [own, others] }
    : { level: isolatedIn, flow: isolatedIn, executing: 98, waiting: [own] };
}

function levelsTable(facts: Facts, now: number): string {
  const { level = '', executing = 0, waiting = [] } = standing(facts, now) ?? {};
  const all = waiting.reduce((sum, { requests }) => sum + requests, 0);
  const names = [...new Set([...LEVELS, ...(level ? [level] : [])])];
  const rows = names.map((name) => {
    if (name === 'exempt') return ['exempt', '<none>', '<none>', '<none>', '<none>', '<none>'];
    return name === level
      ? [name, '4', 'false', 'false', `${all}`, `${executing}`]
      : [name, '0', 'true', 'false', '0', '0'];
  });
  return table(
    ['PriorityLevelName', 'ActiveQueues', 'IsIdle', 'IsQuiescing', 'WaitingRequests', 'ExecutingRequests'],
    rows,
  );
}

function requestsTable(facts: Facts, now: number): string {
  const { level = '', flow = '', waiting = [] } = standing(facts, now) ?? {};
  const arrived = new Date((now - 2) * 1000).toISOString();
  const rows = waiting.flatMap(({ user, verb, resource, requests }) =>
    Array.from({ length: requests }, (_, index) => {
      const asked = [user, verb, `/api/v1/${resource}`, '', '', 'v1', resource, ''];
      return [level, flow, '9', `${index}`, user, arrived, ...asked];
    }),
  );
  const head =
    'PriorityLevelName FlowSchemaName QueueIndex RequestIndexInQueue FlowDistingsher ArriveTime UserName Verb APIPath Namespace Name APIVersion Resource SubResource';
  return table(head.split(' '), rows);
}

/** Cells divided by commas and padded, as the API server writes them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, ...rows].map((cells) => `${cells.join(', ')}\n`).join('');
}
