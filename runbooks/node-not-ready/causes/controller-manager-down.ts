import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { clockWords } from '../../evidence/control-plane.ts';
import { duration, secondsSince } from '../../evidence/node-words.ts';
import { clockDoubt, RUN_OUT_SECONDS } from '../control-plane.ts';
import { type NodeCause, trusting } from '../signs.ts';

/** Only the controller manager turns a silent node Unknown: without it conditions, taints and evictions stand still. */
export const controllerManagerDown: NodeCause = {
  title: 'Nobody judges the nodes: the controller manager is down',
  judge: trusting(({ controllerManager }, maybe, { now }) => {
    if (controllerManager === null) {
      return inconclusive('it shows no lease here (kube-system/kube-controller-manager); its provider can tell');
    }
    const age = secondsSince(controllerManager.renewedAt, now);
    const words = `its lease, renewed every 2 s in health, is ${duration(age)} old`;
    const clock = clockWords(maybe.readyz);
    if (age <= RUN_OUT_SECONDS) return ruledOut(`${age < 0 ? 'its lease has just been renewed' : words}${clock}`);
    const byOurs = age + (maybe.readyz?.clockAheadSeconds ?? 0);
    if (byOurs <= RUN_OUT_SECONDS) {
      return inconclusive(`${words} by the API server's clock, and ${duration(byOurs)} by ours: the clocks disagree`);
    }
    const doubt = clockDoubt(maybe, now);
    if (doubt !== undefined) return inconclusive(`${words}, but ${doubt}`);
    return confirmed(`${words}: no node turns Unknown, or is tainted, while it is away${clock}`);
  }),
  remedies: ['checkControlPlane'],
};
