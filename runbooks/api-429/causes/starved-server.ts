import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { etcdOf, isQuick } from '../etcd-state.ts';
import { cpuOf } from '../facts.ts';
import type { Maybe, Seen } from '../seen.ts';

/** The API server does not get the CPU it wants, so that every request holds its seat for longer. */
export function starvedServer(seen: Seen, maybe: Maybe): Verdict {
  const { state, words } = cpuOf(maybe);
  if (state === 'unclear') return inconclusive(words || 'could not be seen');
  if (state === 'fine') {
    // A container may be throttled on an idle machine.
    const own = seen.containers.filter(({ container }) => container === 'kube-apiserver');
    return own.length >= seen.servers.length
      ? ruledOut(`${words}, and its container is not throttled`)
      : inconclusive(`${words}; whether its container is throttled could not be seen`);
  }
  const etcd = etcdOf(seen, maybe);
  if (etcd.state === 'good' || isQuick(maybe)) return confirmed(`${words}, while etcd is well`);
  return inconclusive(`${words}; but ${etcd.words}, and requests that wait are tried again, which costs CPU too`);
}
