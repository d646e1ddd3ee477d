import type { Told } from './flaps.ts';
import type { PodView } from './pods.ts';

/** Refused before anything ran; under pressure, too, which is called Evicted as well (pkg/kubelet/lifecycle/predicate.go). */
const SAYS_REFUSED = /^Pod was rejected|^(Pod )?The node had condition|not admitting any new pods/;
const REFUSED =
  /^(OutOf\w+|UnexpectedAdmissionError|Node(Affinity|Name|Ports|Selector\w*|Unschedulable)|TopologyAffinityError|SMTAlignmentError|PodFeatureUnsupported|InvalidNodeInfo|AppArmor|SysctlForbidden)$/;
/** For a resource, as its machine is shut down (three names since 1.20), or for a critical pod. */
const ENDED_ON_PURPOSE = /^(Evicted|Terminated|Shutdown|NodeShutdown|Preempting)$/;

/** A pod that has failed for good: its own status says why, its containers only how they ended. */
export function ofFailed({ reason, message, why, disruption, containers, before }: PodView): Told {
  if (SAYS_REFUSED.test(message) || REFUSED.test(reason))
    return { signs: [['waiting', `was turned away by its kubelet: ${why}`]], unsure: [] };
  if (ENDED_ON_PURPOSE.test(reason)) return { signs: [['moving', why]], unsure: [] };
  // Since 1.26; of one that is deleted for a taint, preempted or evicted through the API as well.
  if (disruption !== undefined) return { signs: [['moving', why ? `${why} (${disruption})` : disruption]], unsure: [] };
  const words = why || 'has failed';
  if (containers.length + before.length > 0) return { signs: [['ends', words]], unsure: [] };
  const untold = `${words}, and no container is told of`;
  return {
    signs: [],
    unsure: [
      ['ends', untold],
      ['waiting', untold],
      ['moving', untold],
    ],
  };
}
