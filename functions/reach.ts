import { messageOf, ReadFailure, type ReadFailureKind } from '../engine/errors.ts';
import type { Clock } from '../engine/ports.ts';
import type { Source } from '../engine/readers.ts';
import { redact } from '../engine/redact.ts';

interface Systems {
  readonly kubernetes: Source;
  readonly prometheus?: Source;
}

/** How the reads of one cluster fare: the same sources, watched, and a line for each. */
export interface Reach {
  readonly sources: Systems;
  readonly lines: () => readonly string[];
}

/** When somebody answered last, and what came of the last time they did not. */
export interface Seen {
  answeredAt?: Date;
  failed?: { readonly at: Date; readonly reason: string };
}

/** Failures that say something about the way there, not about what was asked. */
const lost: ReadonlySet<ReadFailureKind> = new Set([
  'unreachable',
  'timed-out',
  'unauthorized',
  'throttled',
  'server-error',
]);
/** Of a log, which the API server passes on to the kubelet and whose failures it hands back as its own. */
const perhapsOfKubelet: ReadonlySet<ReadFailureKind> = new Set(['server-error', 'timed-out']);
/** Nothing was sent. */
const unasked: ReadonlySet<ReadFailureKind> = new Set(['over-budget', 'not-configured', 'not-recorded']);

/** Notes what comes of every read, and makes none of its own: `/readyz` costs a cluster nothing. */
export function watchReach(cluster: string, { kubernetes, prometheus }: Systems, clock: Clock): Reach {
  const seen: { readonly kubernetes: Seen; readonly prometheus: Seen } = { kubernetes: {}, prometheus: {} };
  return {
    sources: {
      kubernetes: watched(kubernetes, seen.kubernetes, clock),
      ...(prometheus ? { prometheus: watched(prometheus, seen.prometheus, clock) } : {}),
    },
    lines: () => [
      `cluster ${cluster}, Kubernetes: ${wordsOf(seen.kubernetes)}`,
      ...(prometheus ? [`cluster ${cluster}, Prometheus: ${wordsOf(seen.prometheus)}`] : []),
    ],
  };
}

function watched(source: Source, seen: Seen, clock: Clock): Source {
  return {
    async read(request, limits) {
      // What a kubelet answers says nothing of the way to the API server.
      if (request.verb === 'kubelet') return source.read(request, limits);
      try {
        const answer = await source.read(request, limits);
        seen.answeredAt = clock.now();
        return answer;
      } catch (failure) {
        if (!(failure instanceof ReadFailure)) throw failure;
        if (request.verb === 'logs' && perhapsOfKubelet.has(failure.kind)) throw failure;
        if (lost.has(failure.kind)) seenFailing(seen, failure, clock);
        else if (!unasked.has(failure.kind)) seen.answeredAt = clock.now();
        throw failure;
      }
    },
  };
}

export function seenFailing(seen: Seen, failure: unknown, clock: Clock): void {
  seen.failed = { at: clock.now(), reason: redact(messageOf(failure)) };
}

export function wordsOf({ answeredAt, failed }: Seen): string {
  const answered = answeredAt && `last answered at ${answeredAt.toISOString()}`;
  if (failed === undefined || (answeredAt && answeredAt > failed.at)) return answered ?? 'not asked since the start';
  const words = `failed at ${failed.at.toISOString()}: ${failed.reason.replace(/\s+/g, ' ')}`;
  return `${words}; ${answered ?? 'has not answered since the start'}`;
}
