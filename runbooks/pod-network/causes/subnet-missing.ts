import { confirmed, inconclusive, type Verdict } from '../../../engine/verdict.ts';
import { clockTime } from '../../evidence/node-words.ts';
import { agentWords } from '../agents.ts';
import type { Seen } from '../evidence.ts';
import { sandboxesFailed } from '../sandboxes.ts';
import {
  isYoung,
  latelyIn,
  type NetworkCause,
  named,
  pluginAgents,
  signsOf,
  signWords,
  trusting,
  withoutSign,
} from '../signs.ts';

/** Plug-ins that take a node's addresses from `spec.podCIDR`. Others (Calico, Cilium, AWS) have their own, and it may be absent. */
const TAKES_POD_CIDR = /^(kube-)?flannel$|^canal$|^kube-router$|^kindnet$|^antrea(-agent)?$/;

export const subnetMissing: NetworkCause = {
  title: 'The node has no subnet for its pods, or another than before',
  present: true,
  judge: trusting((seen, _maybe, now) => {
    const { podCidrs, createdAt } = seen.placing;
    const agents = pluginAgents(seen);
    const signs = signsOf(seen, ['noSubnet', 'otherSubnet']);
    const sign = latelyIn(signs, now).at(-1);
    const has = podCidrs.length > 0 ? `podCIDR ${podCidrs.join(', ')}` : `no podCIDR${refusedWords(seen)}`;
    const other = latelyIn(signsOf(seen, ['otherSubnet']), now).at(-1);
    if (other) return confirmed(`${signWords(other)}. The node has ${has}: its bridge is still that of another lease`);
    const takes = agents.filter(({ app }) => TAKES_POD_CIDR.test(app));
    if (podCidrs.length === 0 && (sign || takes.length > 0)) {
      if (isYoung(createdAt, now)) return inconclusive(`the node has ${has}; it has only just joined`);
      const who = takes.length > 0 ? `, from which ${named(takes)} takes addresses` : '';
      if (sign) return confirmed(`the node has ${has}${who}. ${signWords(sign)}`);
      return inconclusive(`the node has ${has}${who}, unless its subnets are kept elsewhere (etcd): nobody complains`);
    }
    if (sign) return withSign(seen, `${signWords(sign)}; the node has ${has}`);
    return withoutSign(seen, signs, now, `${has}${podCidrs.length === 0 ? ', which this plug-in does not use' : ''}`);
  }),
  measure: sandboxesFailed,
  remedies: ['remakeAgent', 'cordon', 'giveSubnet', 'keepNetwork'],
};

/** The subnet is there, and what the agent makes of it (`/run/flannel/subnet.env`) is not. */
function withSign(seen: Seen, words: string): Verdict {
  const agents = pluginAgents(seen);
  const failing = agents.find(({ ready }) => !ready);
  if (failing) return inconclusive(`${words}. That follows from its agent, which writes it. ${agentWords(failing)}`);
  if (agents.length === 0) return inconclusive(`${words}. No agent is here that would write it`);
  return confirmed(
    `${words}, and ${named(agents)} ${agents.length === 1 ? 'is' : 'are'} ready: the file was taken away`,
  );
}

/** The controller manager has no range left (pkg/controller/nodeipam). With plug-ins that have their own this is no trouble. */
function refusedWords({ events }: Seen): string {
  const refused = events.findLast(({ reason }) => reason === 'CIDRNotAvailable' || reason === 'CIDRAssignmentFailed');
  return refused ? ` (the controller manager: ${refused.reason}, last at ${clockTime(refused.lastSeen)})` : '';
}
