import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { plural } from '../../evidence/node-words.ts';
import { hostOf } from '../../evidence/scrape-targets.ts';
import { etcdOf } from '../etcd-state.ts';
import { cpuOf, rejectionsOf } from '../facts.ts';
import { limits } from '../limits.ts';
import { clock, inOrder, titleOf } from '../onset.ts';
import type { Machine, Maybe, Seen } from '../seen.ts';
import { podAt } from '../server-pods.ts';
import { few, likewise, perSecond } from '../words.ts';

/**
 * Connections that find the accept queue full. Mostly a symptom: the process is too busy waiting to accept. What began
 * first decides. (It answers no 429 either: such a connection is not answered at all.)
 */
export function acceptQueue(seen: Seen, maybe: Maybe): Verdict {
  const measured = seen.machines.filter(({ overflows }) => overflows !== undefined);
  const full = measured.filter(({ overflows = 0 }) => overflows > limits.overflowsPerSecond);
  if (full.length === 0) {
    if (measured.length === 0) return inconclusive('full accept queues are not counted');
    const wanted = new Set((maybe.servers ?? []).map(({ instance }) => instance)).size;
    return wanted === 0 || measured.length < wanted
      ? inconclusive(`no accept queue overflows on ${plural(measured.length, 'machine')}; ${restWords(wanted)}`)
      : ruledOut('no accept queue overflows');
  }
  const words = `the accept queue overflows ${likewise(full, ({ instance, overflows = 0 }) => `${perSecond(overflows)} on ${instance}`)}`;
  const { first, before, known } = seen.onset;
  const { overflows } = first;
  if (overflows === undefined) return inconclusive(`${words}; when that began could not be seen`);
  const earlier = inOrder(seen.onset).find(
    ([sign, at]) => sign !== 'overflows' && at <= overflows - limits.orderSeconds,
  );
  if (earlier && !before.includes('overflows')) {
    const [sign, at] = earlier;
    return ruledOut(
      `${words}, but only since ${clock(overflows)}, after ${titleOf(sign)} (${clock(at)}): a symptom of a server that waits`,
    );
  }
  if (before.includes('overflows'))
    return inconclusive(`${words}, for longer than half an hour: what came first cannot be seen`);
  const others = inOrder(seen.onset).filter(([sign]) => sign !== 'overflows');
  if (others.length > 0)
    return inconclusive(`${words}; it began about when ${few(others, ([sign]) => titleOf(sign))} did`);
  if (!(['etcdMean', 'rejected', 'seats'] as const).every((sign) => known.includes(sign)))
    return inconclusive(`${words}; what else began then could not be seen`);
  const etcd = etcdOf(seen, maybe);
  const cpu = cpuOf(maybe);
  if (etcd.state !== 'good' || cpu.state !== 'fine')
    return inconclusive(`${words}; ${etcd.state === 'good' ? cpu.words : etcd.words}`);
  if (rejectionsOf(seen.flows).shared >= limits.refusedPerSecond)
    return inconclusive(`${words}, and requests are rejected as well`);
  const whose = whoseWords(full, maybe);
  if (whose !== undefined)
    return inconclusive(`${words} since ${clock(overflows)}, and nothing else is wrong; ${whose}`);
  return confirmed(
    `${words} since ${clock(overflows)}, and nothing else is wrong: who is connected is served, and the kubelet, which connects anew for each probe, gets no answer`,
  );
}

/**
 * Why it may be another program's queue: the kernel counts all sockets of the machine as one (`TcpExtListenOverflows`).
 * Prometheus keeps its connection and is served also while no new one is accepted; the kubelet's probe makes a new one each
 * time, and is left waiting.
 * https://www.kernel.org/doc/html/latest/networking/snmp_counter.html
 */
function whoseWords(full: readonly Machine[], { serverPods = [], servers = [] }: Maybe): string | undefined {
  const unlike = full.find(({ instance }) => {
    const serves = servers.some((server) => server.up === 1 && hostOf(server.instance) === hostOf(instance));
    return !serves || podAt(serverPods, instance)?.ready !== false;
  });
  if (!unlike) return undefined;
  const pod = podAt(serverPods, unlike.instance);
  const got = pod?.ready
    ? `the kubelet, which connects anew for each probe, gets an answer there (${pod.name} is Ready)`
    : 'that new connections to the API server wait was not seen';
  return `the kernel counts all sockets of the machine as one, and ${got}: ss -ltn there shows whose queue it is`;
}

function restWords(wanted: number): string {
  return wanted === 0
    ? 'how many API servers there are is not known'
    : `there are ${wanted} API servers, and the rest is not counted`;
}
