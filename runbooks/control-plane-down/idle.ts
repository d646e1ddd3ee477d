import { clockTime, plural, secondsSince } from '../evidence/node-words.ts';
import type { Maybe, Seen } from './evidence.ts';
import { limits } from './limits.ts';
import type { Context } from './seen.ts';
import { unseenIn, type Waiting } from './waiting.ts';

/**
 * What a leader that does nothing leaves undone, in words: its lease is renewed by another thread than does the work. That of the
 * scheduler is always looked at; of the controller manager's a figure tells, which not every cluster has.
 */
export function idleWords(
  { waiting }: Pick<Seen, 'waiting'>,
  { work }: Maybe,
  { target, now }: Context,
): string | undefined {
  if (target.name === 'kube-scheduler') return leftAlone(waiting, now);
  const behind = work?.behind ?? 0;
  return target.name === 'kube-controller-manager' && behind >= limits.behindDeployments
    ? `${plural(behind, 'Deployment')} ${behind === 1 ? 'waits' : 'wait'} to be brought up to date`
    : undefined;
}

function leftAlone({ pods, tooMany }: Waiting, now: Date): string | undefined {
  if (tooMany) return 'more pods have no node than were read';
  const alone = unseenIn({ pods }).filter(({ createdAt }) => secondsSince(createdAt, now) > limits.runOutSeconds);
  const [first] = alone;
  return (
    first && `no scheduler has looked at ${plural(alone.length, 'pod')}, the first since ${clockTime(first.createdAt)}`
  );
}
