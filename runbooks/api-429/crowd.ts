import { duration } from '../evidence/node-words.ts';
import type { Client } from './dumps.ts';
import { limits } from './limits.ts';
import type { Server } from './seen.ts';
import { few, perSecond } from './words.ts';

/** Words for many clients alike in a priority level, none of which has half of what waits or runs there. */
export function crowdIn(clients: readonly Client[] | null | undefined, level: string): string | undefined {
  const users = Map.groupBy(
    (clients ?? []).filter((client) => client.level === level),
    ({ user }) => user,
  );
  const requests = [...users.values()].map((own) => own.reduce((sum, one) => sum + one.requests, 0));
  const of = requests.reduce((sum, one) => sum + one, 0);
  const most = Math.max(0, ...requests);
  if (of < limits.clientRequests || most >= limits.mostShare * of) return undefined;
  return `${users.size} clients have the ${of} requests that wait or run there, none of them more than ${most}`;
}

/** Words where all clients may list anew, because an API server has just begun: no one asks too much, and it passes. */
export function listsAnew(servers: readonly Server[]): string | undefined {
  const anew = servers.filter(
    ({ ageSeconds = 0, lists = Number.POSITIVE_INFINITY, usualLists = 0 }) =>
      ageSeconds < limits.youngSeconds && lists >= limits.flowGrowth * usualLists,
  );
  if (anew.length === 0) return undefined;
  return few(anew, ({ instance, ageSeconds, lists, usualLists }) => {
    const began = ageSeconds === undefined ? 'perhaps started just now' : `started ${duration(ageSeconds)} ago`;
    const counted =
      lists === undefined || usualLists === undefined
        ? 'how much is listed there was not told'
        : `is asked for lists ${perSecond(lists)} (yesterday ${perSecond(usualLists)})`;
    return `the API server at ${instance} ${began}, and ${counted}`;
  });
}
