import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { serverTime } from '../../evidence/control-plane.ts';
import { plural } from '../../evidence/node-words.ts';
import { limits } from '../limits.ts';
import type { Maybe, Seen } from '../seen.ts';
import { callsIn, type DnsCause, forbiddenBy, heardIn, inVain, placed, strangeCallsIn, waiting } from '../signs.ts';

/**
 * CoreDNS watches Services and endpoints. Its log says what it is refused, or that nobody answers; some versions say only
 * that they cannot watch, and then the figures of its client have to do.
 */
function logsTell({ logs }: Maybe): boolean {
  const heard = heardIn(logs);
  return heard.length > 0 && heard.every(({ now, cut }) => !cut && now.silent === 0 && now.strangeCalls === 0);
}

export const apiRefused: DnsCause = {
  title: 'The API server refuses what it asks (RBAC, token)',
  judge: (seen, maybe) => {
    const told = (maybe.logs ?? [])
      .flatMap(({ pod, now, last }) => ({ pod, refusals: 0, ...(now ?? last) }))
      .toSorted((a, b) => b.refusals - a.refusals || (a.pod < b.pod ? -1 : 1))
      .find(({ refusals }) => refusals > 0);
    const counted = callsIn(maybe, 'refused');
    const words = told ? `${told.pod}: ${told.refused}` : undefined;
    const most = Math.max(told?.refusals ?? 0, counted ?? 0);
    const times = `${plural(most, 'call')} to the API server answered with 401 or 403 within 5 min`;
    if (most >= limits.unanswered) return confirmed(words ? `${words} (${times})` : times);
    // An API server that has just started refuses all, until it knows its roles.
    if (most > 0) return inconclusive(`${words ?? times}: so few may be of an API server that was starting`);
    if (logsTell(maybe)) return ruledOut('it wrote nothing of a refusal within 5 min, and would have');
    const strange = strangeCallsIn(heardIn(maybe.logs));
    const refused = callsIn(strange ? maybe : seen, 'refused');
    return refused === undefined
      ? inconclusive(strange ?? 'its log does not say, and its calls to the API server are not counted')
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
      const others = strangeCallsIn(heard.filter((log) => !failing.includes(log)));
      return others ? (byCount(maybe) ?? inconclusive(`${words}; ${others}`)) : blamed(words, maybe);
    }
    const often = byCount(maybe);
    if (often) return often;
    const [some] = heard.filter((log) => inVain(log, 'api') > 0);
    if (some)
      return inconclusive(
        `${plural(inVain(some, 'api'), 'call')} of ${some.pod} failed within 5 min: that may be chance`,
      );
    return absent(seen, maybe);
  },
  present: true,
  remedies: ['lookAtApiPath', 'keepDns'],
};

function blamed(words: string, maybe: Maybe): Verdict {
  const forbidden = forbiddenBy(maybe, 'api');
  if (forbidden) return inconclusive(`${words}; ${forbidden}`);
  return confirmed(
    maybe.readyz?.status === 200 ? `${words}; the API server itself is ready: look at the way to it` : words,
  );
}

/** What its client counts, whatever its log says; `undefined`: so few that it may be chance, or nothing. */
function byCount(maybe: Maybe): Verdict | undefined {
  const unanswered = callsIn(maybe, 'unanswered') ?? 0;
  if (unanswered < limits.unanswered) return undefined;
  const { failing, asking } = maybe.apiCalls ?? {};
  const strange = strangeCallsIn(heardIn(maybe.logs));
  const words = `${plural(unanswered, 'call')} to the API server without an answer within 5 min${strange ? ` (${strange})` : ''}`;
  if (failing === undefined || asking === undefined) return inconclusive(`${words}; of how many pods is not counted`);
  return failing < asking
    ? inconclusive(`${words}, of ${failing} of ${plural(asking, 'pod')}: the others reach it`)
    : blamed(words, maybe);
}

/**
 * Nothing of it was seen: whether it would have been. A watch that is refused its connection client-go tries again without a
 * word (client-go, `tools/cache/reflector.go`), so that a quiet log alone does not settle it.
 */
function absent(seen: Seen, maybe: Maybe): Verdict {
  const strange = strangeCallsIn(heardIn(maybe.logs));
  const unanswered = callsIn(strange ? maybe : seen, 'unanswered');
  if (unanswered === undefined)
    return inconclusive(strange ?? 'its log need not say, and its calls to the API server are not counted');
  if (unanswered > 0)
    return inconclusive(
      `${plural(unanswered, 'call')} to the API server without an answer within 5 min: that may be chance`,
    );
  const { asking = 0 } = maybe.apiCalls ?? {};
  const running = seen.pods.all.filter(({ runningSince, isEnding }) => runningSince !== undefined && !isEnding).length;
  if (asking < running)
    return inconclusive(
      `${strange ? `${strange}; ` : ''}its calls to the API server are counted of ${asking} of ${plural(running, 'pod')} only`,
    );
  return ruledOut(
    `all of its calls to the API server were answered within 5 min${strange ? `, if not well: ${strange}` : ''}`,
  );
}
