import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { Readers } from '../../engine/readers.ts';
import { type ContainerView, Pods, presentIn, readPods } from './pods.ts';
import { type AnyTarget, namespaceOf } from './target.ts';

/** The last lines of one container, of the run that ended. */
const Log = z.object({
  pod: z.string(),
  container: z.string(),
  /** `null`: there is no log of that run any more. */
  lines: z.array(z.string()).nullable(),
});
export const Logs = z.array(Log);
export type Logs = z.infer<typeof Logs>;

const LINES = 20;
const LONGEST_LINE = 300;
/** More than two stories nobody reads while something burns. */
const MOST_CONTAINERS = 2;

/** What the containers that were ended last wrote before that: nothing else of a log is read. */
export async function readLogs(readers: Readers, target: AnyTarget): Promise<Logs> {
  const namespace = namespaceOf(target);
  const found = Pods.parse(await readPods(readers, target));
  if (!found.named || namespace === undefined) return [];
  const present = presentIn(found);
  const failed = found.pods.filter((pod) => !present.includes(pod));
  const ended = [...present, ...failed].flatMap((pod) =>
    pod.containers.filter(hasEnded).map((container) => ({ pod: pod.name, container })),
  );
  return Promise.all(
    ended.slice(0, MOST_CONTAINERS).map(async ({ pod, container }) => ({
      pod,
      container: container.name,
      lines: await lastLines(readers, { namespace, pod, container }),
    })),
  );
}

function hasEnded({ ended, ready }: ContainerView): boolean {
  return ended !== undefined && (ended.exitCode !== 0 || !ready);
}

async function lastLines(
  { kube }: Readers,
  { namespace, pod, container }: { namespace: string; pod: string; container: ContainerView },
): Promise<string[] | null> {
  const previous = !container.over;
  try {
    const text = await kube.logs(pod, { namespace, container: container.name, previous, lines: LINES });
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => line.slice(0, LONGEST_LINE));
  } catch (thrown) {
    if (thrown instanceof ReadFailure && thrown.kind === 'not-found') return null;
    throw thrown;
  }
}
