import { confirmed, inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import { duration } from '../evidence/node-words.ts';
import { errorsAt, isAsEver, isList, isQuick, isSlowItself, isTried } from './etcd-state.ts';
import { isOfOurs, isWhole, refusalsOf } from './facts.ts';
import { limits } from './limits.ts';
import type { Operation, Seen } from './seen.ts';
import { few, perSecond } from './words.ts';

/** In the last two minutes nothing but evictions was refused, hardly an answer was a 5xx, and etcd answered the API server well. */
export function recovered(seen: Seen): Verdict {
  const { all, allNow, brokenNow, othersNow } = refusalsOf(seen.answers);
  const rejected = seen.flows.filter((row) => !isOfOurs(row) && (row.rejectedNow ?? 0) >= limits.refusedPerSecond);
  // A client of a level of its own goes on being refused, and is counted among all.
  const isolated = seen.flows.filter(isOfOurs).reduce((sum, { rejectedNow = 0 }) => sum + rejectedNow, 0);
  const refused = Math.max(0, (othersNow ?? 0) - isolated);
  const allRejected = seen.flows.find((row) => row.allRejectedNow !== undefined)?.allRejectedNow;
  // Where what is rejected is not all told by level, who of ours is refused is not known either.
  const isTold = isWhole(seen.flows, 'rejectedNow', allRejected);
  const writes = seen.webhooks.find((row) => row.writes !== undefined)?.writes;
  const tried = seen.etcd.filter(isTried);
  const slow = tried.filter((row) => nowOf(row) === 'slow');
  const wrong = [
    ...(seen.readyz.status === 200 ? [] : [`the API server's own checks fail: ${seen.readyz.failing.join(', ')}`]),
    ...(rejected.length > 0
      ? [`${few(rejected, (row) => `${row.priority_level} rejects ${perSecond(row.rejectedNow ?? 0)}`)}`]
      : []),
    ...(rejected.length === 0 && isTold && refused >= limits.refusedPerSecond
      ? [`${perSecond(refused)} are answered 429`]
      : []),
    ...(errorsAt(seen) === 'many' ? ['requests fail at etcd'] : []),
    ...(isBroken(allNow, brokenNow)
      ? [`of ${perSecond(allNow ?? 0)} that are asked ${perSecond(brokenNow ?? 0)} are answered 5xx`]
      : []),
    ...(writes !== undefined && writes > limits.writesSlowSeconds
      ? [`writes take ${duration(writes)} on average`]
      : []),
    ...slow.map(({ operation, meanNow = 0 }) => `etcd takes ${duration(meanNow)} for ${operation}`),
  ];
  if (wrong.length > 0) return ruledOut(few(wrong, String, 3));
  const open = tried.find((row) => nowOf(row) === 'open');
  if (open && !(isList(open) && isQuick(seen))) {
    const words = `etcd takes ${duration(open.meanNow ?? 0)} for ${open.operation}`;
    return isList(open) && isSlowItself(seen)
      ? ruledOut(words)
      : inconclusive(`${words}, and whether that is how it always is could not be seen`);
  }
  if (errorsAt(seen) !== 'few') return inconclusive('whether requests fail at etcd could not be seen');
  if ([all, allNow, brokenNow, othersNow].includes(undefined) || seen.readyz.etcd !== true)
    return inconclusive('whether requests are answered could not be seen');
  if (!isTold || allRejected === undefined || allRejected - isolated >= limits.refusedPerSecond)
    return inconclusive('what priority and fairness rejects is not all counted');
  if (writes === undefined) return inconclusive('how long writes take is not counted');
  const dark =
    seen.etcd.find(({ requests }) => requests === undefined) ?? tried.find(({ meanNow }) => meanNow === undefined);
  if (dark) return inconclusive(`how long etcd takes for ${dark.operation} is not counted`);
  const blind = seen.servers.filter(({ up }) => up !== 1);
  if (blind.length > 0)
    return inconclusive(`what ${few(blind, ({ instance }) => instance)} answers is not seen: its scrapes fail`);
  return confirmed(
    'in the last 2 minutes nothing was refused in a level that others share, under 1 % of the answers were 5xx, and etcd answered in under 100 ms, or as it ever does',
  );
}

function isBroken(all = Number.POSITIVE_INFINITY, broken = 0): boolean {
  return broken >= limits.refusedPerSecond && broken >= limits.brokenShare * all;
}

/** How an operation of etcd does now. Up to the limit it is well where it is as it was yesterday; a list however long it takes. */
function nowOf(row: Operation): 'good' | 'slow' | 'open' {
  const { meanNow = 0, usual } = row;
  if (meanNow < limits.etcdGoodSeconds) return 'good';
  if (isList(row)) return isAsEver(row, meanNow) ? 'good' : 'open';
  if (meanNow > limits.etcdSlowSeconds) return 'slow';
  if (usual === undefined) return 'open';
  return isAsEver(row, meanNow) ? 'good' : 'slow';
}
