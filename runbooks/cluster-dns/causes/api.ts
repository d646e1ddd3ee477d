import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { serverTime } from '../../evidence/control-plane.ts';
import { plural } from '../../evidence/node-words.ts';
import { limits } from '../limits.ts';
import type { Maybe } from '../seen.ts';
import { type DnsCause, forbiddenBy, heardIn, inVain, placed, waiting } from '../signs.ts';

/**
 * CoreDNS watches Services and endpoints. Its log says what it is refused, or that nobody answers; some versions say only
 * that they cannot watch, and then the figures of its client have to do.
 */
function logsTell({ logs }: Maybe): boolean {
  const heard = heardIn(logs);
  return heard.length > 0 && heard.every(({ now, cut }) => !cut && now.silent === 0);
}

function countedOf({ apiCalls }: Maybe, which: 'refused' | 'unanswered'): number | undefined {
  const figure = apiCalls?.[which];
  return figure === undefined ? undefined : Math.round(figure);
}

export const apiRefused: DnsCause = {
  title: 'The API server refuses what it asks (RBAC, token)',
  judge: (seen, maybe) => {
    const told = (maybe.logs ?? [])
      .flatMap(({ pod, now, last }) => ({ pod, refusals: 0, ...(now ?? last) }))
      .toSorted((a, b) => b.refusals - a.refusals || (a.pod < b.pod ? -1 : 1))
      .find(({ refusals }) => refusals > 0);
    const counted = countedOf(maybe, 'refused');
    const words = told ? `${told.pod}: ${told.refused}` : undefined;
    const most = Math.max(told?.refusals ?? 0, counted ?? 0);
    const times = `${plural(most, 'call')} to the API server answered with 401 or 403 within 5 min`;
    if (most >= limits.unanswered) return confirmed(words ? `${words} (${times})` : times);
    // An API server that has just started refuses all, until it knows its roles.
    if (most > 0) return inconclusive(`${words ?? times}: so few may be of an API server that was starting`);
    if (logsTell(maybe)) return ruledOut('it wrote nothing of a refusal within 5 min, and would have');
    const refused = countedOf(seen, 'refused');
    return refused === undefined
      ? inconclusive('its log does not say, and its calls to the API server are not counted')
      : ruledOut('none of its calls to the API server was refused within 5 min');
  },
  present: true,
  remedies: ['mendRights'],
};

export const apiUnreachable: DnsCause = {
  title: 'It does not reach the API server',
  judge: (seen, maybe, context) => {
    const heard = heardIn(maybe.logs);
    const { failing, clean, idle, unclear } = waiting(maybe, 'api', serverTime(maybe.readyz, context.now));
    const itself = maybe.readyz?.status === 200 ? '; the API server itself is ready: look at the way to it' : '';
    const [first] = failing;
    if (first) {
      const count = failing.reduce((sum, log) => sum + inVain(log, 'api'), 0);
      const words = `${placed(failing)}: ${plural(count, 'call')} failed within 5 min (${first.now.apiWords})`;
      if (clean.length > 0) return inconclusive(`${words}; ${placed(clean)} reaches it`);
      if (unclear.length > 0)
        return inconclusive(
          `${words}; nothing wrong in the log of ${placed(unclear)}, of whose state nothing was seen`,
        );
      if (idle.length > 0 && new Set(failing.map(({ node }) => node)).size === 1)
        return inconclusive(`${words}; ${placed(idle)} has not been well for 5 min: it may be that one node`);
      const forbidden = forbiddenBy(maybe, 'api');
      return forbidden ? inconclusive(`${words}; ${forbidden}`) : confirmed(`${words}${itself}`);
    }
    const [some] = heard.filter((log) => inVain(log, 'api') > 0);
    if (some)
      return inconclusive(
        `${plural(inVain(some, 'api'), 'call')} of ${some.pod} failed within 5 min: that may be chance`,
      );
    if (logsTell(maybe))
      return ruledOut('it wrote of no call to the API server that failed within 5 min, and would have');
    const unanswered = countedOf(seen, 'unanswered');
    if (unanswered === undefined)
      return inconclusive('its log does not say, and its calls to the API server are not counted');
    if (unanswered === 0) return ruledOut('all of its calls to the API server were answered within 5 min');
    const words = `${plural(unanswered, 'call')} to the API server without an answer within 5 min`;
    if (unanswered < limits.unanswered) return inconclusive(`${words}: that may be chance`);
    const { failing: pods, asking } = seen.apiCalls;
    if (pods === undefined || asking === undefined) return inconclusive(`${words}; of how many pods is not counted`);
    if (pods < asking) return inconclusive(`${words}, of ${pods} of ${plural(asking, 'pod')}: the others reach it`);
    const forbidden = forbiddenBy(maybe, 'api');
    return forbidden ? inconclusive(`${words}; ${forbidden}`) : confirmed(`${words}${itself}`);
  },
  present: true,
  remedies: ['lookAtApiPath', 'keepDns'],
};
