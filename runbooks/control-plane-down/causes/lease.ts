import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import type { Maybe } from '../evidence.ts';
import { fleetOf } from '../fleet.ts';
import { impactOf } from '../impact.ts';
import type { Sign, SignKind } from '../last-words.ts';
import { leadOf } from '../lead.ts';
import type { StaticPod } from '../pods.ts';
import { type PlaneCause, trusting } from '../seen.ts';
import { unseenIn } from '../waiting.ts';
import { latestRun, signOf } from './start.ts';

/** Its probe asks whether the process serves, not whether it leads: it is Ready all the while. */
export const leaseStale: PlaneCause = {
  title: 'Nobody leads: it runs, and its lease is not renewed',
  present: true,
  judge: trusting((seen, maybe, context) => {
    const lead = leadOf(seen, maybe, context);
    if (lead.state === 'held') return ruledOut(lead.words);
    if (seen.elections.own === undefined) return ruledOut(lead.words);
    if (lead.state !== 'stale') return inconclusive(lead.words);
    const fleet = fleetOf(seen, maybe, lead, context);
    const { instances, unclear } = fleet;
    const running = instances.flatMap(({ state, pod }) => (state === 'runs' && pod ? [pod] : []));
    if (instances.length > 0 && running.length === 0) {
      const [doubt] = [...unclear, ...instances.filter(({ state }) => state === 'ending')];
      if (doubt) return inconclusive(`${lead.words}; ${doubt.node}: ${doubt.words}`);
      return ruledOut(`${lead.words}: none of its instances runs, and why is told apart from this`);
    }
    const impact = impactOf(context.target.name, fleet, lead, maybe);
    if (instances.length === 0) {
      void seen.machines; // without them it is not known whether any machine should run it
      return confirmed(`${lead.words}; its pods are not seen here${impact}`);
    }
    const refused = running.some((pod) => isSaying('certificate', pod, maybe, context.now));
    if (refused) return ruledOut(`${lead.words}: its certificate is not accepted, which is why`);
    const refuses = running.some((pod) => isSaying('othersCertificate', pod, maybe, context.now));
    if (refuses) return ruledOut(`${lead.words}: it does not accept the API server's certificate, which is why`);
    const why = running.flatMap((pod) => isSaying('unanswered', pod, maybe, context.now) ?? []);
    if (!running.some((pod) => latestRun(pod, maybe))) {
      return inconclusive(
        `${lead.words}, and ${running.length} of ${instances.length} run; why could not be read in their logs`,
      );
    }
    return confirmed(
      `${lead.words}, and ${running.length} of ${instances.length} run and are Ready${why[0] ? `; it says: "${why[0].line}"` : ''}${impact}`,
    );
  }),
  measure: (seen, _maybe, { target }) => {
    if (target.name !== 'kube-scheduler' || seen.waiting.tooMany) return undefined;
    const value = unseenIn(seen.waiting).length;
    // Twice as many wait: what comes and goes in a busy namespace is less.
    return { of: 'pods no scheduler has looked at', value, unit: 'count', worseWhen: 'higher', clearlyWorse: 2 };
  },
  remedies: ['electAnew', 'whatWorksOn', 'whatNotToDo'],
};

function isSaying(kind: SignKind, pod: StaticPod, maybe: Maybe, now: Date): Sign | undefined {
  const run = latestRun(pod, maybe);
  return run && signOf(kind, pod, run, now);
}
