import type { Cause, JudgeContext } from '../../engine/runbook.ts';
import { inconclusive, type Verdict } from '../../engine/verdict.ts';
import { serverTime } from '../evidence/control-plane.ts';
import { secondsSince } from '../evidence/node-words.ts';
import type { Maybe, Seen } from './evidence.ts';
import { limits } from './limits.ts';
import type { ManualName } from './manual/all.ts';
import type { ControlPlaneTarget } from './target.ts';

export type PlaneCause = Cause<Seen, ManualName, ControlPlaneTarget>;
export type Context = JudgeContext<ControlPlaneTarget>;
type Judge = (seen: Seen, maybe: Maybe, context: Context) => Verdict;

/**
 * An API server that has lost etcd goes on answering from its cache, and nothing in the answer says so: then no object
 * rules anything out, or confirms it. The present is the API server's, should our own clock be off.
 */
export function trusting(judge: Judge): Judge {
  return (seen, maybe, context) => {
    const now = serverTime(maybe.readyz, context.now);
    // A lease that was renewed just now is no old copy, whatever the check of this one instance says.
    if (maybe.readyz?.etcd === false && freshest(maybe, now) === undefined) {
      return inconclusive('the API server has lost etcd: what it says may be an old copy');
    }
    if (maybe.readyz === undefined && freshest(maybe, now) === undefined) {
      return inconclusive(
        'whether the API server has lost etcd could not be seen, and no lease is fresh: its answers may be an old copy',
      );
    }
    return judge(seen, maybe, { ...context, now });
  };
}

/** Who renewed a lease just now, and how long ago: it was written to etcd then. */
export function freshest(
  { elections, machines = [] }: Maybe,
  now: Date,
): { readonly who: string; readonly ageSeconds: number } | undefined {
  const elected = Object.entries({ ...elections?.others, 'its leader': elections?.own });
  const all = [
    ...elected.map(([who, election]) => ({ who, at: election?.renewedAt })),
    ...machines.map(({ name, renewedAt }) => ({ who: `the kubelet of ${name}`, at: renewedAt })),
  ];
  return all
    .flatMap(({ who, at }) => (at === undefined ? [] : [{ who, ageSeconds: secondsSince(at, now) }]))
    .filter(({ ageSeconds }) => Math.abs(ageSeconds) <= limits.kubeletFreshSeconds)
    .sort((a, b) => Math.abs(a.ageSeconds) - Math.abs(b.ageSeconds))[0];
}
