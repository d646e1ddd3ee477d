import type { NodeFacts, Silence } from './facts.ts';

/** A stretch in which the kubelet is held up (its disk does not answer): it neither renews its lease nor answers anybody. */
export interface Lapse {
  readonly from: number;
  readonly until: number;
  /** Only its connection to the API server hung: it answers whoever asks, and nobody hears of it. */
  readonly unheard?: true;
}

/** Whether it answers nobody. */
export function isHeldUp(node: Node, at: number): boolean {
  const lapse = lapseAt(node, at);
  return lapse !== undefined && lapse.unheard === undefined;
}

/** A kubelet remembers so long who Prometheus is (`authentication.webhook.cacheTTL`); then it has to ask the API server. */
const REMEMBERS_SECONDS = 120;

/** Whether it answers 401 to whoever asks: it does not hear from the API server who that is. */
export function knowsNobody(node: Node, at: number): boolean {
  const lapse = lapseAt(node, at);
  return lapse?.unheard === true && at - lapse.from >= REMEMBERS_SECONDS;
}

type Node = Pick<NodeFacts, 'lapses'>;

/** From the end of a lapse until the kubelet has posted Ready again (measured: 0.6 to 1 s). */
const POSTED_AFTER_SECONDS = 1;

export function lapseAt({ lapses = [] }: Node, at: number): Lapse | undefined {
  return lapses.find(({ from, until }) => at >= from && at < until);
}

/** When it last went on after a lapse, and when that was posted. */
export function lapseEndedAt({ lapses = [] }: Node, now: number): number | undefined {
  return lapses.findLast(({ until }) => until <= now)?.until;
}

export function postedAfterLapse(node: Node, now: number): number | undefined {
  const ended = lapseEndedAt(node, now - POSTED_AFTER_SECONDS);
  return ended === undefined ? undefined : ended + POSTED_AFTER_SECONDS;
}

/** A lapse that lasted long enough for the controller manager to call the node Unknown, and when it was over. */
export interface Outage {
  readonly silence: Silence;
  readonly backAt: number;
}

/** All by now. `silenceFrom`: what the controller manager does about a kubelet that fell silent at a moment. */
export function outagesBy({ lapses = [] }: Node, now: number, silenceFrom: (at: number) => Silence): readonly Outage[] {
  return lapses
    .map(({ from, until }) => ({ silence: silenceFrom(from), backAt: until + POSTED_AFTER_SECONDS }))
    .filter(({ silence, backAt }) => silence.unknownAt <= now && silence.unknownAt < backAt);
}
