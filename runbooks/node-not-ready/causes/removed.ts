import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { type NodeCause, trusting } from '../signs.ts';

/** Autoscalers and people take nodes away; the alert outlives them until its series are gone. */
export const removed: NodeCause = {
  title: 'The node was removed from the cluster',
  judge: trusting(({ registered }, _maybe, { target }) => {
    if (registered) return ruledOut('its Node object exists');
    if (!isNodeName(target.name)) return inconclusive(noNode(target.name));
    return confirmed(`there is no Node object ${target.name}: deleted, replaced, or never registered`);
  }),
};

/** Names of nodes are DNS subdomains (kubernetes/apimachinery, IsDNS1123Subdomain). */
export function isNodeName(name: string): boolean {
  return /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name);
}

/** Of an alert whose label is an address and a port, or in capitals. */
export function noNode(name: string): string {
  return `no Node can be called ${name} (lower case letters, digits, "-" and "."): the alert means another one`;
}
