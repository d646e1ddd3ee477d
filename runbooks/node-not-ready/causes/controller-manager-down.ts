import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { duration, secondsSince } from '../../evidence/node-words.ts';
import { RUN_OUT_SECONDS } from '../control-plane.ts';
import { type NodeCause, trusting } from '../signs.ts';

/** Only the controller manager turns a silent node Unknown: without it conditions, taints and evictions stand still. */
export const controllerManagerDown: NodeCause = {
  title: 'Nobody judges the nodes: the controller manager is down',
  judge: trusting(({ controllerManager }, _maybe, { now }) => {
    if (controllerManager === null) {
      return inconclusive('it shows no lease here (kube-system/kube-controller-manager); its provider can tell');
    }
    const age = secondsSince(controllerManager.renewedAt, now);
    const words = `its lease, renewed every 2 s in health, is ${duration(age)} old`;
    return age > RUN_OUT_SECONDS
      ? confirmed(`${words}: no node turns Unknown, or is tainted, while it is away`)
      : ruledOut(age < 0 ? 'its lease has just been renewed' : words);
  }),
  remedies: ['checkControlPlane'],
};
