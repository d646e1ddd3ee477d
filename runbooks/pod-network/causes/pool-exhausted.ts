import type { Measure } from '../../../engine/measure.ts';
import { confirmed } from '../../../engine/verdict.ts';
import { isElsewhere, rangeIn } from '../complaints.ts';
import type { Seen } from '../evidence.ts';
import { limits } from '../limits.ts';
import { sandboxClause } from '../sandboxes.ts';
import { latelyIn, type NetworkCause, signsOf, signWords, trusting, withoutSign } from '../signs.ts';
import { percent } from '../words.ts';

/** Said whatever the reason is for which its daemon has none (amazon-vpc-cni-k8s, docs/troubleshooting.md). */
const OF_AWS = /failed to assign an IP address to container/i;

/** No address is left, or those of pods that are gone were never given back (k3s#4682, kube-router#383). */
export const poolExhausted: NetworkCause = {
  title: 'No address is left for pods of the node',
  present: true,
  judge: trusting((seen, maybe, now) => {
    const signs = signsOf(seen, ['noAddress']);
    const sign = latelyIn(signs, now).at(-1);
    const { withAddress } = seen.agents;
    if (!sign) return withoutSign(seen, signs, now, `nothing says so; its pods hold ${withAddress} addresses`);
    if (OF_AWS.test(sign.line))
      return confirmed(
        `${signWords(sign)}: its subnet or the machine's interfaces are full, or its daemon may not ask EC2 for more, which its log on the machine tells (ipamd.log). Its pods hold ${withAddress} addresses${sandboxClause(maybe)}`,
        "AWS's plug-in has no address to give",
      );
    const all = rangeIn(sign.line);
    if (all === undefined)
      return confirmed(`${signWords(sign)}. Its pods hold ${withAddress} addresses${sandboxClause(maybe)}`);
    const share = withAddress / all;
    // Those that its pods are known by are of another network than the one that has none left.
    if (share > 1 || isElsewhere(sign.line, seen.placing.podCidrs))
      return confirmed(
        `${signWords(sign)}, of ${all} addresses: which pods hold them is not known${sandboxClause(maybe)}`,
      );
    const held = `Its pods hold ${withAddress} of ${all} addresses (${percent(share)})`;
    const why = share < limits.leakShare ? 'the others are kept for pods that are gone' : 'they are really in use';
    return confirmed(`${signWords(sign)}. ${held}: ${why}${sandboxClause(maybe)}`);
  }),
  measure: addressesHeld,
  remedies: ['cordon', 'freeAddresses', 'keepNetwork'],
};

/** Twice as many of so many pods' addresses is no chance (judgement). */
const CLEARLY_MORE = 2;

function addressesHeld({ placing, agents }: Seen): Measure | undefined {
  const [, bits] = /^\d+\.\d+\.\d+\.\d+\/(\d+)$/.exec(placing.podCidrs.find((cidr) => !cidr.includes(':')) ?? '') ?? [];
  if (bits === undefined) return undefined;
  return {
    of: 'addresses of its subnet held by its pods',
    // Without the first and the last, which name the network and all of it.
    value: agents.withAddress / (2 ** (32 - Number(bits)) - 2),
    unit: 'share',
    worseWhen: 'higher',
    clearlyWorse: CLEARLY_MORE,
    fineUntil: limits.leakShare,
  };
}
