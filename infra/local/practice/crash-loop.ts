import type { PodPlace } from './placement.ts';

export interface Run {
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** Where a container stands that is ended again and again. */
export interface Turn {
  readonly restarts: number;
  /** The latest start, and whether that run goes on. */
  readonly startedAt: number;
  readonly running: boolean;
  readonly first: Run;
  /** The latest run that is over. */
  readonly ended?: Run;
}

/** The longest a kubelet waits before it starts a container again (10 s, doubled each time up to five minutes). */
const BACK_OFF_SECONDS = 300;

/** From being bound to a node until the pod's container runs, and until that is ready. */
const RUNS_AFTER_SECONDS = 2;
export const READY_AFTER_SECONDS = 6;

type Begun = Pick<PodPlace, 'createdAt' | 'life'>;

/** When the pod's container was started for the first time. Infinity: no kubelet has come to it. */
export function startedAt(place: Begun): number {
  return firstReadyAt(place) - READY_AFTER_SECONDS + RUNS_AFTER_SECONDS;
}

/** When it was ready for the first time, if its container does not end before. */
export function firstReadyAt({ createdAt, life }: Begun): number {
  return life ? (life.readyAt ?? Number.POSITIVE_INFINITY) : createdAt + READY_AFTER_SECONDS;
}

/** `undefined`: its container runs on. The shorter waits of the first minutes are left out: every wait is the longest. */
export function turnOf(place: PodPlace, now: number): Turn | undefined {
  const { livesSeconds } = place.workload;
  if (livesSeconds === undefined) return undefined;
  const runAt = (count: number): Run => {
    const start = startedAt(place) + count * (livesSeconds + BACK_OFF_SECONDS);
    return { startedAt: start, finishedAt: start + livesSeconds };
  };
  const restarts = Math.max(0, Math.floor((now - startedAt(place)) / (livesSeconds + BACK_OFF_SECONDS)));
  const latest = runAt(restarts);
  const running = now < latest.finishedAt;
  const over = running ? restarts - 1 : restarts;
  return {
    restarts,
    startedAt: latest.startedAt,
    running,
    first: runAt(0),
    ...(over < 0 ? {} : { ended: runAt(over) }),
  };
}
