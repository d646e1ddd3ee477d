import type { ManualRemedy } from '../../../engine/runbook.ts';
import { word } from '../../evidence/shell.ts';
import type { Maybe, Seen } from '../schema.ts';
import type { FlapTarget } from '../target.ts';

export type Manual = ManualRemedy<Seen, FlapTarget>;

/** The node in question, as it may stand in a command. */
export function nodeName({ node }: Maybe, target: FlapTarget): string {
  return word(node?.name ?? (target.kind === 'Node' ? target.name : '<node>'));
}

/** `-n shop web-1`: the pod that came or went last, or one to be filled in. */
export function podArgs({ pods }: Maybe, target: FlapTarget): string {
  if (target.kind === 'Pod') return `-n ${word(target.namespace)} ${word(target.name)}`;
  const pod = pods?.pods.find(({ isReady, ofJob }) => !isReady && !ofJob);
  return pod ? `-n ${word(pod.namespace)} ${word(pod.name)}` : '-n <namespace> <pod>';
}
