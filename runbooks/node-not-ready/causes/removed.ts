import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { clockTime, plural } from '../../evidence/node-words.ts';
import type { Maybe } from '../evidence.ts';
import { type NodeCause, trusting } from '../signs.ts';

/** Autoscalers and people take nodes away; the alert outlives them until its series are gone. */
export const removed: NodeCause = {
  title: 'The node was removed from the cluster',
  judge: trusting(({ registered }, maybe, { target }) => {
    if (registered) return ruledOut('its Node object exists');
    if (!isNodeName(target.name)) return inconclusive(noNode(target.name));
    const none = `there is no Node object ${target.name}`;
    const proof = thatItWas(maybe);
    if (proof) return confirmed(`${none} any more: ${proof}`);
    return inconclusive(`${none}, and nothing that was seen shows that there was one: is the alert's label wrong?`);
  }),
};

/**
 * An alert's label may name what never was a node of this cluster. Only what nobody writes without a Node counts: no target of
 * Prometheus, which may be a machine that never joined, and no event of a kubelet, which writes some while it fails to register.
 */
function thatItWas({ history = {}, lease, events = [], pods }: Maybe): string | undefined {
  const { ready, unknown, readinessChanges } = history;
  if ((ready ?? unknown ?? readinessChanges) !== undefined) return 'kube-state-metrics knew it within half an hour';
  // It is made with the Node as its owner (k8s.io/component-helpers, lease/controller.go), and goes after it.
  if (lease) return 'the lease of its kubelet is still there';
  const told = events.findLast(({ from }) => CONTROLLERS.test(from));
  if (told) return `${clockTime(told.lastSeen)} ${told.reason} from ${told.from}`;
  if (pods && pods.running > 0) return `${plural(pods.running, 'pod')} started on it`;
  return undefined;
}

/** They write events of Node objects they see (kube-controller-manager and cloud-provider, node lifecycle controllers). */
const CONTROLLERS = /^(cloud-)?node-(lifecycle-)?controller$/;

/** Names of nodes are DNS subdomains (kubernetes/apimachinery, IsDNS1123Subdomain). */
export function isNodeName(name: string): boolean {
  return /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name);
}

/** Of an alert whose label is an address and a port, or in capitals. */
export function noNode(name: string): string {
  return `no Node can be called ${name} (lower case letters, digits, "-" and "."): the alert means another one`;
}
