import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { duration } from '../../evidence/node-words.ts';
import { hangs, refusalsOf } from '../facts.ts';
import { limits } from '../limits.ts';
import type { Maybe, Seen } from '../seen.ts';
import { likewise, listed, perSecond } from '../words.ts';

/** Jobs of those who ask this API server and no other: what any program counts may be of a server elsewhere. */
const OURS = /(^|\W)(kubelet|kube-(controller-manager|scheduler|proxy))\b/;

/** An API server that ends says so with 429 and `Retry-After: 5`; it counts that nowhere, only its clients do. */
export function shuttingDown(seen: Seen, maybe: Maybe): Verdict {
  const said = [
    ...(maybe.ownAnswer?.refuser === 'shutdown' ? ['our own request was refused because it is shutting down'] : []),
    ...(maybe.readyz?.failing.includes('shutdown') ? ['its check "shutdown" fails'] : []),
  ];
  if (said.length > 0) return confirmed(`the instance that answered us ends: ${listed(said)}`);
  const changed = seen.servers.filter(
    ({ up, ageSeconds = Number.POSITIVE_INFINITY, restarts = 0 }) =>
      up === 0 || ageSeconds < limits.youngSeconds || restarts >= 1,
  );
  if (changed.length === 0) {
    const dark = seen.servers.find(({ up, ageSeconds }) => up === undefined || ageSeconds === undefined);
    if (dark) return inconclusive(`whether ${dark.instance} answers, and since when, is not scraped`);
    return seen.readyz.failing.includes('shutdown')
      ? inconclusive('its check "shutdown" fails')
      : ruledOut('no API server ended or started within 15 minutes, and none says that it is shutting down');
  }
  const words = likewise(changed, ({ instance, up, ageSeconds }) =>
    up === 0
      ? `${instance} does not answer`
      : `${instance} started ${ageSeconds === undefined ? 'anew' : `${duration(ageSeconds)} ago`}`,
  );
  const { clients, others, evictions, partly } = refusalsOf(seen.answers);
  const told = clients.filter(({ job }) => OURS.test(job)).reduce((sum, { rate }) => sum + rate, 0);
  const counted = others + evictions;
  // What an instance refuses that nobody sees is counted nowhere either: one that hangs is not ending, it has too much to do.
  const blind = changed.filter((one) => one.up === 0 && (one.scrapeSeconds === undefined || hangs(one)));
  if (blind.length > 0)
    return inconclusive(
      `${words}; whether it ends or has too much to do is not seen: what it refuses meanwhile is counted nowhere`,
    );
  if (!partly && told >= limits.refusedPerSecond && counted < limits.otherKindShare * told) {
    return confirmed(
      `clients are answered 429 ${perSecond(told)}, which no API server counts: one that is ending does not; ${words}`,
    );
  }
  return inconclusive(`${words}; what it answered while it ended is counted nowhere`);
}
