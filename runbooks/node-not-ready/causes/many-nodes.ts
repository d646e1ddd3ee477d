import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { plural } from '../../evidence/node-words.ts';
import { type NodeCause, trusting } from '../signs.ts';

/** Our own limits: three nodes and a tenth of all, or ten. (One node of five is more than a tenth already.) */
const FEW = 3;
const SHARE = 0.1;
const MANY = 10;

/** Many nodes at once have something in common that broke. Counted by Prometheus, so that no node list is read. */
export const manyNodes: NodeCause = {
  title: 'Not this node: many at once, so the control plane or what they share',
  judge: trusting(({ fleet }) => {
    const { nodes, notReady = 0, fellWithinHour, unhealthyByController, kubelets, kubeletsDown } = fleet;
    if (nodes !== undefined && fellWithinHour !== undefined) {
      const words = `${notReady} of ${plural(nodes, 'node')} ${notReady === 1 ? 'is' : 'are'} not ready, ${fellWithinHour} of them since less than an hour`;
      return weighed(fellWithinHour, nodes, words);
    }
    if (unhealthyByController !== undefined) {
      const words = `the controller manager counts ${plural(unhealthyByController, 'unhealthy node')}`;
      return weighed(unhealthyByController, undefined, words);
    }
    return inconclusive(
      `${kubeletsDown} of ${kubelets} kubelets fail their scrape; whether their nodes are ready, kube-state-metrics would tell (kube_node_status_condition)`,
    );
  }),
  remedies: ['checkControlPlane'],
};

function weighed(down: number, all: number | undefined, words: string): Verdict {
  if (down >= MANY || (down >= FEW && all !== undefined && down >= SHARE * all)) {
    return confirmed(`${words}: look at what they share (API server, etcd, controller manager, network, zone)`);
  }
  if (down <= 1) return ruledOut(words);
  return inconclusive(`${words}: too few to tell chance from a common cause`);
}
