import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { duration } from '../../evidence/node-words.ts';
import { etcdOf } from '../etcd-state.ts';
import { cpuOf, hangs, refusalsOf, rejectionsOf } from '../facts.ts';
import { limits } from '../limits.ts';
import type { Maybe, Seen, Server } from '../seen.ts';
import { podAt } from '../server-pods.ts';
import { few, likewise, perSecond } from '../words.ts';

/**
 * The only case in which ending an API server helps: it hangs by itself, with everything around it well. A scrape that is not
 * answered may also be lost on its way: the kubelet beside the process knows.
 */
export function stuckInstance(seen: Seen, maybe: Maybe): Verdict {
  const silent = seen.servers.filter(({ up }) => up === 0);
  const dark = seen.servers.find(
    ({ up, scrapeSeconds }) => up === undefined || (up === 0 && scrapeSeconds === undefined),
  );
  if (dark) return inconclusive(`whether ${dark.instance} answers its scrapes, and how late, is not known`);
  if (silent.length === 0) return ruledOut(`every API server answers${restartWords(seen.servers, maybe)}`);
  const hanging = silent.filter(hangs);
  if (hanging.length === 0)
    return ruledOut(`${few(silent, ({ instance }) => instance)} refuses at once: that is down, not stuck`);
  const words = `${likewise(hanging, ({ instance, scrapeSeconds = 0 }) => `${instance} did not answer its scrape within ${duration(scrapeSeconds)}`)}`;
  const etcd = etcdOf(seen, maybe);
  if (etcd.state !== 'good') return inconclusive(`${words}; but ${etcd.words}, so it may only be waiting`);
  const cpu = cpuOf({ servers: seen.servers, containers: seen.containers, machines: seen.machines });
  if (cpu.state !== 'fine') return inconclusive(`${words}; ${cpu.words}`);
  if (hanging.length === seen.servers.length && seen.servers.length > 1) {
    return inconclusive(`${words}: all of them, which no one defect explains`);
  }
  const pods = hanging.map(({ instance }) => podAt(seen.serverPods, instance));
  if (pods.some((pod) => pod === undefined))
    return inconclusive(
      `${words}; whether its kubelet gets an answer is not known: it is no static pod of this cluster`,
    );
  const answered = pods.filter((pod) => pod?.ready);
  if (answered.length > 0)
    return inconclusive(
      `${words}; but ${likewise(answered, (pod) => pod?.name ?? '')} is Ready: its kubelet gets an answer, or cannot say otherwise, so it may be lost on the way`,
    );
  return confirmed(
    `${words}, nor its kubelet (${likewise(pods, (pod) => pod?.name ?? '')} is not ready), while etcd and its machine are well${seen.servers.length > 1 ? ' and the others answer' : ''}`,
  );
}

/** "Restart it" was tried: the 429s came back, with every client listing anew. */
function restartWords(servers: readonly Server[], { answers, flows = [] }: Maybe): string {
  const others = answers && refusalsOf(answers).others;
  // While a watch cache is filled after a start that is only natural.
  if (rejectionsOf(flows).shared < limits.refusedPerSecond) return '';
  const young = servers.filter(({ ageSeconds = Number.POSITIVE_INFINITY }) => ageSeconds < 2 * limits.youngSeconds);
  if (young.length === 0 || others === undefined || others < limits.refusedPerSecond) return '';
  const lists = young.some(
    ({ lists = 0, usualLists }) => usualLists !== undefined && lists >= limits.flowGrowth * usualLists,
  );
  const started = likewise(young, ({ instance, ageSeconds = 0 }) => `${instance} started ${duration(ageSeconds)} ago`);
  return `; ${started} and ${perSecond(others)} are refused again${lists ? ', while all clients list anew' : ''}: a restart does not help`;
}
