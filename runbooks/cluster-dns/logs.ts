import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import type { Readers } from '../../engine/readers.ts';
import type { Evidence } from '../../engine/runbook.ts';
import { plural } from '../evidence/node-words.ts';
import { limits } from './limits.ts';
import { type Said, saidIn, unansweredIn } from './log-lines.ts';
import { endedLately, type PodView, podReads, podsRead, worstFirst } from './pods.ts';
import { NAMESPACE } from './target.ts';
import { few } from './words.ts';

/** Two thirds of the clusters run two; three tell a node's trouble from that of all. */
const MOST_PODS = 3;
const LINES = 200;

export interface PodLog {
  readonly pod: string;
  readonly node: string;
  /** Of the run that ended last, if that was lately; `undefined`: none, or nobody kept it. */
  readonly last: Said | undefined;
  /** Of the last five minutes of the run that goes on; `undefined`: none goes on. */
  readonly now: Said | undefined;
  /** It wrote more within the five minutes than was read: what is not in it may have been said all the same. */
  readonly cut: boolean;
}

const Schema = z
  .array(z.object({ pod: z.string(), node: z.string(), last: z.string().nullable(), now: z.string().nullable() }))
  .transform((logs): readonly PodLog[] =>
    logs.map(({ pod, node, last, now }) => {
      const said = now === null ? undefined : saidIn(now);
      return {
        ...{ pod, node, last: last === null || last.trim() === '' ? undefined : saidIn(last), now: said },
        cut: (said?.lines ?? 0) >= LINES,
      };
    }),
  );

export const logs: Evidence<readonly PodLog[], unknown> = {
  title: 'What CoreDNS wrote: its last words, and the last five minutes',
  schema: Schema,
  reads: [...podReads, 'logs Pod in kube-system'],
  read: async (readers, _, { now }) => {
    const { all } = await podsRead(readers);
    const asked = worstFirst(all, now)
      .filter(({ node, phase }) => node !== undefined && phase === 'Running')
      .slice(0, MOST_PODS);
    return Promise.all(
      asked.map(async (pod) => ({
        pod: pod.name,
        node: pod.node ?? '',
        last: hasLastWords(pod, now) ? await logOf(readers.kube, pod, { previous: true }) : null,
        now:
          pod.runningSince === undefined ? null : await logOf(readers.kube, pod, { sinceSeconds: limits.heardSeconds }),
      })),
    );
  },
  show: (all) => all.map((log) => `${log.pod}: ${wordsOf(log)}`).join('; ') || 'no container of it has started',
  windowSeconds: 300,
  threshold: '5 questions or calls without an answer within five minutes',
  thresholdSource: 'chosen here',
};

/** Of a pod that is not ready whenever it ended: our own clock may be off. */
function hasLastWords(pod: PodView, now: Date): boolean {
  return pod.ended !== undefined && (!pod.isReady || endedLately(pod, now));
}

type Which = { readonly previous: true } | { readonly sinceSeconds: number };

/** `null`: that run is gone, or has not begun. */
async function logOf(kube: Readers['kube'], { name, container }: PodView, which: Which): Promise<string | null> {
  try {
    const of = container === undefined ? {} : { container };
    return await kube.logs(name, { namespace: NAMESPACE, ...of, ...which, lines: LINES });
  } catch (thrown) {
    if (thrown instanceof ReadFailure && thrown.kind === 'not-found') return null;
    throw thrown;
  }
}

function wordsOf({ last, now, cut }: PodLog): string {
  const ended = last && (last.loop ?? last.config ?? last.crash ?? last.starved ?? last.refused ?? last.apiWords);
  const said = now && [
    ...(now.reload ? [`reload refused: ${now.reload}`] : []),
    ...(now.refused ? [now.refused] : []),
    ...(now.api > 0 ? [`${plural(now.api, 'call')} to the API server failed (${now.apiWords})`] : []),
    ...(now.silent > 0 ? ['it cannot watch the API server, and its version does not say why'] : []),
    ...(now.strangeCalls > 0
      ? [`${plural(now.strangeCalls, 'line')} of calls to the API server not told apart (${now.strangeCallWords})`]
      : []),
    ...(now.strange > 0 ? [`${plural(now.strange, 'failure')} not told apart (${now.strangeWords})`] : []),
    ...(unansweredIn(now) > 0
      ? [`${plural(unansweredIn(now), 'question')} without an answer (${now.upstreamWords})`]
      : []),
    ...(now.panics > 0 ? [plural(now.panics, 'panic')] : []),
  ];
  const words = [
    ...(ended
      ? [`its last words: ${ended}`]
      : last
        ? [`its last words name no reason that is known here: ${last.lastLine}`]
        : []),
    ...(said ? [said.length > 0 ? few(said, 4) : `nothing is wrong in ${plural(now.lines, 'line')}`] : []),
  ];
  return `${words.join('; ') || 'nothing of it was kept'}${cut ? ' (of more than was read)' : ''}`;
}
