import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { fleetOf, NO_PODS, scopeWords } from '../fleet.ts';
import { impactOf } from '../impact.ts';
import { leadOf } from '../lead.ts';
import { type PlaneCause, trusting } from '../seen.ts';
import { instancesDown } from './start.ts';

export const machineGone: PlaneCause = {
  title: 'The machine it runs on is gone, or its kubelet silent',
  present: true,
  judge: trusting((seen, maybe, context) => {
    const lead = leadOf(seen, maybe, context);
    const fleet = fleetOf(seen, maybe, lead, context);
    const { instances, unclear } = fleet;
    if (instances.length === 0) return inconclusive(NO_PODS);
    const silent = instances.filter(({ state }) => state === 'silent');
    if (silent.length > 0) {
      const [first] = silent;
      return confirmed(
        `${scopeWords(silent, fleet)}: ${first?.words}${impactOf(context.target.name, fleet, lead, maybe)}`,
      );
    }
    const [doubt] = unclear;
    if (doubt) return inconclusive(`${doubt.node}: ${doubt.words}`);
    return ruledOut(`the kubelets of all its machines (${instances.length}) are heard of`);
  }),
  measure: instancesDown,
  remedies: ['recoverMachine', 'whatWorksOn'],
};

/** A kubelet that finds no file, or one it cannot parse, runs no pod and tells the API server nothing. */
export const manifestMissing: PlaneCause = {
  title: 'Its static pod manifest is missing, or cannot be read',
  present: true,
  judge: trusting((seen, maybe, context) => {
    const lead = leadOf(seen, maybe, context);
    const fleet = fleetOf(seen, maybe, lead, context);
    const { instances, unclear } = fleet;
    if (instances.length === 0 || seen.machines.length === 0) return inconclusive(NO_PODS);
    const missing = instances.filter(({ state }) => state === 'missing');
    if (missing.length > 0) {
      const impact = impactOf(context.target.name, fleet, lead, maybe);
      return confirmed(
        `${scopeWords(missing, fleet)}: its kubelet is well and runs other static pods, and not this one${impact}`,
      );
    }
    const doubt = unclear.find(({ pod }) => pod === undefined);
    if (doubt) return inconclusive(`${doubt.node}: ${doubt.words}`);
    return ruledOut(`every machine (${instances.length}) reports a pod of it`);
  }),
  measure: instancesDown,
  remedies: ['bringBackManifest', 'whatWorksOn', 'whatNotToDo'],
};
