import type { Cause } from '../../engine/runbook.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import { serverTime } from '../evidence/control-plane.ts';
import { clockTime, plural } from '../evidence/node-words.ts';
import { type Flap, flapsIn, historyWords, mayBe, named, type Sign } from './flaps.ts';
import { type Silence, silenceOf } from './heartbeat.ts';
import { changedLately, nameOf } from './pods.ts';
import type { RemedyName } from './remedies.ts';
import type { Maybe, Seen } from './schema.ts';
import type { FlapTarget } from './target.ts';
import { few } from './words.ts';

export type FlapCause = Cause<Seen, RemedyName, FlapTarget>;

/** An API server that has lost etcd answers from its cache: then objects prove nothing, either way. */
export function trusting(judge: FlapCause['judge']): FlapCause['judge'] {
  return (seen, maybe, context) => {
    if (seen.readyz.etcd === false)
      return inconclusive('the API server has lost etcd: what it says may be an old copy');
    return judge(seen, maybe, { ...context, now: serverTime(seen.readyz, context.now) });
  };
}

/** What made a heartbeat late is asked only of a node whose heartbeat was missed. */
export function onceSilent(
  judge: (silence: Silence, seen: Seen, maybe: Maybe, now: Date) => Verdict,
): FlapCause['judge'] {
  return trusting((seen, maybe, { now, target }) => {
    const silence = silenceOf(seen, now);
    if (silence) return judge(silence, seen, maybe, now);
    const words = `${seen.node.name} was heard of throughout the last half hour`;
    const other = otherNode(seen, target, now);
    return other ? inconclusive(`${words}; ${other}`) : ruledOut(words);
  });
}

/** Of one node it is looked whether it was silent: why pods of another one may have gone with theirs; or nothing. */
export function otherNode(seen: Seen, target: FlapTarget, now: Date): string | undefined {
  if (target.kind === 'Node') return undefined;
  const { name } = seen.node;
  const isElsewhere = ({ node }: Flap['pod']) => node !== undefined && node !== name;
  // Where none is on another node, that its events were not read is no matter.
  if (!seen.pods.pods.some((pod) => isElsewhere(pod) && (!pod.isReady || changedLately(pod, now)))) return undefined;
  const flap = flapsIn(seen, now).find(
    ({ pod, signs }) => isElsewhere(pod) && (signs.has('node') || (signs.size === 0 && mayBe(pod).has('node'))),
  );
  return flap && `${nameOf(flap.pod)} may have gone with ${flap.pod.node}, which was not looked at`;
}

/** Of pods that came or went: which show this sign. */
export function ofPods(sign: Sign, words: (showing: readonly Flap[], all: number) => string): FlapCause['judge'] {
  return trusting((seen, maybe, { now }) => {
    const { pods, gone, more, undated } = seen.pods;
    if (gone) return inconclusive('the pod does not exist any more, and with it why it came and went');
    const flaps = flapsIn(seen, now);
    const showing = flaps.filter(({ signs }) => signs.has(sign));
    if (showing.length > 0) return confirmed(words(showing, pods.length));
    const unsure = flaps.find((flap) => flap.unsure.has(sign));
    if (unsure) return inconclusive(`${named([unsure])} ${unsure.unsure.get(sign)}`);
    const [unclear] = flaps.filter(({ pod, signs }) => signs.size === 0 && mayBe(pod).has(sign));
    if (unclear) return inconclusive(`${named([unclear])} ${unexplained(unclear)}${historyWords(maybe, unclear.pod)}`);
    if (undated.length > 0 && ENDS.includes(sign)) return inconclusive(`${few(undated)} ended, and when nobody tells`);
    if (more) return inconclusive(`not so of the ${pods.length} pods that were looked at; there are others`);
    if (pods.length === 0) return inconclusive('there are no pods to look at');
    if (flaps.length === 0) return ruledOut(`none of ${plural(pods.length, 'pod')} came or went within half an hour`);
    return ruledOut(`${plural(flaps.length, 'pod')} came or went: ${waysOf(flaps)}`);
  });
}

/** What a pod that has ended may have been through. */
const ENDS: readonly Sign[] = ['ends', 'moving'];

const WAYS: Readonly<Record<Sign, string>> = {
  node: 'with their node',
  probe: 'by their readiness probe',
  ends: 'with a container that ended',
  gate: 'by a readiness gate',
  waiting: 'not started',
  moving: 'made or ended on purpose',
  stuck: 'being ended, and not gone',
};

/** `11 with their node, 1 by their readiness probe`. */
function waysOf(flaps: readonly Flap[]): string {
  const ways = flaps.flatMap(({ signs }) =>
    signs.size === 0 ? ['for a reason not seen'] : [...signs.keys()].map((sign) => WAYS[sign]),
  );
  return [...Map.groupBy(ways, (way) => way)].map(([way, { length }]) => `${length} ${way}`).join(', ');
}

/** `shop/web-1 is being ended; shop/web-2, shop/web-3 …`: pods of one story are told together. */
export function toldOf(flaps: readonly Flap[], sign?: Sign): string {
  const wordsOf = ({ signs, pod }: Flap) =>
    (sign ? signs.get(sign) : [...signs.values()].join(', ')) || (pod.isReady ? 'is ready again' : 'is not ready');
  const by = [...Map.groupBy(flaps, wordsOf)].map(([words, those]) => `${named(those)}: ${words}`);
  return by.slice(0, MOST_STORIES).join('; ');
}
const MOST_STORIES = 3;

function unexplained({ pod }: Flap): string {
  const may = mayBe(pod);
  if (may.size === 1 && may.has('probe'))
    return 'is not ready, nor is a container of it that runs: only its probe can do that, but no event tells';
  if (may.size === 1 && may.has('waiting')) return 'runs, and its startup probe has not succeeded yet';
  if (!pod.isReady) return 'is not ready, and nothing that was seen says why';
  return `became ready again${pod.changedAt ? ` at ${clockTime(pod.changedAt)}` : ''}, and no event says why it was not`;
}
