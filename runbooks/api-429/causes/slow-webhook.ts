import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { counted } from '../../../engine/words.ts';
import { duration } from '../../evidence/node-words.ts';
import { etcdOf } from '../etcd-state.ts';
import { ownCpuOf } from '../facts.ts';
import { limits } from '../limits.ts';
import type { Maybe, Seen, Webhook } from '../seen.ts';
import { few } from '../words.ts';

/** Each write holds its seat until the last webhook has answered. */
export function slowWebhook(seen: Seen, maybe: Maybe): Verdict {
  const called = seen.webhooks.filter(isCalled);
  const writes = seen.webhooks.find((row) => row.writes !== undefined)?.writes;
  const slow = called.filter(({ p99 = 0 }) => p99 > limits.webhookSlowSeconds);
  if (slow.length === 0) return quick(called, writes);
  const words = `${few(slow, wordsOf, 3)} (limit 1 s)`;
  const etcd = etcdOf(seen, maybe);
  if (etcd.state === 'bad')
    return inconclusive(
      `${words}; but etcd is slow or does not answer, and a webhook that asks the API server waits as well`,
    );
  if (etcd.state === 'unclear') return inconclusive(`${words}; ${etcd.words}`);
  if (!slow.some(({ holds = 0 }) => holds >= limits.webhookSeats)) return inconclusive(`${words}; ${seatsOf(slow)}`);
  if (!slow.some(isSurelySlow))
    return inconclusive(
      `${words}; but its histogram has no edge between 500 ms and 2.5 s: how long its calls take is a guess`,
    );
  // A server short of CPU measures all of its webhooks slow.
  const quickOne = called.find(({ p99 }) => p99 !== undefined && p99 < limits.webhookGoodSeconds);
  const cpu = ownCpuOf(seen, maybe);
  if (cpu.state !== 'fine' && !quickOne)
    return inconclusive(`${words}; but ${cpu.words}, and a server short of CPU measures its webhooks slow`);
  return confirmed(
    `${words}; ${etcd.words}${cpu.state === 'fine' || !quickOne ? '' : `, and ${quickOne.name} is quick`}`,
  );
}

/**
 * Older servers, 1.20 among them, have no edge at the limit (kubernetes/apiserver, admission/metrics, `latencyBuckets`): a p99 between the
 * two around it is interpolated, and the mean has to tell.
 */
function isSurelySlow({ withinSecond, holds, calls }: Webhook): boolean {
  if (withinSecond !== undefined) return true;
  return holds !== undefined && calls !== undefined && holds * WINDOW_SECONDS > limits.webhookSlowSeconds * calls;
}

/** Of the figures (queries.ts). */
const WINDOW_SECONDS = 300;

/** Often enough to matter. Where its calls are not counted, that it has a quantile says so. */
function isCalled({ calls, p99 }: Webhook): boolean {
  return calls === undefined ? p99 !== undefined : calls >= limits.webhookCalls;
}

function seatsOf(slow: readonly Webhook[]): string {
  const held = slow.flatMap(({ holds }) => holds ?? []);
  return held.length < slow.length
    ? 'how many seats it holds is not counted'
    : `but it holds ${counted(Number(Math.max(...held).toFixed(2)), 'seat')} on average, which nobody misses`;
}

/** However slow they are: together the webhooks hold less than a seat, so that nobody waits for one because of them. */
export function areSeatsFree({ webhooks }: Pick<Seen, 'webhooks'>): boolean {
  const measured = webhooks.filter(
    ({ p99, calls, holds }) => p99 !== undefined || calls !== undefined || holds !== undefined,
  );
  if (measured.length === 0) return false;
  return measured.reduce((sum, { holds = Number.POSITIVE_INFINITY }) => sum + holds, 0) < limits.webhookSeats;
}

function quick(called: readonly Webhook[], writes: number | undefined): Verdict {
  const near = called.filter(({ p99 }) => p99 === undefined || p99 >= limits.webhookGoodSeconds);
  if (near.length > 0) return inconclusive(`${few(near, wordsOf, 3)}, close to the limit of 1 s`);
  if (called.length > 0) return ruledOut(`${few(called, wordsOf, 3)} (limit 1 s)`);
  if (writes !== undefined && writes < limits.writesGoodSeconds) {
    return ruledOut(`no webhook is seen to be called much, and writes take ${duration(writes)} on average`);
  }
  return inconclusive(
    `no webhook is measured, ${writes === undefined ? 'nor are writes' : `but writes take ${duration(writes)} on average`}`,
  );
}

function wordsOf({ name, p99, holds = 0 }: Webhook): string {
  const seats = holds >= 1 ? ` and holds ${Math.round(holds)} seats` : '';
  return `webhook ${name} takes ${p99 === undefined ? 'an unknown time' : `${duration(p99)} (p99)`}${seats}`;
}
