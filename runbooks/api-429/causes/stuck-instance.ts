import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { duration } from '../../evidence/node-words.ts';
import { cpuOf, etcdOf, hangs, refusalsOf, rejectionsOf } from '../facts.ts';
import { limits } from '../limits.ts';
import type { Maybe, Seen, Server } from '../seen.ts';
import { few, likewise, perSecond } from '../words.ts';

/** The only case in which ending an API server helps: it hangs by itself, with everything around it well. */
export function stuckInstance(seen: Seen, maybe: Maybe): Verdict {
  const silent = seen.servers.filter(({ up }) => up === 0);
  if (silent.length === 0) return ruledOut(`every API server answers${restartWords(seen.servers, maybe)}`);
  const hanging = silent.filter(hangs);
  if (hanging.length === 0)
    return ruledOut(`${few(silent, ({ instance }) => instance)} refuses at once: that is down, not stuck`);
  const words = `${likewise(hanging, ({ instance, scrapeSeconds = 0 }) => `${instance} accepts and did not answer within ${duration(scrapeSeconds)}`)}`;
  const etcd = etcdOf(seen, maybe);
  if (etcd.state !== 'good') return inconclusive(`${words}; but ${etcd.words}, so it may only be waiting`);
  const cpu = cpuOf({ servers: seen.servers, containers: seen.containers, machines: seen.machines });
  if (cpu.state !== 'fine') return inconclusive(`${words}; ${cpu.words}`);
  if (hanging.length === seen.servers.length && seen.servers.length > 1) {
    return inconclusive(`${words}: all of them, which no one defect explains`);
  }
  return confirmed(
    `${words}, while etcd and its machine are well${seen.servers.length > 1 ? ' and the others answer' : ''}`,
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
