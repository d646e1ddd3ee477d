import type { Measure } from '../../../engine/measure.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { duration, plural, secondsSince } from '../../evidence/node-words.ts';
import type { Maybe, Seen } from '../evidence.ts';
import { isFlapping } from '../flapping.ts';
import { OLD_SECONDS } from '../ports.ts';
import { lastWord, type NodeCause, readinessOf, sinceWords, trusting } from '../signs.ts';

/**
 * Our own limits: three nodes and a tenth of all; ten where it is not known of how many. (One node of five is more than a
 * tenth already, and of thousands ten go within every hour.)
 */
const FEW = 3;
const SHARE = 0.1;
const MANY = 10;
/** The window in which the others fell (queries.ts). */
const WITHIN_SECONDS = 3600;

/**
 * Many nodes at once have something in common that broke. Counted by Prometheus, so that no node list is read.
 * That explains this node only if it fell with them.
 */
export const manyNodes: NodeCause = {
  title: 'Not this node: many at once, so the control plane or what they share',
  judge: trusting(({ fleet }, maybe, { now }) => {
    const { nodes, notReady, fellWithinHour, unhealthyByController, kubelets, kubeletsDown } = fleet;
    if (nodes !== undefined && notReady !== undefined && fellWithinHour !== undefined) {
      const words = `${notReady} of ${plural(nodes, 'node')} ${notReady === 1 ? 'is' : 'are'} not ready, ${fellWithinHour} of them since less than an hour`;
      const verdict = weighed(fellWithinHour, notReady, nodes, words, apartFrom(maybe, now));
      const doubt = doubtOf(fleet, nodes, fellWithinHour);
      return doubt === undefined ? verdict : inconclusive(`${words}; but ${doubt}`);
    }
    if (unhealthyByController !== undefined) {
      const words = `the controller manager counts ${plural(unhealthyByController, 'unhealthy node')}`;
      return weighed(unhealthyByController, unhealthyByController, undefined, words, apartFrom(maybe, now));
    }
    return inconclusive(
      `${kubeletsDown} of ${kubelets} kubelets fail their scrape; whether their nodes are ready, kube-state-metrics would tell (kube_node_status_condition)`,
    );
  }),
  measure: ({ fleet }) => fallen(fleet),
  remedies: ['checkControlPlane'],
};

/** Why the count does not tell how it is now. */
function doubtOf(
  { ageSeconds = 0, kubelets = 0, kubeletsDown, sinceUnseen = 0 }: Seen['fleet'],
  nodes: number,
  fell: number,
): string | undefined {
  if (ageSeconds > OLD_SECONDS) {
    return `that is what kube-state-metrics said ${duration(ageSeconds)} ago: Prometheus takes nothing in of it since`;
  }
  if (isMany(fell, nodes)) return undefined;
  // As many as make many may be among those that it does not tell of.
  if (isMany(kubelets - nodes, kubelets)) {
    return `Prometheus knows ${kubelets} kubelets${kubeletsDown === undefined ? '' : `, of which ${kubeletsDown} fail their scrape`}: kube-state-metrics does not tell of all nodes`;
  }
  if (sinceUnseen === 0 || fell + sinceUnseen <= 1) return undefined;
  return `since when ${sinceUnseen} of them ${sinceUnseen === 1 ? 'is' : 'are'} could not be seen: Prometheus did not count them an hour ago`;
}

/** Twice as many are not ready: no longer the few that came and went meanwhile (judgement). */
const TWICE = 2;

function fallen({ notReady, unhealthyByController }: Seen['fleet']): Measure | undefined {
  const value = notReady ?? unhealthyByController;
  const of = notReady === undefined ? 'nodes unhealthy to the controller manager' : 'nodes not ready';
  return value === undefined ? undefined : { of, value, unit: 'count', worseWhen: 'higher', clearlyWorse: TWICE };
}

function isMany(down: number, all: number | undefined): boolean {
  return all === undefined ? down >= MANY : down >= FEW && down >= SHARE * all;
}

/** `fell`: within the hour, of all that are `down` now. Those that are down longer may well have fallen together. */
function weighed(
  fell: number,
  down: number,
  all: number | undefined,
  words: string,
  apart: string | undefined,
): Verdict {
  if (isMany(fell, all)) {
    if (apart) return inconclusive(`${words}; but ${apart}`);
    return confirmed(`${words}: look at what they share (API server, etcd, controller manager, network, zone)`);
  }
  if (isMany(down, all)) {
    return inconclusive(
      `${words}: whether the others fell together, and this one with them, is too long ago to be seen`,
    );
  }
  if (fell <= 1) return ruledOut(words);
  return inconclusive(`${words}: too few to tell chance from a common cause`);
}

/** Why what befell the others is not what is wrong here: this node is not among them, or was before. */
function apartFrom(maybe: Maybe, now: Date): string | undefined {
  const ready = readinessOf(maybe);
  if (ready === undefined) return 'whether this node is one of them could not be seen';
  if (ready.status === 'True') {
    return isFlapping(maybe, now) ? undefined : `this node is none of them: Ready=True${sinceWords(ready)}`;
  }
  if (ready.status === 'False')
    return `of this node ${lastWord(maybe, now)?.words ?? 'its kubelet says so'}: whether the others say the same, their Node objects tell`;
  if (ready.since === undefined) return `since when this node is Ready=${ready.status} could not be seen`;
  const age = secondsSince(ready.since, now);
  return age > WITHIN_SECONDS
    ? `this node has been Ready=${ready.status} for ${duration(age)}, longer than they`
    : undefined;
}
