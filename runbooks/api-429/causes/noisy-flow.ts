import type { Measure } from '../../../engine/measure.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { crowdIn, listsAnew } from '../crowd.ts';
import { etcdOf } from '../etcd-state.ts';
import { isOfOurs, ownCpuOf, rejectionsOf } from '../facts.ts';
import { grownFlow, noisiest, refusedIn } from '../flows.ts';
import { limits } from '../limits.ts';
import type { Flow, Maybe, Seen } from '../seen.ts';
import { perSecond } from '../words.ts';
import { areSeatsFree, slowWebhook } from './slow-webhook.ts';

/** Nobody is named by a flow alone: it may be that of all ServiceAccounts, or of all nodes. */
const CROWD = 'Many clients at once ask too much';
const UNNAMED = 'One flow of requests asks too much';

/** One client asks so much that its priority level is full, while nothing behind the API server is slow. */
export function noisyFlow(seen: Seen, maybe: Maybe): Verdict {
  const { shared, isolated, byLevel, partly } = rejectionsOf(seen.flows);
  const [worst] = byLevel;
  if (partly) return inconclusive('of what priority and fairness rejects, some is not told by level');
  if (worst === undefined || shared < limits.refusedPerSecond) {
    const own =
      isolated > 0 ? `; ${perSecond(isolated)} are rejected in a level of their own, which disturbs nobody` : '';
    return fairnessRefusesUs(maybe)
      ? inconclusive(`Prometheus knows of no rejected request, but ours was rejected just now${own}`)
      : ruledOut(`priority and fairness rejects ${shared > 0 ? `${perSecond(shared)} only` : 'nothing'}${own}`);
  }
  const words = `${worst.level} rejects ${perSecond(worst.rate)}`;
  const etcd = etcdOf(seen, maybe);
  if (etcd.state !== 'good') {
    const why =
      etcd.state === 'bad' ? 'etcd is slow or does not answer, and whoever waits for it fills the seats' : etcd.words;
    return inconclusive(`${words}; but ${why}`);
  }
  if (shared - worst.rate > limits.otherKindShare * shared) {
    return inconclusive(`${byLevel.length} priority levels reject requests at once: no one flow fills them all`);
  }
  const grown = grownFlow(seen, worst.level);
  const client = noisiest(maybe.clients ?? null, seen, worst);
  const isAlone = (maybe.clients ?? []).every(({ flow, user }) => flow !== client?.flow || user === client.user);
  const who =
    client &&
    `${client.user}${isAlone ? '' : ', one of those in its flow,'} has ${client.requests} of the ${client.of} requests that wait or run there, mostly ${client.verb} ${client.resource}`;
  const crowd = crowdIn(maybe.clients, worst.level);
  const grownBy = (flow: Flow) => {
    const asks = `flow ${flow.flow_schema} is served ${perSecond(flow.dispatched ?? 0)} (yesterday ${perSecond(flow.usual ?? 0)}) and refused ${perSecond(refusedIn(flow, worst.rows))}`;
    if (who) return confirmed(`${who}; ${asks}; ${etcd.words}`);
    const anew = listsAnew(seen.servers);
    if (anew) return inconclusive(`${asks}; but ${anew}: all clients list anew then, which passes`);
    return crowd ? confirmed(`${crowd}; ${asks}; ${etcd.words}`, CROWD) : confirmed(`${asks}; ${etcd.words}`, UNNAMED);
  };
  const stillWaits = (slow: string) =>
    inconclusive(`${who ? `${who}; ` : ''}${words}; but ${slow}, and whoever waits for it fills the seats`);
  const webhook = slowWebhook(seen, maybe);
  if (webhook.verdict !== 'ruled-out' && !areSeatsFree(seen)) return stillWaits(webhook.reason);
  // What is refused is asked again: only what is served more than usual is surely asked more, also of a starved server.
  if (grown?.by === 'served') return grownBy(grown.flow);
  const cpu = ownCpuOf(seen, maybe);
  if (cpu.state !== 'fine') return stillWaits(cpu.words);
  if (grown) return grownBy(grown.flow);
  if (who && !seen.flows.some(({ usual }) => usual !== undefined)) return confirmed(`${who}; ${words}; ${etcd.words}`);
  // A schema that was made today, or whose figures are lost: others have a yesterday, so that one client alone proves nothing.
  const isYoung = (flow: string) =>
    !seen.flows.some(({ flow_schema, usual }) => flow_schema === flow && usual !== undefined);
  const young = [client?.flow, ...worst.rows.map(({ flow_schema }) => flow_schema)].find(
    (flow) => flow && isYoung(flow),
  );
  const but = young === undefined ? '' : `; what flow ${young} asked yesterday is not known`;
  if (who)
    return inconclusive(
      `${who}; ${words}${but || '; but nothing asks clearly more there than yesterday, beyond what all do'}`,
    );
  return inconclusive(`${words} and etcd is well, but no flow has clearly grown and no one client stands out${but}`);
}

function fairnessRefusesUs({ ownAnswer }: Maybe): boolean {
  return ownAnswer?.refuser === 'fairness';
}

/** Rejections a second in the levels that others share. */
export function noise({ flows }: Seen): Measure | undefined {
  const rows = flows.filter((row) => !isOfOurs(row));
  return {
    of: 'requests rejected a second in shared priority levels',
    value: rows.reduce((sum, { rejectedNow = 0 }) => sum + rejectedNow, 0),
    unit: 'count',
    worseWhen: 'higher',
    // Clients wait and try again in waves; twice as many are no chance (judgement).
    clearlyWorse: 2,
    fineUntil: limits.refusedPerSecond,
  };
}
