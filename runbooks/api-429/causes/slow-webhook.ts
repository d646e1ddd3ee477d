import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { duration } from '../../evidence/node-words.ts';
import { etcdOf } from '../facts.ts';
import { limits } from '../limits.ts';
import type { Maybe, Seen, Webhook } from '../seen.ts';
import { few } from '../words.ts';

/** Each write holds its seat until the last webhook has answered. */
export function slowWebhook(seen: Seen, maybe: Maybe): Verdict {
  const called = seen.webhooks.filter(({ calls = 0 }) => calls >= limits.webhookCalls);
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
  // A server short of CPU would find etcd slow as well.
  return confirmed(`${words}; ${etcd.words}`);
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
