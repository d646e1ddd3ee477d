import * as z from 'zod';
import { isBrokenAt } from './broken-part.ts';
import type { NodeFacts } from './facts.ts';
import type { Life } from './life/life.ts';
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
  /** How its runs end. */
  readonly exit: { readonly exitCode: number; readonly reason: string };
}

/** The longest a kubelet waits before it starts a container again (10 s, doubled each time up to five minutes). */
const BACK_OFF_SECONDS = 300;

/** Who cannot read its flags ends at once. */
const BROKEN_LIVES_SECONDS = 1;
/** The memory limit's OOM kill ends it with SIGKILL, exit code 128 + 9. */
const OUT_OF_MEMORY = { exitCode: 137, reason: 'OOMKilled' } as const;

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

/** What of a pod tells whether its container lasts. */
type Lasting = Pick<PodPlace, 'workload' | 'broken'> & {
  readonly node?: NodeFacts | undefined;
  readonly life?: Pick<Life, 'revision'>;
};

/** After how long its container is ended for its memory. `undefined`: it runs on, as with a higher limit than it began with. */
export function livesFor({ workload, node, life, broken }: Lasting, now: number): number | undefined {
  if (isBrokenAt(broken, now)) return BROKEN_LIVES_SECONDS;
  const { livesSeconds, livesOn, livesUntil = Number.POSITIVE_INFINITY, memory } = workload;
  if (livesSeconds === undefined || now >= livesUntil) return undefined;
  if (livesOn && !livesOn.includes(node?.name ?? '')) return undefined;
  return mebibytes(limitIn(life) ?? memory) > mebibytes(memory) ? undefined : livesSeconds;
}

const Limited = z.object({
  spec: z.object({
    containers: z.array(
      z.object({ resources: z.object({ limits: z.record(z.string(), z.string()).default({}) }).prefault({}) }),
    ),
  }),
});

/** How much memory its container may take. */
export function memoryLimitBytes({ workload, life }: Pick<Lasting, 'workload' | 'life'>): number {
  return mebibytes(limitIn(life) ?? workload.memory) * 2 ** 20;
}

/** The memory limit in the template it was made from. */
function limitIn(life: Lasting['life']): string | undefined {
  const template = Limited.safeParse(life?.revision.template);
  return template.data?.spec.containers[0]?.resources.limits.memory;
}

export function mebibytes(quantity: string): number {
  const [, amount = '', unit = ''] = /^(\d+)([MG]i)$/.exec(quantity) ?? [];
  return Number(amount) * (unit === 'Gi' ? 1024 : 1);
}

/** `undefined`: its container runs on. The shorter waits of the first minutes are left out: every wait is the longest. */
export function turnOf(place: PodPlace, now: number): Turn | undefined {
  const livesSeconds = livesFor(place, now);
  if (livesSeconds === undefined) return undefined;
  const { broken } = place;
  const isBroken = isBrokenAt(broken, now);
  const began = isBroken && !broken.onlyNew ? broken.from : startedAt(place);
  const runAt = (count: number): Run => {
    const start = began + count * (livesSeconds + BACK_OFF_SECONDS);
    return { startedAt: start, finishedAt: start + livesSeconds };
  };
  const restarts = Math.max(0, Math.floor((now - began) / (livesSeconds + BACK_OFF_SECONDS)));
  const latest = runAt(restarts);
  const running = now < latest.finishedAt;
  const over = running ? restarts - 1 : restarts;
  return {
    restarts,
    startedAt: latest.startedAt,
    running,
    first: runAt(0),
    exit: isBroken ? { exitCode: broken.exitCode, reason: 'Error' } : OUT_OF_MEMORY,
    ...(over < 0 ? {} : { ended: runAt(over) }),
  };
}
