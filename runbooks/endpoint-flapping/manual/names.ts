import type { ManualRemedy } from '../../../engine/runbook.ts';
import { word } from '../../evidence/shell.ts';
import type { PodView } from '../pods.ts';
import type { Maybe, Seen } from '../schema.ts';
import type { FlapTarget } from '../target.ts';

export type Manual = ManualRemedy<Seen, FlapTarget>;

/** The node in question, as it may stand in a command. */
export function nodeName({ node }: Maybe, target: FlapTarget): string {
  return word(node?.name ?? (target.kind === 'Node' ? target.name : '<node>'));
}

const isUnready = ({ isReady, ofJob }: PodView) => !isReady && !ofJob;

/** `-n shop web-1`: the pod of the alert, the first that is wanted, or one to be filled in. */
export function podArgs({ pods }: Maybe, target: FlapTarget, isWanted = isUnready): string {
  if (target.kind === 'Pod') return `-n ${word(target.namespace)} ${word(target.name)}`;
  const pod = pods?.pods.find(isWanted);
  return pod ? `-n ${word(pod.namespace)} ${word(pod.name)}` : '-n <namespace> <pod>';
}
