import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { duration } from '../../evidence/node-words.ts';
import type { Maybe } from '../evidence.ts';
import { limits } from '../limits.ts';
import { freshest, type PlaneCause } from '../seen.ts';
import { aboutOf } from '../target.ts';

const { standsStill, worksOn } = aboutOf('kube-apiserver');

/**
 * Our own request and a failed scrape are each one way that may be broken: only together, from two places, do they prove
 * that nobody answers. A kubelet's own scrape fails with the API server, too: it asks it who may scrape (measured).
 */
export const apiServersDown: PlaneCause = {
  title: 'No API server answers',
  present: true,
  judge: (seen, maybe, { target }) => {
    const { state, words } = seen.reach;
    if (state === 'answers') return ruledOut(`${words} to us`);
    if (answered(maybe)) return inconclusive(`we got no answer to one request (${words}), and to others we did`);
    const { all, up, share } = othersOf(maybe, target.name);
    const scraped = all > 0 && up === 0 ? `none of ${all} answers Prometheus` : undefined;
    const missed =
      share >= limits.unansweredShare ? `${percent(share)} of its clients' requests get no answer` : undefined;
    if (up > 0) return ruledOut(`${up} of ${all} answer Prometheus; only our own way to them does not work`);
    const proofs = [scraped, missed].filter((one) => one !== undefined);
    if (proofs.length === 0) return inconclusive(`we get no answer (${words}); whether others do could not be seen`);
    return confirmed(
      `we get no answer (${words}), and ${proofs.join(', ')}. Meanwhile ${standsStill}. What works on: ${worksOn}`,
    );
  },
  remedies: ['findApiServers', 'whatWorksOn'],
};

export const wayBlocked: PlaneCause = {
  title: 'The API servers run, and the address that is asked does not lead there',
  present: true,
  judge: (seen, maybe, { target }) => {
    const { state, words } = seen.reach;
    if (state === 'answers') return ruledOut(`the address that we ask leads there: ${words}`);
    if (answered(maybe)) return inconclusive(`we got no answer to one request (${words}), and to others we did`);
    const { all, up, share } = othersOf(maybe, target.name);
    if (up > 0) return confirmed(`we get no answer (${words}), while ${up} of ${all} API servers answer Prometheus`);
    if (all > 0) return ruledOut(`none of ${all} API servers answers Prometheus either`);
    if (share <= limits.answeredShare) {
      return confirmed(
        `we get no answer (${words}), while its other clients do: ${percent(share)} of their requests get none`,
      );
    }
    return share >= limits.unansweredShare
      ? ruledOut(`its other clients get no answer either (${percent(share)} of their requests)`)
      : inconclusive(`we get no answer (${words}); whether others do could not be seen`);
  },
  remedies: ['mendTheWay'],
};

/** Scheduler and controller manager end themselves when they cannot renew for 10 s (measured: both, within 15 s). */
export const etcdLost: PlaneCause = {
  title: 'etcd does not answer, and the control plane stands still with it',
  present: true,
  judge: (seen, maybe, { now }) => {
    const fresh = freshest(maybe, now);
    if (maybe.readyz === undefined && fresh) return ruledOut(writtenWords(fresh));
    const { etcd } = seen.readyz;
    if (etcd === false) {
      return confirmed(
        "the API server's etcd check fails (it waits 2 s). No write succeeds: leases run out, and scheduler and controller manager end themselves; what is read is an old copy. Running pods and Services work on",
      );
    }
    if (etcd === true) return ruledOut("the API server's etcd check passes");
    return fresh ? ruledOut(writtenWords(fresh)) : inconclusive('the API server lists no check of etcd');
  },
  remedies: ['askEtcd', 'whatWorksOn'],
};

function writtenWords({ who, ageSeconds }: { readonly who: string; readonly ageSeconds: number }): string {
  return `${who} wrote its lease ${ageSeconds <= 0 ? 'just now' : `${duration(ageSeconds)} ago`}`;
}

function answered({ readyz, elections, pods, machines }: Maybe): boolean {
  return [readyz, elections, pods, machines].some((one) => one !== undefined);
}

/** Others' ways: Prometheus' own (only where the alert is about the API servers), and the share of requests unanswered. */
function othersOf({ scrapes, work }: Maybe, name: string) {
  const now = name === 'kube-apiserver' ? (scrapes?.now ?? []) : [];
  return { all: now.length, up: now.filter(({ up }) => up === 1).length, share: work?.unanswered ?? Number.NaN };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
